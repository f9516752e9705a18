"""Beat tasks for what happens to lists by itself. They are thin, may run twice, and decide nothing."""

from __future__ import annotations

from celery import shared_task

from common import clock
from matters import actions
from worktime.calendars import is_office_time
from worktime.clocks import day_of


@shared_task(name="matters.tasks.end_notices")
def end_notices() -> int:
    """Ends public notices whose last day is over. Returns how many."""
    at = clock.now()
    return actions.end_notices(today=day_of(at), at=at)


@shared_task(name="matters.tasks.remind")
def remind() -> int:
    """Reminds of overdue steps of proposals and overdue filings, each once a day in office time. Returns how many."""
    at = clock.now()
    if not is_office_time(at):
        return 0
    return actions.remind_overdue_proposals(at=at) + actions.remind_overdue_filings(at=at)
