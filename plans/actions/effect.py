"""On its day a published plan changes the register, and people follow their grids (Art. 7, 10)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from functools import partial

import shapely
from django.db import transaction

from grids.actions.codes import Wish, allot_codes, apply_due_rules, place_of, rule_on
from grids.actions.register import Entry, put_in_force, retire_grids
from grids.models import CodeRule, Grid, GridVersion
from grids.register_on_day import facts_of
from personnel.actions.succession import follow_grids, share_management
from plans import notices
from plans.actions.plans import move
from plans.history import LIFE
from plans.layout import key_of, layout_of, lot_of
from plans.lots import matched
from plans.models import GridPlan, PlannedGrid
from sweeps.actions import forget_gone, sweep


def bring_into_force(*, today: date, at: datetime) -> int:
    """Apply all code rules and published plans whose day has come, day by day; missed days are made up in order.

    Returns the number of plans. Each has its own transaction: a plan that cannot come into force is logged and does
    not hold up the others.
    """
    plans: dict[date, list[int]] = defaultdict(list)
    for pk, day in GridPlan.objects.due(today).values_list("pk", "effective_on"):
        plans[day].append(pk)
    rules = CodeRule.objects.filter(effective_on__lte=today, applied_at__isnull=True)
    count = 0
    for day in sorted({*plans, *rules.values_list("effective_on", flat=True)}):
        rule = partial(_apply_rules, at=at)
        sweep("grids.code_rules", [day], rule, at=at, are_all=False)
        come = sweep(
            "plans.effect", plans[day], partial(_come_into_force, today=today, at=at), at=at, are_all=False
        )
        count += come.done
    forget_gone("plans.effect", (pk for due in plans.values() for pk in due))
    forget_gone("grids.code_rules", rules.values_list("effective_on", flat=True))
    return count


def _apply_rules(day: date, *, at: datetime) -> bool:
    apply_due_rules(today=day, at=at)
    return True


@transaction.atomic
def _come_into_force(pk: int, *, today: date, at: datetime) -> bool:
    plan = LIFE.rows().select_for_update(of=("self",)).get(pk=pk)
    if plan.status != "published" or plan.effective_on > today:
        return False  # another sweeper was faster, or the plan was withdrawn
    rows = list(
        plan.grids.select_related("grid__village", "base", "department", "village__parent__parent").order_by(
            "pk"
        )
    )
    source = f"{plan.get_kind_display()} {plan.number}"
    _retire(plan, rows, at=at)
    _enter(plan, rows, source=source, at=at)
    _align_neighbours(plan, source=source, at=at)
    plan.in_force_at = at
    move(plan, "come_into_force", by=None, at=at)
    notices.tell_townships(plan, "网格方案今日生效", topic="plan_in_force", at=at)
    return True


def _retire(plan: GridPlan, rows: list[PlannedGrid], *, at: datetime) -> None:
    by_key = {row.key: row.grid for row in rows}
    elsewhere = [int(row.successor_key[1:]) for row in rows if row.successor_key[:1] == "g"]
    known = {key_of(grid.pk): grid for grid in Grid.objects.filter(pk__in=elsewhere)} | by_key
    ending = {row.grid: known.get(row.successor_key) for row in rows if row.is_retired and row.grid}
    if ending:
        retire_grids(ending, on=plan.effective_on, at=at)
        follow_grids(ending, on=plan.effective_on, at=at)


def _enter(plan: GridPlan, rows: list[PlannedGrid], *, source: str, at: datetime) -> None:
    live = [row for row in rows if not row.is_retired and row.grid is not None]
    rule = rule_on(plan.effective_on)
    codes = _codes(live, rule)
    entries = [Entry(row.grid, lot_of(row).facts, codes[row.pk]) for row in live if row.grid is not None]
    moved = [row.grid for row in live if row.base and row.grid and row.base.village_id != row.village_id]
    put_in_force(entries, rule=rule, on=plan.effective_on, source=source, at=at)
    if moved:
        follow_grids({grid: grid for grid in moved}, on=plan.effective_on, at=at)
    for row in live:
        if row.grid is not None:
            share_management(row.grid, row.department, on=plan.effective_on, at=at)


def _codes(rows: list[PlannedGrid], rule: CodeRule) -> dict[int, str]:
    """Return the code of each row's grid: its present code, or for new and moved grids the one given at approval.

    If a new rule has come into effect since the approval, new and moved grids get a code of that rule.
    """
    codes: dict[int, str] = {}
    outdated = []
    for row in rows:
        assert row.grid is not None
        stays = row.base is not None and row.base.village_id == row.village_id
        codes[row.pk] = row.grid.code if stays else row.code
        if not stays and not rule.rule.keeps(row.code, place_of(row.village), kind=row.kind):
            outdated.append(row)
    wishes = [Wish(row.village, row.kind) for row in outdated]
    new = allot_codes(wishes, rule=rule, by_hand=False)
    return codes | {row.pk: code for row, code in zip(outdated, new, strict=True)}


def _align_neighbours(plan: GridPlan, *, source: str, at: datetime) -> None:
    """Add to neighbours the nodes where the new borders end, within a centimetre, so that grids still tile."""
    layout = layout_of(plan)
    moved = {
        lot.grid_id: lot.shape
        for lot in matched(layout.lots.values())
        if lot.state == "unchanged" and not shapely.equals_exact(lot.shape, layout.lots[lot.key].shape)
    }
    present = GridVersion.objects.filter(
        grid__in=list(moved), valid_to__isnull=True, valid_from__lte=plan.effective_on
    ).select_related("grid")
    facts = facts_of(present)
    entries = [
        Entry(
            version.grid,
            replace(facts[version.grid_id], boundary=shapely.to_wkb(moved[version.grid_id])),
            version.code,
        )
        for version in present
    ]
    if entries:
        rule = rule_on(plan.effective_on)
        put_in_force(entries, rule=rule, on=plan.effective_on, source=f"{source}（边界节点对齐）", at=at)
