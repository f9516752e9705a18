"""Since when somebody should have been reminded of an improvement task."""

from __future__ import annotations

from datetime import datetime

from improvement.models import ImprovementTask
from sweeps.due import register_due


def oldest_ringing(at: datetime) -> datetime | None:
    """Returns the earliest day that has come by ``at`` and of which nobody has been reminded."""
    return ImprovementTask.objects.ringing(at).values_list("alarm_at", flat=True).first()


register_due("improvement.ring", oldest_ringing)
