"""What is over is forgotten: sessions, failed attempts, codes for phones."""

from __future__ import annotations

from celery import shared_task

from accounts.actions.leftovers import forget_what_is_over
from common import clock


@shared_task(name="accounts.tasks.forget")
def forget() -> int:
    """Once a night; runs twice without harm."""
    return forget_what_is_over(at=clock.now())
