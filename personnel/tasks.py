"""The tasks that put postings into effect on their day, watch vacancies and delete old rosters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from celery import shared_task
from django.db.models import Q

from accounts.models import User
from common import clock
from personnel.actions import close_if_last, drop_rosters, sweep_vacancies, sync_grants
from sweeps.actions import sweep_together
from worktime.clocks import day_of


@shared_task(name="personnel.tasks.sync_changed_grants")
def sync_changed_grants() -> int:
    """Update the grants of everybody whose posting began or ended in the last week; close leavers' accounts."""
    at = clock.now()
    today = day_of(at)
    since = today - timedelta(days=7)
    changed = (
        Q(grid_postings__starts_on__range=(since, today))
        | Q(grid_postings__ends_on__range=(since, today))
        | Q(office_postings__starts_on__range=(since, today))
        | Q(office_postings__ends_on__range=(since, today))
    )
    people = list(User.objects.filter(changed).order_by("pk").distinct().values_list("pk", flat=True))

    def settle(numbers: Sequence[int]) -> int:
        users = list(User.objects.filter(pk__in=numbers))
        count = sync_grants(users, day=today)
        for user in users:
            close_if_last(user, at=at, by=None)
        return count

    return sweep_together("personnel.grants", people, settle, at=at).done


@shared_task(name="personnel.tasks.watch_vacancies")
def watch() -> int:
    """Record new vacancies, and vacancies that were filled."""
    return sweep_vacancies(at=clock.now())


@shared_task(name="personnel.tasks.forget_rosters")
def forget_rosters() -> int:
    """Delete the lines of uploaded rosters that nobody decided within a day."""
    return drop_rosters(at=clock.now())
