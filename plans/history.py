"""One call writes the plan's own line and the audit line (Art. 7, 25)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from audit.actions import append_entry, committed
from plans.models import GridPlan, PlanEvent


def write_event(
    plan: GridPlan,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    post: str = "",
    note: str = "",
    record: Mapping[str, Any] | None = None,
) -> PlanEvent:
    """Append the event to the plan's line and its commitment to the plan's audit chain; saves the plan's counters.

    The caller holds the plan's row lock. ``record`` is what else the chain shall commit to.
    """
    plan.event_count += 1
    plan.version += 1
    plan.save()
    event = PlanEvent.objects.create(
        plan=plan,
        seq=plan.event_count,
        verb=verb,
        actor=by,
        post=post[:120],
        at=at,
        to_status=plan.status,
        note=note,
    )
    append_entry(
        f"grid_plan:{plan.pk}",
        verb=verb,
        at=at,
        actor_id=by.pk if by else None,
        record={
            "seq": event.seq,
            "to": plan.status,
            "note": committed(note),
            **(record or {}),
        },
        first=event.seq == 1,
    )
    return event
