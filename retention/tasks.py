"""The night's shell: thin, may run twice, takes no decision."""

from __future__ import annotations

from celery import shared_task

from common import clock
from retention.actions import erase_what_is_over


@shared_task(name="retention.tasks.erase")
def erase() -> int:
    """Data whose time of keeping is over."""
    return erase_what_is_over(at=clock.now())
