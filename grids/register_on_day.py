"""The register on any day: which grid was at a point, its name, its place (Art. 7, 13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import shapely

from grids.facts import Facts, Unit
from grids.models import Division, FormerDivision, Grid, GridCode, GridUnit, GridVersion
from grids.querysets import DatedQuerySet

PLACES = ("village", "village__parent", "village__parent__parent", "village__parent__parent__parent")


def grid_by_code(code: str) -> Grid | None:
    """Return the grid that has or ever had ``code``, with its divisions, or None; old codes always find their grid."""
    return Grid.objects.with_place().filter(pk__in=GridCode.objects.filter(code=code).values("grid")).first()


def versions_around(lon: float, lat: float, *, day: date) -> DatedQuerySet:
    """Return the versions of ``day`` whose box contains the point, lowest code first, with their divisions."""
    found = GridVersion.objects.on(day).around(lon, lat).select_related("grid", PLACES[-1])
    return found.defer("grid__boundary", *(f"{place}__outline" for place in PLACES)).order_by("code")


def first_that_covers(versions: Iterable[GridVersion], lon: float, lat: float) -> GridVersion | None:
    """Return the first version that covers the point, or None; ``versions`` must be in the order of their codes."""
    point = shapely.Point(lon, lat)
    for version in versions:
        if shapely.from_wkb(bytes(version.boundary or b"")).intersects(point):
            return version
    return None


def version_at(lon: float, lat: float, *, day: date) -> GridVersion | None:
    """Return the grid version at a point (CGCS2000 degrees) on ``day``, or None; one statement."""
    return first_that_covers(versions_around(lon, lat, day=day), lon, lat)


def facts_of(versions: Iterable[GridVersion]) -> dict[int, Facts]:
    """Return the facts of these versions, units included, by the number of their grid; two statements."""
    rows = list(versions)
    units: dict[int, list[Unit]] = defaultdict(list)
    for unit in GridUnit.objects.filter(version__in=[row.pk for row in rows]).order_by("pk"):
        units[unit.version_id].append(Unit(unit.kind, unit.name, unit.address, unit.households))
    return {
        row.grid_id: Facts(
            name=row.name,
            kind=row.kind,
            village_id=row.village_id,
            boundary=None if row.boundary is None else bytes(row.boundary),
            premises=row.premises,
            households=row.households,
            population=row.population,
            units=tuple(units[row.pk]),
        )
        for row in rows
    }


def names_and_parents(day: date) -> dict[int, tuple[str, int | None]]:
    """Return the name and parent of every division that had another name or parent on ``day``, by its number."""
    rows = FormerDivision.objects.filter(until__gt=day).order_by("-until")
    return {row.division_id: (row.name, row.parent_id) for row in rows}


def way_up(division: Division, *, day: date) -> list[str]:
    """Return the names from the city down to ``division`` as they were on ``day``."""
    then = names_and_parents(day)
    names: list[str] = []
    step: Division | None = division
    while step is not None:
        name, parent_id = then.get(step.pk, (step.name, step.parent_id))
        names.append(name)
        step = None if parent_id is None else Division.objects.defer("outline").get(pk=parent_id)
    return names[::-1]
