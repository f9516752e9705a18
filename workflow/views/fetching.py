"""What every page of the workflow starts with: the case one may see, the moment, the calendar."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from accounts.models import User
from common import clock
from workflow.models import Case
from workflow.policies import verbs_open_to
from workflow.presentation import Telling
from workflow.rulebook import current_rulebook
from workflow.states import VERBS


def signed_in(request: HttpRequest) -> User:
    """The account of a request behind ``login_required``."""
    assert isinstance(request.user, User)  # noqa: S101  narrows the type; login_required stands before
    return request.user


def visible_case(request: HttpRequest, pk: int) -> Case:
    """Fetch a case; one that is out of sight and one that does not exist answer alike."""
    case = (
        Case.objects.visible_to(signed_in(request))
        .with_names()
        .select_related("county", "city", "handler")
        .filter(pk=pk)
        .first()
    )
    if case is None:
        raise Http404
    return case


def telling_now() -> Telling:
    """The moment and calendar for words about time."""
    return Telling(clock.now(), current_rulebook().calendar)


def buttons_for(user: User, case: Case) -> list[dict[str, Any]]:
    """The verbs open to the person as buttons: key, word, address part."""
    return [
        {"verb": verb, "word": VERBS[verb], "slug": verb.replace("_", "-")}
        for verb in verbs_open_to(user, case)
    ]
