"""Beat's shells over what happens by itself with lists: thin, may run twice, take no decision."""

from __future__ import annotations

from celery import shared_task

from common import clock
from matters import actions
from worktime.clocks import day_of


@shared_task(name="matters.tasks.end_notices")
def end_notices() -> int:
    """Public notices whose last day is over."""
    at = clock.now()
    return actions.end_notices(today=day_of(at), at=at)


@shared_task(name="matters.tasks.remind")
def remind() -> int:
    """Overdue steps of proposals and overdue filings, once a day each."""
    at = clock.now()
    return actions.remind_overdue_proposals(at=at) + actions.remind_overdue_filings(at=at)
