"""The nightly task; it decides nothing itself and may run twice."""

from __future__ import annotations

from celery import shared_task

from common import clock
from retention.actions import erase_what_is_over


@shared_task(name="retention.tasks.erase")
def erase() -> int:
    """Erase the data whose retention period is over."""
    return erase_what_is_over(at=clock.now())
