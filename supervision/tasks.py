"""The scheduled task of supervision orders; it decides nothing itself and may run twice."""

from __future__ import annotations

from celery import shared_task

from common import clock
from supervision.actions import follow_cases as follow


@shared_task(name="supervision.tasks.follow_cases")
def follow_cases() -> int:
    """Issue orders of the red light, let unanswered orders climb, lift those whose case has ended."""
    return follow(at=clock.now())
