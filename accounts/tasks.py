"""The nightly task that deletes expired sessions, failed attempts and counters."""

from __future__ import annotations

from celery import shared_task

from accounts.actions.leftovers import forget_what_is_over
from common import clock


@shared_task(name="accounts.tasks.forget")
def forget() -> int:
    """Delete what has expired; runs once a night, and a second run does no harm."""
    return forget_what_is_over(at=clock.now())
