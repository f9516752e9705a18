"""Since when the oldest due clock has not been rung."""

from __future__ import annotations

from datetime import datetime

from sweeps.due import register_due
from workflow.models import Stage


def oldest_clock(at: datetime) -> datetime | None:
    """Returns the earliest alarm that is due at ``at``."""
    due = Stage.objects.ringing(at).order_by("next_action_at").values_list("next_action_at", flat=True)
    return due.first()


register_due("workflow.clocks", oldest_clock)
