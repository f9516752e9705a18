"""What every workflow page starts with: the case that the user may see, the moment, the calendar."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from common import clock
from common.shapes import Shown
from workflow.models import Case
from workflow.policies import WHO_MAY
from workflow.presentation import Timing, verb_url
from workflow.rulebook import current_rulebook
from workflow.sentences import USUAL_VERB
from workflow.states import VERBS
from workflow.verbs import CASE_VERBS
from workflow.visibility import case_in_sight

PAGE_NAMES = ("handler", "matter__edition", "merged_into")  # what the pages of a case name beside it


def visible_case(user: User, pk: int) -> Case:
    """Returns the case. Raises Http404 if it does not exist or the user may not see it."""
    return case_in_sight(user, pk, *PAGE_NAMES)


def timing_now() -> Timing:
    """Returns the moment, the calendar and the limits for words about time."""
    rulebook = current_rulebook()
    return Timing(clock.now(), rulebook.calendar, rulebook.book)


@dataclass(frozen=True, slots=True)
class VerbButton(Shown):
    """A verb of a case as a button."""

    verb: str
    word: str
    slug: str
    url: str
    kind: str
    consequence: str


def buttons_for(user: User, case: Case) -> list[VerbButton]:
    """Returns the verbs open to the user as buttons: the usual one first, final ones last."""
    usual = USUAL_VERB.get(case.status)
    buttons = [
        VerbButton(
            verb=verb,
            word=VERBS[verb],
            slug=verb.replace("_", "-"),
            url=verb_url(case.pk, verb),
            kind="danger" if CASE_VERBS[verb].is_dangerous else "primary" if verb == usual else "",
            consequence=CASE_VERBS[verb].consequence,
        )
        for verb in WHO_MAY.open_to(user, case)
    ]
    return sorted(buttons, key=lambda button: ["primary", "", "danger"].index(button.kind))
