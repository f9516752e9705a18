"""The scheduled task of improvement tasks; it decides nothing itself and may run twice."""

from __future__ import annotations

from celery import shared_task

from common import clock
from improvement.actions import follow_recurrences


@shared_task(name="improvement.tasks.follow_recurrences")
def follow() -> int:
    """Make tasks of what has come back three times, and remind of those whose day has come."""
    return follow_recurrences(at=clock.now())
