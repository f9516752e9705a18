"""The grids that a plan changes, before and after, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import shapely
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from grids.facts import Facts
from grids.models import Grid
from grids.register_on_day import facts_of
from personnel.models import DualManagement
from plans.comparison import Difference, Side, differences
from plans.layout import key_of, lot_of
from plans.lots import STATE_NAMES
from plans.models import GridPlan, PlannedGrid
from plans.pictures import piece_number

PAGE_SIZE = 50


def counts_of(plan: GridPlan) -> dict[str, int]:
    """Return how many grids the plan creates, changes and ends; one statement."""
    found: dict[str, int] = plan.grids.aggregate(
        total=Count("pk"),
        new=Count("pk", filter=Q(base=None)),
        retired=Count("pk", filter=Q(is_retired=True)),
        changed=Count("pk", filter=Q(base__isnull=False, is_retired=False)),
    )
    return found


def changes_page(plan: GridPlan, *, page: int, today: date) -> tuple[Page[PlannedGrid], list[ChangeRow]]:
    """Return one page of grids with their differences; seven statements for any number of rows."""
    rows = plan.grids.select_related("base__village", "village", "department").order_by("pk")
    shown = Paginator(rows.defer("base__village__outline", "village__outline"), PAGE_SIZE).get_page(page)
    planned = list(shown.object_list)
    facts = facts_of(row.base for row in planned if row.base is not None)
    departments = _departments_before(planned, day=day_before(plan, today=today))
    heirs = _names_of(plan, {row.successor_key for row in planned})
    changes = [
        _change(
            row,
            _before(row, facts, departments),
            _after(row),
            number=piece_number(shown.paginator.count, index),
            heir=heirs.get(row.successor_key, ""),
        )
        for index, row in enumerate(planned, start=shown.start_index() - 1)
    ]
    return shown, changes


def day_before(plan: GridPlan, *, today: date) -> date:
    """Return the day that "before" refers to: today, or for a plan in force the day before its effect."""
    return plan.effective_on - timedelta(days=1) if plan.status == "in_force" else today


def _before(row: PlannedGrid, facts: dict[int, Facts], departments: dict[int, str]) -> Side | None:
    if row.base is None:
        return None
    known = facts[row.base.grid_id]
    return Side(
        facts=known,
        village=row.base.village.name,
        code=row.base.code,
        department=departments.get(row.base.grid_id, ""),
        shape=None if known.boundary is None else shapely.from_wkb(known.boundary),
    )


def _after(row: PlannedGrid) -> Side | None:
    if row.is_retired:
        return None
    lot = lot_of(row)
    department = row.department.name if row.department else ""
    return Side(lot.facts, row.village.name, code=row.code, department=department, shape=lot.shape)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One grid of a plan with what happens to it."""

    name: str
    village: str
    state: str
    state_name: str
    differences: list[Difference]
    number: int | None  # of its piece in the pictures
    heir: str  # the grid that succeeds it


def _change(
    row: PlannedGrid, before: Side | None, after: Side | None, *, number: int | None, heir: str
) -> ChangeRow:
    """Return one row of the table: the grid's name, what happens to it, and each field that differs."""
    found = differences(before, after)
    state = "retired" if after is None else "new" if before is None else "changed" if found else "unchanged"
    return ChangeRow(
        name=before.facts.name if before else row.name,
        village=row.village.name,
        state=state,
        state_name=STATE_NAMES[state],
        differences=found,
        number=number,
        heir=heir,
    )


def _departments_before(rows: Sequence[PlannedGrid], *, day: date) -> dict[int, str]:
    held = DualManagement.objects.current(day).filter(grid__in=[row.grid_id for row in rows if row.base_id])
    return dict(held.values_list("grid_id", "organization__name"))


def _names_of(plan: GridPlan, keys: set[str]) -> dict[str, str]:
    """Return the names of successor grids, as the plan names them."""
    ids = [int(key[1:]) for key in keys if key[:1] == "g" and key[1:].isdecimal()]
    register = {key_of(pk): name for pk, name in Grid.objects.filter(pk__in=ids).values_list("pk", "name")}
    return register | dict(plan.grids.filter(key__in=keys).values_list("key", "name"))
