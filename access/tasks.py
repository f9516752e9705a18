"""Special grants end by themselves."""

from __future__ import annotations

from celery import shared_task

from access.actions import end_grants as end
from common import clock


@shared_task(name="access.tasks.end_grants")
def end_grants() -> int:
    """Those that have run out, were not reviewed in time, or whose account has closed."""
    return end(at=clock.now())
