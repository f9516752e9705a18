"""Celery tasks of plans, started by Beat: thin, safe to run twice, without decisions of their own."""

from __future__ import annotations

from celery import shared_task

from common import clock
from plans.actions.effect import bring_into_force as bring
from plans.actions.filing import remind_overdue
from plans.actions.imports import work_on_imports
from worktime.calendars import is_office_time
from worktime.clocks import day_of


@shared_task(name="plans.tasks.bring_into_force")
def bring_into_force() -> int:
    """Bring code rules and plans into force whose day has come."""
    at = clock.now()
    today = day_of(at)
    return bring(today=today, at=at)


@shared_task(name="plans.tasks.remind_filings")
def remind_filings() -> int:
    """Remind of overdue filings, each once a day, when somebody is there to read it."""
    at = clock.now()
    return remind_overdue(at=at) if is_office_time(at) else 0


@shared_task(name="plans.tasks.read_imports")
def read_imports() -> int:
    """Survey or read files of grids that wait for it."""
    return work_on_imports(at=clock.now())
