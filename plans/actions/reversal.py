"""Undo a plan in force by a new plan, prepared in one step (Art. 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import shapely
from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from grids.facts import Facts
from grids.models import GridVersion
from grids.register_on_day import facts_of
from personnel.models import DualManagement
from plans.actions.plans import PlanDraft, draft_plan
from plans.actions.steps import new_keys, save_step
from plans.layout import key_of, layout_of
from plans.lots import Lot, State
from plans.models import GridPlan, PlannedGrid


@transaction.atomic
def prepare_reversal(plan: GridPlan, *, effective_on: date, by: User, at: datetime) -> GridPlan:
    """Draft the plan that restores what ``plan`` changed; it passes the same steps as any other plan.

    Changed grids become what they were, and grids that were new end. Grids that ended come back as new grids, because
    a code is never used twice. Raises :class:`IllegalMove` before the plan is in force (it can then be withdrawn) and
    :class:`RuleViolation` if a later plan has changed one of the grids.
    """
    if plan.status != "in_force":
        raise IllegalMove("方案生效以后才需要恢复；生效以前请直接撤回。")
    draft = PlanDraft(
        title=f"恢复：{plan.title}"[:80],
        reason=f"恢复方案 {plan.number} 生效以前的划分。",
        effective_on=effective_on,
    )
    new = draft_plan(draft, county=plan.county, by=by, at=at, reverses=plan)
    rows = list(plan.grids.select_related("base", "grid", "plan", "village").order_by("pk"))
    layout = layout_of(new, township_ids={row.village.parent_id or 0 for row in rows})
    lots = _restored(new, plan, rows)
    save_step(new, layout, lots, verb="reverse", sentence=f"恢复到方案 {plan.number} 以前", by=by, at=at)
    return new


def _restored(new: GridPlan, plan: GridPlan, rows: list[PlannedGrid]) -> list[Lot]:
    """Return the opposite of every row; raises :class:`RuleViolation` if a later plan has changed a grid."""
    ids = [row.grid_id for row in rows]
    versions = GridVersion.objects.filter(grid__in=ids, valid_to__isnull=True)
    present = {version.grid_id: version for version in versions}
    before = facts_of(GridVersion.objects.filter(pk__in=[row.base_id for row in rows if row.base_id]))
    now = facts_of(versions)
    eve = plan.effective_on - timedelta(days=1)
    managed = (
        DualManagement.objects.current(eve).filter(grid__in=ids).values_list("grid_id", "organization_id")
    )
    departments = dict(managed)
    fresh = iter(new_keys(new, len(rows)))
    lots = []
    for row in rows:
        if row.grid_id is None:
            continue
        if row.is_retired:
            department = departments.get(row.grid_id)
            lots.append(_lot(next(fresh), before[row.grid_id], "new", department_id=department))
            continue
        version = present.get(row.grid_id)
        if version is None or version.valid_from != plan.effective_on:
            raise RuleViolation(f"{row.name}已被以后的方案改动，不能一步恢复，请另行起草。")
        ended = row.is_new
        facts = now[row.grid_id] if ended else before[row.grid_id]
        state: State = "retired" if ended else "changed"
        department = departments.get(row.grid_id)
        lot = _lot(key_of(row.grid_id), facts, state, code=version.code, department_id=department)
        lots.append(replace(lot, grid_id=row.grid_id, base_id=version.pk, successor_key=_heir(row, rows)))
    return lots


def _heir(row: PlannedGrid, rows: list[PlannedGrid]) -> str:
    """Return the key of the grid that a split-off grid ends in: the changed grid of its village."""
    if not row.is_new:
        return ""
    stays = (
        other
        for other in rows
        if other.base_id and not other.is_retired and other.village_id == row.village_id and other.grid_id
    )
    return next((key_of(other.grid_id) for other in stays if other.grid_id), "")


def _lot(key: str, facts: Facts, state: State, *, code: str = "", department_id: int | None = None) -> Lot:
    shape = None if facts.boundary is None else shapely.from_wkb(facts.boundary)
    return Lot(key, facts, shape, state=state, code=code, department_id=department_id)
