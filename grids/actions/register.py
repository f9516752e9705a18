"""Write the register: draft grids, put them in force, retire them. Nothing else writes grids (Art. 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F

from audit.actions import append_entries
from common.errors import RuleViolation
from common.initials import place_letters
from grids.facts import Facts, Unit
from grids.models import CodeRule, GeometryVersion, Grid, GridCode, GridUnit, GridVersion
from grids.states import GRID_MOVES

BATCH = 1000
SHARED = ("name", "kind", "premises", "village", "boundary", "min_lon", "min_lat", "max_lon", "max_lat")
CHANGED = (*SHARED, "households", "population", "code", "initials", "status", "in_force_on")


@dataclass(frozen=True)
class Entry:
    """One grid as it will be from a day: a new one, a drafted one, or one in force that changes."""

    grid: Grid
    facts: Facts
    code: str


@transaction.atomic
def draft_grids(entries: Sequence[Entry], *, rule: CodeRule, on: date, at: datetime) -> None:
    """Write new grids with their codes as drafts, so that people can be appointed before they are in force."""
    for entry in entries:
        _take_over(entry)
        entry.grid.status = "draft"
    Grid.objects.bulk_create([entry.grid for entry in entries], batch_size=BATCH)
    _give_codes(entries, rule=rule, on=on)
    _trace((entry.grid for entry in entries), "draft", on=on, at=at)


@transaction.atomic
def put_in_force(entries: Sequence[Entry], *, rule: CodeRule, on: date, source: str, at: datetime) -> None:
    """Make each grid what its entry says from ``on``; its state until then stays on record.

    A second change on the same day keeps the first on record as valid for no day. Raises :class:`RuleViolation` when a
    grid has already changed on a later day.
    """
    known = [entry for entry in entries if entry.grid.pk is not None]
    _end_versions([entry.grid for entry in known], on=on)
    for entry in entries:
        _take_over(entry)
        if entry.grid.status != "in_force" or entry.grid.in_force_on is None:
            entry.grid.status = GRID_MOVES.target_of("enter", status="draft")
            entry.grid.in_force_on = on
    Grid.objects.bulk_create([entry.grid for entry in entries if entry.grid.pk is None], batch_size=BATCH)
    Grid.objects.bulk_update([entry.grid for entry in known], CHANGED, batch_size=BATCH)
    _write_versions(entries, on=on, source=source)
    _give_codes(entries, rule=rule, on=on)
    _trace((entry.grid for entry in entries), "put_in_force", on=on, at=at)
    bump_boundaries()


@transaction.atomic
def retire_grids(successors: Mapping[Grid, Grid | None], *, on: date, at: datetime) -> None:
    """End grids on ``on``, each with the grid that replaces it, if there is one."""
    _end_versions(list(successors), on=on)
    for grid, successor in successors.items():
        verb = "abandon" if grid.status == "draft" else "retire"
        grid.status = GRID_MOVES.target_of(verb, status=grid.status)
        grid.retired_on, grid.successor = on, successor
    Grid.objects.bulk_update(list(successors), ["status", "retired_on", "successor"], batch_size=BATCH)
    _trace(successors, "retire", on=on, at=at)
    bump_boundaries()


@transaction.atomic
def reserve_codes(grids: Mapping[str, Grid], *, rule: CodeRule, on: date, at: datetime) -> None:
    """Reserve codes, given as code → grid, that come into use on a later day; nobody else can get them from now on."""
    GridCode.objects.bulk_create(
        GridCode(code=code, grid=grid, rule=rule, given_on=on) for code, grid in grids.items()
    )
    _trace(grids.values(), "reserve_code", on=on, at=at)


def bump_boundaries() -> None:
    """Count a boundary change: every process rebuilds its index before its next answer."""
    GeometryVersion.objects.get_or_create(id=1)
    GeometryVersion.objects.update(number=F("number") + 1)


def _trace(grids: Iterable[Grid], verb: str, *, on: date, at: datetime) -> None:
    """Append one entry to the chain of each grid; the chain of the plan or the rule records who acted."""
    append_entries(
        {f"grid:{grid.pk}": {"on": on.isoformat()} for grid in grids}, verb=verb, at=at, actor_id=None
    )


def _take_over(entry: Entry) -> None:
    for column, value in entry.facts.columns().items():
        setattr(entry.grid, column, value)
    entry.grid.code, entry.grid.initials = entry.code, place_letters(entry.facts.name, most=80)


def _end_versions(grids: Sequence[Grid], *, on: date) -> None:
    present = GridVersion.objects.filter(grid__in=[grid.pk for grid in grids], valid_to__isnull=True)
    late = present.filter(valid_from__gt=on).first()
    if late is not None:
        raise RuleViolation(
            f"{late.name}自 {late.valid_from:%Y-%m-%d} 起已有新的登记，不能再改为 {on:%Y-%m-%d} 起生效。"
        )
    present.update(valid_to=on)


def _write_versions(entries: Sequence[Entry], *, on: date, source: str) -> None:
    versions = [
        GridVersion(
            grid=entry.grid, code=entry.code, valid_from=on, source=source[:120], **entry.facts.columns()
        )
        for entry in entries
    ]
    GridVersion.objects.bulk_create(versions, batch_size=BATCH)
    GridUnit.objects.bulk_create(
        [
            unit_row(unit, version)
            for version, entry in zip(versions, entries, strict=True)
            for unit in entry.facts.units
        ],
        batch_size=BATCH,
    )


def unit_row(unit: Unit, version: GridVersion) -> GridUnit:
    """Return the row of one basic unit of one version."""
    return GridUnit(
        version=version,
        kind=unit.kind,
        name=unit.name,
        address=unit.address,
        households=unit.households,
        initials=place_letters(unit.name, most=80),
    )


def _give_codes(entries: Iterable[Entry], *, rule: CodeRule, on: date) -> None:
    """Record every code that its grid does not hold yet; raises :class:`RuleViolation` for a code of another grid."""
    wanted = {entry.code: entry.grid for entry in entries}
    held = dict(GridCode.objects.filter(code__in=list(wanted)).values_list("code", "grid_id"))
    for code, grid in wanted.items():
        if held.get(code, grid.pk) != grid.pk:
            raise RuleViolation(f"网格编码 {code} 已用过，编码不得重复使用。", field="code")
    new = [
        GridCode(code=code, grid=grid, rule=rule, given_on=on)
        for code, grid in wanted.items()
        if code not in held
    ]
    GridCode.objects.bulk_create(new, batch_size=BATCH)
