"""Read a plan into lots: the register of the places concerned, overlaid with the plan's changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from django.db.models import Q
from shapely import Geometry

from common.shapes import Columns
from grids.facts import Facts, Unit
from grids.models import Division, Grid, GridVersion
from grids.register_on_day import facts_of
from plans.lots import Layout, Lot, State
from plans.models import GridPlan, PlannedGrid


def layout_of(plan: GridPlan, *, township_ids: Iterable[int] = ()) -> Layout:
    """Return the lots of these townships and those the plan touches, with neighbours across their borders.

    Five statements for any number of grids.
    """
    planned = list(plan.grids.select_related("village"))
    townships = {row.village.parent_id for row in planned} | set(township_ids)
    base_villages = GridVersion.objects.filter(pk__in=[row.base_id for row in planned]).values(
        "village__parent"
    )
    near = Q(village__parent__in=townships) | Q(village__parent__in=base_villages)
    layout = Layout(_lots(_present(near)))
    drawn = [lot_of(row) for row in planned]
    layout.put(_lots(_present(_beside(plan, [*layout.lots.values(), *drawn]))).values())
    layout.put(drawn)
    return named(layout)


def whole_county(plan: GridPlan) -> Layout:
    """Return the lots of the whole county and the plan's grids."""
    layout = Layout(_lots(_present(Q(village__parent__parent=plan.county_id))))
    layout.put(lot_of(row) for row in plan.grids.select_related("village"))
    return named(layout)


def named(layout: Layout) -> Layout:
    """Add to the lots the names of their villages and the primary keys of their townships."""
    ids = {lot.facts.village_id for lot in layout.lots.values()}
    rows = Division.objects.filter(pk__in=ids).values_list("pk", "name", "code", "parent_id")
    places = {pk: (name, code, parent_id) for pk, name, code, parent_id in rows}
    layout.names = {pk: name for pk, (name, _, _) in places.items()}
    for key, lot in layout.lots.items():
        name, code, township = places[lot.facts.village_id]
        layout.lots[key] = replace(lot, name_of_village=name, code_of_village=code, township_id=township)
    return layout


def _present(where: Q) -> list[GridVersion]:
    return list(
        GridVersion.objects.filter(where, valid_to__isnull=True)
        .order_by("code")
        .prefetch_related("grid__departments")
    )


def _beside(plan: GridPlan, lots: Iterable[Lot]) -> Q:
    """Return a filter for grids whose box meets the box of all drawn lots, such as neighbours across a border."""
    shapes = [lot.shape for lot in lots if lot.state != "unchanged" and lot.shape is not None]
    if not shapes:
        return Q(pk__in=[])
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    return Q(min_lon__lte=east, max_lon__gte=west, min_lat__lte=north, max_lat__gte=south)


def _lots(versions: list[GridVersion]) -> dict[str, Lot]:
    facts = facts_of(versions)
    shapes = shapely.from_wkb([facts[row.grid_id].boundary for row in versions])
    return {
        key_of(row.grid_id): Lot(
            key=key_of(row.grid_id),
            facts=facts[row.grid_id],
            shape=shape,
            grid_id=row.grid_id,
            base_id=row.pk,
            code=row.code,
            department_id=_department(row.grid),
        )
        for row, shape in zip(versions, shapes, strict=True)
    }


def _department(grid: Grid) -> int | None:
    current = [duty.organization_id for duty in grid.departments.all() if duty.ends_on is None]
    return current[0] if current else None


def key_of(grid_id: int) -> str:
    """Return the key of a grid of the register."""
    return f"g{grid_id}"


def lot_of(row: PlannedGrid) -> Lot:
    """Return a planned grid as a lot."""
    boundary = None if row.boundary is None else bytes(row.boundary)
    state: State = "retired" if row.is_retired else "new" if row.is_new else "changed"
    facts = Facts(
        name=row.name,
        kind=row.kind,
        village_id=row.village_id,
        boundary=boundary,
        premises=row.premises,
        households=row.households,
        population=row.population,
        units=tuple(Unit.read(unit) for unit in row.units),
    )
    return Lot(
        key=row.key,
        facts=facts,
        shape=None if boundary is None else shapely.from_wkb(boundary),
        state=state,
        grid_id=row.grid_id,
        base_id=row.base_id,
        code=row.code,
        department_id=row.department_id,
        successor_key=row.successor_key,
        crs_source=row.crs_source,
        import_job_id=row.import_job_id,
    )


def columns_of(lot: Lot) -> Columns:
    """Return a lot as the columns of a planned grid, without its plan."""
    return {
        "key": lot.key,
        "grid_id": lot.grid_id,
        "base_id": lot.base_id,
        "units": [unit.stored() for unit in lot.facts.units],
        "department_id": lot.department_id,
        "code": lot.code,
        "is_retired": lot.state == "retired",
        "successor_key": lot.successor_key,
        "crs_source": lot.crs_source,
        "import_job_id": lot.import_job_id,
        **lot.facts.columns(),
    }


def row_of(lot: Lot, plan: GridPlan) -> PlannedGrid:
    """Return a lot as an unsaved row of a plan."""
    return PlannedGrid(plan=plan, **columns_of(lot))


def outlines_of(village_ids: Iterable[int]) -> dict[int, Geometry]:
    """Return the outlines of the villages that have one, by primary key."""
    rows = Division.objects.filter(pk__in=set(village_ids)).exclude(outline=None).values_list("pk", "outline")
    return {pk: shapely.from_wkb(bytes(outline)) for pk, outline in rows}


def outline_of(division: Division) -> Geometry | None:
    """Return a division's own outline, or None."""
    found: Any = Division.objects.filter(pk=division.pk).values_list("outline", flat=True).first()
    return None if found is None else shapely.from_wkb(bytes(found))
