"""Read the input of the checks and run them; page, API, import and the plan's verbs all use this module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import shapely
from django.db.models import Q
from shapely import Geometry

from grids.models import Grid, GridCode, GridVersion
from personnel.models import GridPosting
from plans.checks import Finding, Sector, Staffing, Subject, examine
from plans.layout import key_of, layout_of, lot_of, named, outline_of, outlines_of
from plans.lots import Layout, Lot
from plans.models import GridPlan, PlannedGrid, SectorGrid
from plans.norms import for_checks, norm_of
from plans.states import SETTLED


def findings_of(plan: GridPlan, *, today: date, layout: Layout | None = None) -> list[Finding]:
    """Return the findings of a plan as it is now; about a dozen statements for any number of grids."""
    layout = with_plans_under_way(plan, layout or layout_of(plan))
    return examine(subject_of(plan, layout, today=today))


def with_plans_under_way(plan: GridPlan, layout: Layout) -> Layout:
    """Return the layout with the new grids of approved plans and their changes to grids this plan does not touch.

    Two plans that each pass alone must not overlap once both are in force.
    """
    shapes = [lot.shape for lot in layout.drawn() if lot.shape is not None]
    if not shapes:
        return layout
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    near = Q(min_lon__lte=east, max_lon__gte=west, min_lat__lte=north, max_lat__gte=south)
    named_alike = Q(village__in={lot.facts.village_id for lot in layout.drawn()})
    others = PlannedGrid.objects.filter(near | named_alike, plan__status__in=SETTLED)
    drawn = {lot.grid_id for lot in layout.drawn() if lot.grid_id is not None}
    lots = dict(layout.lots)
    for row in others.exclude(plan=plan).select_related("plan"):
        if row.base_id is not None and row.grid_id in drawn:
            continue  # a grid in two plans has its own finding
        if row.grid_id is not None:
            lots.pop(key_of(row.grid_id), None)
        if not row.is_retired:
            lot = replace(lot_of(row), key=f"p{row.plan_id}-{row.key}", state="unchanged", grid_id=None)
            lots[lot.key] = lot
    return named(Layout(lots))


def subject_of(plan: GridPlan, layout: Layout, *, today: date) -> Subject:
    """Return everything the checks need, read once."""
    drawn = layout.drawn()
    county = plan.county
    in_county = [lot for lot in drawn if lot.township_id is not None]
    townships = {lot.township_id for lot in in_county}
    villages = {lot.facts.village_id for lot in in_county}
    return Subject(
        lots=list(layout.lots.values()),
        villages=layout.names,
        outlines=outlines_of(lot.facts.village_id for lot in drawn),
        county_outline=outline_of(county),
        covered_before=_covered_before(drawn),
        norm=for_checks(norm_of(county.pk, day=today)),
        today=today,
        staffing=_staffing([lot for lot in layout.live() if lot.facts.village_id in villages], today=today),
        sectors=_sectors(townships),
        unified_since=_unified_since(plan),
        codes_elsewhere=_codes_elsewhere(drawn),
        stale=_stale(plan, drawn),
    )


def _covered_before(drawn: Iterable[Lot]) -> Geometry | None:
    """Return the area that the drawn grids covered in the register, or None."""
    bases = [lot.base_id for lot in drawn if lot.base_id is not None]
    rows = GridVersion.objects.filter(pk__in=bases).exclude(boundary=None).values_list("boundary", flat=True)
    shapes = shapely.from_wkb([bytes(row) for row in rows])
    return shapely.union_all(np.array(shapes, dtype=object)) if len(shapes) else None


def _staffing(lots: Sequence[Lot], *, today: date) -> dict[str, Staffing]:
    """Return the staffing of the grids in the plan's villages, and since when they are in force, by key."""
    posts, ids = GridPosting.objects.current(today), [lot.grid_id for lot in lots if lot.grid_id]
    villages = {lot.facts.village_id for lot in lots}
    led = set(posts.filter(role="leader", village__in=villages).values_list("village_id", flat=True))
    worked = set(posts.filter(role="full_time", grid__in=ids).values_list("grid_id", flat=True))
    begun = dict(Grid.objects.filter(pk__in=ids).values_list("pk", "in_force_on"))
    return {
        lot.key: Staffing(
            has_leader=lot.facts.village_id in led,
            has_worker=lot.grid_id in worked,
            in_force_on=begun.get(lot.grid_id or 0),
        )
        for lot in lots
    }


def _sectors(townships: Iterable[int | None]) -> list[Sector]:
    rows = SectorGrid.objects.filter(township__in=list(townships), status="registered").select_related(
        "owner"
    )
    return [
        Sector(
            str(row),
            row.owner.name,
            None if row.boundary is None else shapely.from_wkb(bytes(row.boundary)),
            row.established_on,
        )
        for row in rows
    ]


def _unified_since(plan: GridPlan) -> date | None:
    """Return the first day on which the county had unified grids, or None."""
    versions = GridVersion.objects.filter(village__parent__parent=plan.county_id)
    return versions.order_by("valid_from").values_list("valid_from", flat=True).first()


def _codes_elsewhere(drawn: Iterable[Lot]) -> dict[str, str]:
    """Return codes given by hand that already belong to another grid, with that grid's name."""
    asked = {lot.code: lot.grid_id for lot in drawn if lot.code}
    rows = GridCode.objects.filter(code__in=list(asked)).values_list("code", "grid_id", "grid__name")
    return {code: name for code, grid_id, name in rows if asked[code] != grid_id}


def _stale(plan: GridPlan, drawn: Iterable[Lot]) -> dict[str, str]:
    """Return grids that another plan has changed since they were drawn, or will change, with a sentence."""
    known = {lot.grid_id: lot for lot in drawn if lot.grid_id is not None and lot.base_id is not None}
    present = dict(
        GridVersion.objects.filter(grid__in=list(known), valid_to__isnull=True).values_list("grid_id", "pk")
    )
    found = {
        lot.key: f"{lot.facts.name}在起草以后已被别的方案改动，请在地图上重新核对后再改一次。"
        for grid_id, lot in known.items()
        if present.get(grid_id) != lot.base_id
    }
    others = PlannedGrid.objects.filter(grid__in=list(known), plan__status__in=SETTLED).exclude(plan=plan)
    for grid_id, number, day in others.values_list("grid_id", "plan__number", "plan__effective_on"):
        lot = known[grid_id]
        found[lot.key] = f"{lot.facts.name}将由方案 {number} 在 {day:%Y-%m-%d} 改动，请等它生效，或先撤回它。"
    return found
