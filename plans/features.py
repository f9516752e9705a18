"""Lots as GeoJSON for the map editor and for the pictures of a plan, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict

import shapely

from common.shapes import Json
from geometry.areas import areas_m2
from geometry.geojson import geometry_of
from grids.models import Division, Grid, GridVersion
from grids.register_on_day import facts_of
from plans.drawing_input import typed_units
from plans.layout import key_of, outlines_of
from plans.lots import STATE_NAMES, Layout, Lot, matched
from plans.models import GridPlan

KIND_NAMES: Mapping[str, str] = dict(Grid.Kind.choices)


class LotProperties(TypedDict):
    """What the map editor knows of a grid; ``units`` is typed text, ``department`` a number."""

    key: str
    code: str
    name: str
    kind: str
    kind_name: str
    premises: str
    department: int | None
    village: str
    village_code: str
    units: str
    households: int
    population: int
    state: str
    state_name: str
    area_m2: int
    editable: bool


class LotFeature(TypedDict):
    """A grid as a GeoJSON feature; the geometry is None before it has been drawn."""

    type: Literal["Feature"]
    id: str
    properties: LotProperties
    geometry: Json | None


class OutlineProperties(TypedDict):
    """A village on the map."""

    name: str
    code: str


class OutlineFeature(TypedDict):
    """The outline of a village as a GeoJSON feature."""

    type: Literal["Feature"]
    id: str
    properties: OutlineProperties
    geometry: Json


def features_of(lots: Iterable[Lot], *, editable_in: frozenset[int] | None = None) -> list[LotFeature]:
    """Return one feature per lot at full precision; ``editable_in`` are the townships to draw in, None for all."""
    rows = list(lots)
    sizes = areas_m2([lot.shape for lot in rows])
    return [_feature(lot, area, editable_in) for lot, area in zip(rows, sizes.tolist(), strict=True)]


def _feature(lot: Lot, area: float, editable_in: frozenset[int] | None) -> LotFeature:
    facts = lot.facts
    return {
        "type": "Feature",
        "id": lot.key,
        "properties": {
            "key": lot.key,
            "code": lot.code,
            "name": facts.name,
            "kind": facts.kind,
            "kind_name": KIND_NAMES[facts.kind],
            "premises": facts.premises,
            "department": lot.department_id,
            "village": lot.name_of_village,
            "village_code": lot.code_of_village,
            "units": typed_units(facts.units),
            "households": facts.households,
            "population": facts.population,
            "state": lot.state,
            "state_name": STATE_NAMES[lot.state],
            "area_m2": round(area),
            "editable": lot.is_live and (editable_in is None or lot.township_id in editable_in),
        },
        "geometry": geometry_of(lot.shape) if lot.shape is not None else None,
    }


def working_map(
    layout: Layout, township: Division, *, editable_in: frozenset[int] | None
) -> list[LotFeature]:
    """Return all lots of one township, also ended ones, with the nodes where neighbours' borders end."""
    fitted = {lot.key: lot for lot in matched(layout.lots.values())}
    here = [fitted.get(lot.key, lot) for lot in layout.lots.values() if lot.township_id == township.pk]
    return features_of(here, editable_in=editable_in)


def register_map(township: Division) -> list[LotFeature]:
    """Return the grids of a township as they are in force today."""
    versions = list(
        GridVersion.objects.filter(village__parent=township, valid_to__isnull=True)
        .select_related("village")
        .defer("village__outline")
        .order_by("code")
    )
    facts = facts_of(versions)
    lots = [
        Lot(
            key=key_of(row.grid_id),
            facts=facts[row.grid_id],
            shape=shapely.from_wkb(facts[row.grid_id].boundary),
            code=row.code,
            name_of_village=row.village.name,
            code_of_village=row.village.code,
            township_id=township.pk,
        )
        for row in versions
    ]
    return features_of(lots, editable_in=frozenset())


def outline_features(township: Division) -> list[OutlineFeature]:
    """Return the outlines of a township's villages, for thin lines on the map."""
    villages = Division.objects.filter(parent=township).defer("outline").order_by("code")
    outlines = outlines_of(village.pk for village in villages)
    return [
        {
            "type": "Feature",
            "id": f"v{village.pk}",
            "properties": {"name": village.name, "code": village.code},
            "geometry": geometry_of(outlines[village.pk]),
        }
        for village in villages
        if village.pk in outlines
    ]


class StepsLeft(TypedDict):
    """Whether a step can be undone or redone."""

    can_undo: bool
    can_redo: bool


def steps_left(plan: GridPlan) -> StepsLeft:
    """Return whether a step can be undone or redone."""
    taken_back = {moment is not None for moment in plan.changes.values_list("undone_at", flat=True)}
    return {"can_undo": False in taken_back, "can_redo": True in taken_back}
