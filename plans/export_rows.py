"""Grids for export files: the register of a place on a day, and a county as a plan changes it (Art. 7).

Grids are read in batches, so that a file of 10,000 grids needs no more memory than one of 500.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, TypeVar

import shapely

from common.shapes import Columns
from exchange.rows import Form, ReadUnit, WrittenGrid
from exchange.tables import write_workbook
from exchange.writers import write_geojson, write_shapefile
from geometry.areas import areas_m2
from grids.facts import Facts
from grids.models import Division, Grid, GridVersion
from grids.querysets import DatedQuerySet
from grids.register_on_day import facts_of, names_and_parents
from plans.layout import lot_of
from plans.models import GridPlan, PlannedGrid

BATCH = 500
Key = TypeVar("Key")
WRITERS = {"geojson": write_geojson, "workbook": write_workbook, "shapefile": write_shapefile}
KIND_NAMES: Mapping[str, str] = dict(Grid.Kind.choices)
_INVENTED: Columns = {
    "code": "", "village_code": "", "village": "示例社区", "township": "示例街道", "county": "示例区",
    "in_force_on": None,
}  # fmt: skip
# An example file; its village does not exist, so that nobody imports it by mistake.
EXAMPLES = (
    WrittenGrid(
        name="示例社区第一网格", kind="community", kind_name="社区网格", households=320, population=880, area_m2=None,
        units=(
            ReadUnit("building", "1号楼", "示例路1号院", 160),
            ReadUnit("building", "2号楼", "示例路1号院", 160),
        ),
        shape=shapely.box(115.0, 35.75, 115.005, 35.755),
        **_INVENTED,
    ),
    WrittenGrid(
        name="示例社区第二网格", kind="community", kind_name="社区网格", households=280, population=760, area_m2=None,
        units=(ReadUnit("estate", "示例小区", "示例路2号", 280),),
        shape=shapely.box(115.005, 35.75, 115.01, 35.755),
        **_INVENTED,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Gathering:
    """The number of grids, and the grids one by one in the order of village and code."""

    count: int
    rows: Iterator[WrittenGrid]


@dataclass(frozen=True)
class _GridRow:
    """One grid to be written to a file."""

    facts: Facts
    code: str
    begun: date | None


@dataclass(frozen=True)
class _Places:
    """The tree of divisions on a day: code, name and parent by primary key."""

    known: Mapping[int, tuple[str, str, int | None]]

    def below(self, top_id: int) -> list[int]:
        """Return ``top_id`` and all divisions below it, including villages."""
        children: dict[int | None, list[int]] = defaultdict(list)
        for pk, (_, _, parent_id) in self.known.items():
            children[parent_id].append(pk)
        found = [top_id]
        for each in found:  # the list grows during the loop
            found.extend(children[each])
        return found[1:]

    def named(self, village_id: int) -> dict[str, str]:
        """Return the columns that say where a grid lies."""
        code, village, township_id = self.known[village_id]
        _, township, county_id = self.known[township_id or 0]
        return {
            "village_code": code,
            "village": village,
            "township": township,
            "county": self.known[county_id or 0][1],
        }


def places_on(day: date) -> _Places:
    """Return the tree of divisions on ``day``; two statements."""
    then = names_and_parents(day)
    rows = Division.objects.values_list("pk", "code", "name", "parent_id")
    return _Places({pk: (code, *then.get(pk, (name, parent_id))) for pk, code, name, parent_id in rows})


def register_on(division: Division, *, day: date) -> Gathering:
    """Return the grids in force under a division on ``day``, with the names their places had then."""
    places = places_on(day)
    keys = list(_versions(places, division.pk, day=day).values_list("pk", flat=True))
    return Gathering(len(keys), _written(_version_rows(keys), places))


def plan_after(plan: GridPlan, *, today: date, only_drawn: bool = False) -> Gathering:
    """Return the county's grids once the plan is in force, or only those that the plan creates or changes.

    All other grids are as they are ``today``; for a plan in force as they were on its day of effect.
    """
    day = plan.effective_on if plan.status == "in_force" else today
    places = places_on(day)
    drawn = plan.grids.filter(is_retired=False)
    keys = [(*key, True) for key in drawn.values_list("village__code", "code", "name", "pk")]
    if not only_drawn:
        touched = plan.grids.exclude(grid=None).values("grid")
        rest = _versions(places, plan.county_id, day=day).exclude(grid__in=touched)
        keys += [(*key, False) for key in rest.values_list("village__code", "code", "name", "pk")]
    return Gathering(len(keys), _written(_plan_rows(plan, sorted(keys)), places))


def _versions(places: _Places, top_id: int, *, day: date) -> DatedQuerySet:
    inside = GridVersion.objects.on(day).filter(village__in=places.below(top_id))
    return inside.order_by("village__code", "code")


def _version_rows(keys: Sequence[int]) -> Iterator[list[_GridRow]]:
    for batch in _batches(keys):
        found = _version_batch(batch)
        yield [found[key] for key in batch]


def _plan_rows(plan: GridPlan, keys: Sequence[tuple[str, str, str, int, bool]]) -> Iterator[list[_GridRow]]:
    for batch in _batches(keys):
        drawn = _drawn_batch(plan, [pk for *_, pk, is_drawn in batch if is_drawn])
        kept = _version_batch([pk for *_, pk, is_drawn in batch if not is_drawn])
        # A grid removed from the draft during the export is not in the file.
        found = [(drawn if is_drawn else kept).get(pk) for *_, pk, is_drawn in batch]
        yield [each for each in found if each is not None]


def _batches(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    yield from (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _version_batch(keys: Iterable[int]) -> dict[int, _GridRow]:
    versions = GridVersion.objects.select_related("grid").defer("grid__boundary").filter(pk__in=keys)
    rows = list(versions)
    facts = facts_of(rows)
    return {row.pk: _GridRow(facts[row.grid_id], row.code, row.grid.in_force_on) for row in rows}


def _drawn_batch(plan: GridPlan, keys: Iterable[int]) -> dict[int, _GridRow]:
    rows = PlannedGrid.objects.filter(pk__in=keys).select_related("grid").defer("grid__boundary")
    return {
        row.pk: _GridRow(
            lot_of(row).facts, row.code, row.grid.in_force_on if row.grid is not None else plan.effective_on
        )
        for row in rows
    }


def _written(batches: Iterable[list[_GridRow]], places: _Places) -> Iterator[WrittenGrid]:
    for batch in batches:
        shapes = shapely.from_wkb([each.facts.boundary for each in batch])
        for each, shape, area in zip(batch, shapes, areas_m2(shapes).tolist(), strict=True):
            facts = each.facts
            yield WrittenGrid(
                code=each.code,
                name=facts.name,
                kind=facts.kind,
                kind_name=KIND_NAMES[facts.kind],
                premises=facts.premises,
                households=facts.households,
                population=facts.population,
                area_m2=None if shape is None else area,
                in_force_on=each.begun,
                units=tuple(ReadUnit(u.kind, u.name, u.address, u.households) for u in facts.units),
                shape=shape,
                **places.named(facts.village_id),
            )


def write(rows: Iterable[WrittenGrid], file: IO[bytes], *, form: Form) -> None:
    """Write grids to ``file`` in one of the three formats."""
    WRITERS[form](rows, file)
