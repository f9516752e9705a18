"""Every grid has a leader, an instructor and a full-time worker; who is missing is told the same day (Art. 10)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from grids.models import Division, Grid
from personnel import notices
from personnel.models import GridPosting, Vacancy
from personnel.posts import NEEDED
from worktime.clocks import day_of

Place = tuple[str, int, int | None]
MOST_TOLD = 200  # a new county without anybody is told of its list, not of each post


def vacant_posts(day: date, *, village: Division | None = None) -> set[Place]:
    """(role, village, grid or None) of every post that must be held on ``day`` and is not; two statements.

    With ``village`` only the posts there.
    """
    there = {"village": village} if village else {}
    grids = list(Grid.objects.in_force().filter(**there).values_list("pk", "village"))
    posts = GridPosting.objects.current(day).filter(role__in=NEEDED, **there)
    held = set(posts.values_list("role", "village", "grid"))
    needed: set[Place] = {(role, village, None) for _, village in grids for role in NEEDED[:2]}
    needed |= {("full_time", village, grid) for grid, village in grids}
    return needed - held


@transaction.atomic
def watch_vacancies(*, at: datetime, village: Division | None = None) -> int:
    """Open a row for each new vacancy and tell of it once, close those that were filled; returns how many changed."""
    today = day_of(at)
    vacant = vacant_posts(today, village=village)
    rows = Vacancy.objects.select_for_update().filter(
        closed_on=None, **({"village": village} if village else {})
    )
    open_rows = {(row.role, row.village_id, row.grid_id): row for row in rows}
    filled = [row.pk for place, row in open_rows.items() if place not in vacant]
    Vacancy.objects.filter(pk__in=filled).update(closed_on=today)
    new = [
        Vacancy(role=role, village_id=village, grid_id=grid, opened_on=today)
        for role, village, grid in sorted(vacant - set(open_rows), key=str)
    ]
    made = Vacancy.objects.bulk_create(new, ignore_conflicts=True)
    if len(made) <= MOST_TOLD:
        _tell_of(new, at=at)
    return len(filled) + len(new)


def _tell_of(new: list[Vacancy], *, at: datetime) -> None:
    found = Vacancy.objects.filter(closed_on=None, village__in=[row.village_id for row in new])
    places = {(row.role, row.village_id, row.grid_id) for row in new}
    for row in found.select_related("grid", "village__parent__parent").defer("grid__boundary"):
        if (row.role, row.village_id, row.grid_id) in places:
            notices.vacant(row, at=at)
