"""Since when the oldest unanswered order should have climbed."""

from __future__ import annotations

from datetime import datetime

from supervision.models import SupervisionOrder
from sweeps.due import register_due


def oldest_unanswered(at: datetime) -> datetime | None:
    """Returns the earliest time at which an unanswered order should have climbed by ``at``."""
    return SupervisionOrder.objects.unanswered(at).values_list("climb_at", flat=True).first()


register_due("supervision.climb", oldest_unanswered)
