"""Writes a case's event and its audit link in one call (Art. 19, 25)."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from audit import events
from workflow.models import Case, CaseEvent

DESK_VERBS = (
    "accept", "refuse", "escalate", "assign", "undo", "uphold_return", "reject_return", "void",
)  # fmt: skip
UNIT_VERBS = ("sign", "hand_back", "feed_back")
CAPACITIES = {
    "report": "上报人",
    "pass_to_leader": "网格员",
    "take_up": "网格长",
    "send_up": "网格长",
    "resubmit": "上报人",
    "withdraw": "上报人",
    "pass_check": "核查人",
    "fail_check": "核查人",
    "rate": "反映人",
}


def write_event(
    case: Case,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    from_status: str = "",
    note: str = "",
) -> CaseEvent:
    """Appends the event to the case's history and to its chain, with the capacity in which the actor acts."""
    event: CaseEvent = events.write_event(
        case,
        verb,
        by=by,
        at=at,
        post=capacity(verb, case) if by or verb == "rate" else "系统",
        note=note,
        record={"from": from_status},
        from_status=from_status,
    )
    return event


def capacity(verb: str, case: Case) -> str:
    """Returns the capacity in which the actor acts, as the timeline shows it."""
    if verb in DESK_VERBS:
        return f"{getattr(case, case.level).name}调度台"
    if verb in UNIT_VERBS and case.unit:
        return case.unit.name
    if verb in ("settle", "return_for_correction", "merge"):
        return "网格员" if case.handled_by == Case.HandledBy.WORKER else "网格长或调度台"
    return CAPACITIES.get(verb, "")
