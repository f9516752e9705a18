"""One call writes the case's own line and the audit line (Art. 19, 25)."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from audit.actions import append_entry, committed
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
    """Append the event to the case's line and its commitment to the case's audit chain.

    The caller has raised ``case.event_count``, the event's number, and saves it in the same transaction. Free
    text enters the chain only as a digest, so that erasing it later keeps the chain whole.
    """
    event = CaseEvent.objects.create(
        case=case,
        seq=case.event_count,
        verb=verb,
        actor=by,
        post=capacity(verb, case) if by or verb == "rate" else "系统",
        at=at,
        from_status=from_status,
        to_status=case.status,
        level=case.level,
        unit_id=case.unit_id,
        note=note,
    )
    append_entry(
        f"case:{case.pk}",
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        record={
            "seq": event.seq,
            "from": from_status,
            "to": case.status,
            "level": case.level,
            "unit": case.unit_id,
            "note": committed(note),
        },
        first=event.seq == 1,
    )
    return event


def capacity(verb: str, case: Case) -> str:
    """In what capacity the actor speaks, as the timeline says it."""
    if verb in DESK_VERBS:
        return f"{getattr(case, case.level).name}调度台"
    if verb in UNIT_VERBS and case.unit:
        return case.unit.name
    if verb in ("settle", "return_for_correction", "merge"):
        return "网格员" if case.handled_by == Case.HandledBy.WORKER else "网格长或调度台"
    return CAPACITIES.get(verb, "")
