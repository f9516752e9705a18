"""One verb for many selected cases, from the desk and from the tray."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal, RuleViolation
from common.numbers import whole_number
from common.web.next_page import next_page
from workflow.batch import run_for_many
from workflow.forms import ManyForm
from workflow.notices import UNDO_WINDOW
from workflow.states import UNDOABLE

# The verbs for many cases and the fields of ``ManyForm`` that each reads.
VERBS_FOR_MANY = {
    "accept": (),
    "assign": ("unit", "reason"),
    "escalate": ("note",),
    "press": ("note",),
    "sign": (),
    "undo": (),
}
KEPT_AS = "outcome_of_many"


@dataclass(frozen=True)
class Outcome:
    """What the next page says about the last verb on many cases: a sentence, and which cases are still to do.

    ``undo`` are the ticks (``number:version``) of the cases that can be taken back together for ``seconds``. ``typed``
    is what was typed for ``verb``, kept for the cases that are still to do.
    """

    sentence: str = ""
    failed: frozenset[int] = frozenset()
    done: int = 0
    undo: tuple[str, ...] = ()
    verb: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    seconds: int = int(UNDO_WINDOW.total_seconds())


def last_outcome(request: HttpRequest) -> Outcome:
    """Returns the last outcome and removes it from the session, so that it is shown once."""
    if KEPT_AS not in request.session:
        return Outcome()
    sentence, failed, done, undo, verb, typed = request.session.pop(KEPT_AS)
    return Outcome(sentence, frozenset(failed), done, tuple(undo), verb, typed)


@require_POST
def say_to_selected(request: SignedInRequest) -> HttpResponse:
    """Runs the verb on each selected case, then returns to the list with the outcome."""
    verb = request.POST.get("verb", "")
    if verb not in VERBS_FOR_MANY:
        raise Http404
    picked = read_picks(request.POST.getlist("case"))
    typed = {name: request.POST.get(name, "") for name in VERBS_FOR_MANY[verb]}
    try:
        account = run_for_many(verb, picked, _read(typed, request), by=request.user, at=clock.now())
        ticks = [f"{pk}:{version}" for pk, version in account.done.items()] if verb in UNDOABLE else []
        kept = typed if account.failed else {}
        outcome = [account.sentence(), account.failed, len(account.done), ticks, verb, kept]
    except Refusal as refusal:
        outcome = [refusal.sentence, list(picked), 0, [], verb, typed]
    request.session[KEPT_AS] = outcome
    return redirect(next_page(request) or "workflow:desk")


def _read(typed: Mapping[str, str], request: SignedInRequest) -> dict[str, Any]:
    """The arguments of the verb. Raises :class:`RuleViolation` for a unit or a text that the form does not take."""
    if not typed:
        return {}
    form = ManyForm(typed, user=request.user)
    if not form.is_valid():
        raise RuleViolation(" ".join(str(fault) for faults in form.errors.values() for fault in faults))
    return {name: form.cleaned_data[name] for name in typed}


def read_picks(texts: Iterable[str]) -> dict[int, int]:
    """Reads ``number:version`` of each ticked box. Values that no box can send are ignored."""
    picks: dict[int, int] = {}
    for text in texts:
        number, version = (whole_number(part) for part in text.partition(":")[::2])
        if number is not None and version is not None:
            picks[number] = version
    return picks
