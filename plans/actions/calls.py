"""The table from a verb's key to its action, shared by the pages and the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove, NotPermitted
from filing import life as filings
from plans import policies
from plans.actions import filing, plans
from plans.actions.filing import WITHDRAWN
from plans.actions.reversal import prepare_reversal
from plans.history import LIFE
from plans.models import GridFiling, GridPlan
from plans.states import PLAN_MOVES, filing_allows

Input = Mapping[str, Any]
Call = Callable[[GridPlan, Input, User, datetime], GridPlan]
REVERSE = "reverse"  # not a move of this plan: it drafts another plan


@transaction.atomic
def _reverse(plan: GridPlan, cleaned: Input, by: User, at: datetime) -> GridPlan:
    locked = LIFE.lock(plan)
    require_open(REVERSE, by, locked)
    return prepare_reversal(locked, effective_on=cleaned["effective_on"], by=by, at=at)


def _bare(action: Callable[..., GridPlan]) -> Call:
    return lambda plan, cleaned, by, at: action(plan, by=by, at=at)


def _with_note(action: Callable[..., GridPlan]) -> Call:
    return lambda plan, cleaned, by, at: action(plan, note=cleaned.get("note", ""), by=by, at=at)


def _of_filing(action: Callable[..., GridFiling], field: str) -> Call:
    return lambda plan, cleaned, by, at: action(plan, by=by, at=at, **{field: cleaned.get(field, "")}).plan


CALLS: dict[str, Call] = {
    "submit": _bare(plans.submit_plan),
    "consent": _with_note(plans.consent_to_plan),
    "object": _with_note(plans.object_to_plan),
    "return_to_draft": _with_note(plans.return_to_draft),
    "approve": _with_note(plans.approve_plan),
    "publish": _bare(plans.publish_plan),
    "withdraw": _with_note(plans.withdraw_plan),
    "send_filing": _of_filing(filing.send_filing, "note"),
    "receive_filing": _of_filing(filing.receive_filing, "receipt"),
    "return_filing": _of_filing(filing.return_filing, "remarks"),
    REVERSE: _reverse,
}


def require_open(verb: str, by: User, plan: GridPlan) -> None:
    """Raise the refusal that ``verb`` meets before its content is checked: first the person's, then the status's."""
    if verb == REVERSE:
        _require_reversible(plan, by)
        return
    policies.WHO_MAY.require(verb, by, plan)
    if verb not in policies.FILING_VERBS:
        PLAN_MOVES.require(verb, status=plan.status)
        return
    owed = GridFiling.objects.filter(plan=plan).first()
    if owed is None:
        raise IllegalMove("方案公布以后才有备案。")
    filings.MOVES.require(verb, status=owed.status)
    if not filing_allows(verb, filing=owed.status, plan=plan.status):
        raise IllegalMove(WITHDRAWN)


def _require_reversible(plan: GridPlan, by: User) -> None:
    policies.WHO_MAY.require(REVERSE, by, plan)
    if plan.status != "in_force":
        raise IllegalMove("方案生效以后才需要恢复；生效以前请直接撤回。")
    begun = plan.reversals.exclude(status="withdrawn").first()
    if begun is not None:
        raise IllegalMove(f"已有恢复方案 {begun.number}，请在那个方案里接着办。")


def verbs_open_to(user: User, plan: GridPlan) -> list[str]:
    """Return every verb that has a page and is open to the user now, the reversal last."""
    found = policies.WHO_MAY.open_to(user, plan)
    try:
        _require_reversible(plan, user)
    except (IllegalMove, NotPermitted):
        return found
    return [*found, REVERSE]
