"""Who was posted to a grid or a place on a day (Art. 10, 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from grids.models import Grid, GridVersion
from grids.register_on_day import first_that_covers, versions_around
from personnel.models import GridPosting
from personnel.posts import NEEDED

WORKERS = (GridPosting.Role.FULL_TIME, GridPosting.Role.PART_TIME)
ROLE_NAMES = dict(GridPosting.Role.choices)
_IN_ORDER = Case(*(When(role=role, then=Value(place)) for place, role in enumerate(ROLE_NAMES)))


@dataclass(frozen=True)
class Posted:
    """One person in one post of a grid; leaders and instructors are posted to the whole village."""

    role: str
    name: str
    since: date
    until: date | None = None

    @property
    def role_name(self) -> str:
        """The post in Chinese."""
        return ROLE_NAMES[self.role]


def posted_to(grid: Grid, *, village_id: int, day: date) -> list[Posted]:
    """Return leader, instructor and workers of a grid on ``day``, when it lay in that village; one statement."""
    here = Q(grid=grid) | Q(grid=None, village=village_id)
    return [_read(row) for row in _posts(day).filter(here).values_list("row", flat=True)]


def grid_and_people_at(lon: float, lat: float, *, day: date) -> tuple[GridVersion, list[Posted]] | None:
    """Return the grid at a point (CGCS2000 degrees) on ``day`` and its people, or None; one statement."""
    here = Q(grid=OuterRef("grid")) | Q(grid=None, village=OuterRef("village"))
    people = ArraySubquery(_posts(day).filter(here).values("row"))
    version = first_that_covers(versions_around(lon, lat, day=day).annotate(people=people), lon, lat)
    if version is None:
        return None
    return version, [_read(row) for row in version.people]  # type: ignore[attr-defined]


def worked_in_grid(user_id: int, *, since: date, until: date, grid_id: int | None = None) -> bool:
    """Whether the person was a worker of the grid, or of any grid, on one of these days; one statement."""
    posts = GridPosting.objects.filter(user=user_id, role__in=WORKERS, starts_on__lte=until)
    if grid_id is not None:
        posts = posts.filter(grid=grid_id)
    return bool(posts.filter(Q(ends_on=None) | Q(ends_on__gte=since)).exists())


def vacancies(people: list[Posted]) -> list[str]:
    """Return the names, in Chinese, of the required posts that nobody holds (Art. 10)."""
    held = {person.role for person in people}
    return [ROLE_NAMES[role] for role in NEEDED if role not in held]


def _posts(day: date) -> QuerySet[Any]:
    row = JSONObject(role=F("role"), name=F("user__name"), since=F("starts_on"), until=F("ends_on"))
    return GridPosting.objects.current(day).annotate(row=row).order_by(_IN_ORDER, "starts_on", "pk")


class _PostedJson(TypedDict):
    """A posting as PostgreSQL writes it into JSON; days in ISO 8601."""

    role: str
    name: str
    since: str
    until: str | None


def _read(row: _PostedJson) -> Posted:
    until = row["until"]
    return Posted(
        row["role"],
        row["name"],
        date.fromisoformat(row["since"]),
        date.fromisoformat(until) if until else None,
    )
