"""Boards go stale by themselves when something on them changes."""

from __future__ import annotations

from celery import shared_task

from boards.actions import remind_of_boards, renew_boards
from common import clock

AT_ONCE = 300  # a range in words takes some milliseconds


@shared_task(name="boards.tasks.renew_boards")
def renew() -> int:
    """Compare every board with what it must show; after a change of the whole city the rest follows each minute."""
    return renew_boards(at=clock.now(), most=AT_ONCE)


@shared_task(name="boards.tasks.remind_of_boards")
def remind() -> int:
    """Overdue boards, once a day each."""
    return remind_of_boards(at=clock.now())
