"""Boards go stale by themselves when something on them changes."""

from __future__ import annotations

from celery import shared_task

from boards.actions import remind_of_boards, renew_boards
from common import clock


@shared_task(name="boards.tasks.renew_boards")
def renew() -> int:
    """Compare every board with what it must show."""
    return renew_boards(at=clock.now())


@shared_task(name="boards.tasks.remind_of_boards")
def remind() -> int:
    """Overdue boards, once a day each."""
    return remind_of_boards(at=clock.now())
