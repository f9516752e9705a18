"""The tasks that renew changed boards and remind of overdue ones."""

from __future__ import annotations

from celery import shared_task

from boards.actions import remind_of_boards, renew_boards
from common import clock
from worktime.calendars import is_office_time

AT_ONCE = 300  # per run, because a range in words takes some milliseconds


@shared_task(name="boards.tasks.renew_boards")
def renew() -> int:
    """Compare every board with what it must show; after a city-wide change the rest follows each minute."""
    return renew_boards(at=clock.now(), most=AT_ONCE)


@shared_task(name="boards.tasks.remind_of_boards")
def remind() -> int:
    """Remind of overdue boards, once a day each, when somebody is there to read it."""
    at = clock.now()
    return remind_of_boards(at=at) if is_office_time(at) else 0
