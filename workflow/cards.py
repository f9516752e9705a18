"""A case as a card on the phone: its row, its progress, the next step, and what the user can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from common.shapes import Shown
from common.web.shapes import ParcelStep
from workflow.models import Case
from workflow.policies import WHO_MAY
from workflow.presentation import CaseRow, Timing, parcel_of, row_columns, verb_url
from workflow.sentences import NEXT_STEPS, USUAL_VERB
from workflow.states import VERBS

# Verbs that need no text from the user and end nothing: one press in the list is enough.
ONE_PRESS = ("take_up",)


@dataclass(frozen=True, slots=True)
class CaseCard(CaseRow):
    """One case as the phone's list shows it (workflow/todo_card.html, workflow/parcel_card.html)."""

    steps: list[ParcelStep]
    next_step: str
    reported_at: datetime
    result: str
    description: str
    actions: list[CardAction]


def card_of(case: Case, timing: Timing, user: User) -> CaseCard:
    """Returns one case as the phone's list shows it (workflow/card.html). Costs no statement."""
    return CaseCard(
        **row_columns(case, timing),
        steps=parcel_of(case),
        next_step=NEXT_STEPS.get(case.status, ""),
        reported_at=case.reported_at,
        result=case.result if case.status == "awaiting_verification" else "",
        description=case.description,
        actions=[_action(case, verb) for verb in WHO_MAY.open_to(user, case, among=_worth_offering(case))],
    )


def _worth_offering(case: Case) -> list[str]:
    """Returns the usual verb and its plain opposite. The case's own page has the rest."""
    usual = [USUAL_VERB[case.status]] if case.status in USUAL_VERB else []
    return list(dict.fromkeys([*usual, "fail_check", "send_up", "pass_to_leader"]))


@dataclass(frozen=True, slots=True)
class CardAction(Shown):
    """A verb on a card."""

    verb: str
    word: str
    url: str
    one_press: bool
    is_usual: bool


def _action(case: Case, verb: str) -> CardAction:
    return CardAction(
        verb=verb,
        word=VERBS[verb],
        url=verb_url(case.pk, verb),
        one_press=verb in ONE_PRESS,
        is_usual=verb == USUAL_VERB.get(case.status),
    )
