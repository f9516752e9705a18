"""Beat's shells over what happens by itself with plans: thin, may run twice, take no decision."""

from __future__ import annotations

from celery import shared_task

from common import clock
from plans.actions.effect import bring_into_force as bring
from plans.actions.filing import remind_overdue
from plans.actions.imports import work_on_imports
from worktime.clocks import day_of


@shared_task(name="plans.tasks.bring_into_force")
def bring_into_force() -> int:
    """Code rules and plans whose day has come."""
    at = clock.now()
    today = day_of(at)
    return bring(today=today, at=at)


@shared_task(name="plans.tasks.remind_filings")
def remind_filings() -> int:
    """Overdue filings, once a day each."""
    return remind_overdue(at=clock.now())


@shared_task(name="plans.tasks.read_imports")
def read_imports() -> int:
    """Files of grids that wait to be looked at or read."""
    return work_on_imports(at=clock.now())
