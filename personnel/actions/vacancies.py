"""Every grid needs a leader, an instructor and a full-time worker; a vacancy is reported the same day (Art. 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from grids.models import Division, Grid
from personnel import notices
from personnel.models import GridPosting, Vacancy
from personnel.posts import NEEDED, WHILE_VACANT
from sweeps.actions import sweep_together
from worktime.clocks import day_of

Place = tuple[str, int, int | None]
Changes = list[tuple[bool, Place]]
MOST_NOTICES = 200  # above this, as in a new county without staff, no notice per post is sent


def vacant_posts(day: date, *, village: Division | None = None) -> set[Place]:
    """Return (role, village, grid or None) of every required post that nobody holds on ``day``; two statements.

    Who is named while a post is vacant does not hold it. With ``village`` only the posts there.
    """
    there = {"village": village} if village else {}
    grids = list(Grid.objects.in_force().filter(**there).values_list("pk", "village"))
    posts = GridPosting.objects.current(day).filter(role__in=NEEDED, **there).exclude(source=WHILE_VACANT)
    held = set(posts.values_list("role", "village", "grid"))
    needed: set[Place] = {(role, village, None) for _, village in grids for role in NEEDED[:2]}
    needed |= {("full_time", village, grid) for grid, village in grids}
    return needed - held


@transaction.atomic
def watch_vacancies(*, at: datetime, village: Division | None = None) -> int:
    """Open a row for each new vacancy, notify once, and close the filled ones; returns how many changed."""
    return _bring_in_line(_changed(day_of(at), village=village), at=at)


def sweep_vacancies(*, at: datetime) -> int:
    """Do the same as :func:`watch_vacancies` for the whole city; if one village raises, the others are still done."""
    by_village: dict[int, Changes] = defaultdict(list)
    for is_new, place in _changed(day_of(at)):
        by_village[place[1]].append((is_new, place))

    def watch(villages: Sequence[int]) -> int:
        return _bring_in_line([change for village in villages for change in by_village[village]], at=at)

    return sweep_together("personnel.vacancies", sorted(by_village), watch, at=at, size=4000).done


def _changed(day: date, *, village: Division | None = None) -> Changes:
    """Return (whether it is new, the post) for every vacancy that has appeared or ended."""
    vacant = vacant_posts(day, village=village)
    there = {"village": village} if village else {}
    recorded = set(Vacancy.objects.filter(closed_on=None, **there).values_list("role", "village", "grid"))
    come = [(True, place) for place in sorted(vacant - recorded, key=str)]
    return come + [(False, place) for place in sorted(recorded - vacant, key=str)]


def _bring_in_line(changes: Changes, *, at: datetime) -> int:
    today, villages = day_of(at), {place[1] for _, place in changes}
    rows = Vacancy.objects.select_for_update().filter(closed_on=None, village__in=villages)
    open_rows = {(row.role, row.village_id, row.grid_id): row.pk for row in rows}
    filled = [open_rows[place] for is_new, place in changes if not is_new and place in open_rows]
    Vacancy.objects.filter(pk__in=filled).update(closed_on=today)
    new = [
        Vacancy(role=place[0], village_id=place[1], grid_id=place[2], opened_on=today)
        for is_new, place in changes
        if is_new and place not in open_rows
    ]
    made = Vacancy.objects.bulk_create(new, ignore_conflicts=True)
    if len(made) <= MOST_NOTICES:
        _tell_of(new, at=at)
    return len(filled) + len(new)


def _tell_of(new: list[Vacancy], *, at: datetime) -> None:
    found = Vacancy.objects.filter(closed_on=None, village__in=[row.village_id for row in new])
    places = {(row.role, row.village_id, row.grid_id) for row in new}
    for row in found.select_related("grid", "village__parent__parent").defer("grid__boundary"):
        if (row.role, row.village_id, row.grid_id) in places:
            notices.vacant(row, at=at)
