"""Records follow the grids: a plan that takes force moves them by their point, or with the grid that goes on (Art. 7).

A record lies at its own point; a household at that of its house, a person at that of the household's house. What has
no point goes to the grid that continues a retired one; where nothing continues it, the desk places it by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from common.errors import RuleViolation
from grids.locate import current_index
from grids.models import FormerDivision, Grid, GridVersion
from grids.succession import continued_by
from personnel.life import write_step
from registry import policies
from registry.actions.records import NOT_IN_FORCE, begin, settle
from registry.models import FollowedVersion, Placement, Record, Relation
from sweeps.actions import sweep_together
from worktime.clocks import day_of

SWEEP, DIVISIONS = "registry.placing", "registry.divisions"
AT_ONCE, MOST = 200, 10_000
Point = tuple[float, float]


def follow_grids(*, at: datetime) -> int:
    """Moves the records of grids that have changed or ended since the last pass; returns how many moved."""
    day = day_of(at)
    followed = FollowedVersion.objects.filter(version=OuterRef("pk"))
    versions = GridVersion.objects.on(day).filter(~Exists(followed)).order_by("pk")
    new = list(versions.values_list("pk", "grid"))
    ended = Grid.objects.exclude(status="in_force").filter(Exists(Record.objects.filter(grid=OuterRef("pk"))))
    grids = {grid for _, grid in new} | set(ended.values_list("pk", flat=True))
    moved = 0
    for grid in sorted(grids):
        rows = Record.objects.filter(grid=grid).exclude(status="merged").order_by("pk")
        keys = list(rows.values_list("pk", flat=True))
        moved += sweep_together(
            SWEEP, keys, lambda some: _place(some, at=at), at=at, size=AT_ONCE, are_all=False
        ).done
    FollowedVersion.objects.bulk_create(
        [FollowedVersion(version_id=version) for version, _ in new], ignore_conflicts=True
    )
    return moved


def follow_divisions(*, at: datetime) -> int:
    """Moves the records of villages and townships that have got another parent; returns how many moved."""
    moved = FormerDivision.objects.exclude(parent=F("division__parent")).values("division")
    found = Record.objects.filter(Q(village__in=moved) | Q(township__in=moved)).exclude(status="merged")
    rows = found.exclude(township=F("village__parent"), county=F("village__parent__parent")).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:MOST])
    return sweep_together(
        DIVISIONS, keys, lambda some: _take_along(some, at=at), at=at, size=AT_ONCE, are_all=False
    ).done


def _take_along(keys: Sequence[int], *, at: datetime) -> int:
    rows = Record.objects.select_for_update(of=("self",)).select_related("village__parent__parent")
    for record in rows.filter(pk__in=keys).order_by("pk"):
        settle(record, record.village)
        write_step(record, "place", by=None, at=at, record={"village": record.village_id})
        _make_keys_again(record)
    return len(keys)


def _place(keys: Sequence[int], *, at: datetime) -> int:
    """Places these records in the caller's transaction; returns how many moved."""
    rows = Record.objects.select_for_update(of=("self",)).with_place().filter(pk__in=keys).order_by("pk")
    records = list(rows)
    points, index, moved = points_of(records), current_index(), 0
    for record in records:
        point = points.get(record.pk)
        found = index.at(*point) if point else None
        grid = _grid(found) if found else (continued_by(record.grid) if record.grid else None)
        if grid is not None and grid.pk != record.grid_id:
            _put(record, grid, reason=Placement.Reason.PLAN, by=None, at=at)
            moved += 1
    return moved


def _grid(pk: int) -> Grid:
    return Grid.objects.with_place().get(pk=pk)


def points_of(records: Collection[Record]) -> dict[int, Point]:
    """Returns the point of each record that has one, its own or that of the house in which it is; two statements."""
    points: dict[int, Point] = {
        each.pk: (each.lon, each.lat) for each in records if each.lon is not None and each.lat is not None
    }
    homes = _targets([each.pk for each in records], "member")
    houses = _targets([*(each.pk for each in records), *_flat(homes.values())], "dwells", "sits")
    where = Record.objects.filter(pk__in=_flat(houses.values()))
    located: dict[int, Point] = {
        pk: (lon, lat)
        for pk, lon, lat in where.values_list("pk", "lon", "lat")
        if lon is not None and lat is not None
    }
    for each in records:
        for home in (each.pk, *homes[each.pk]):
            for house in houses[home]:
                if house in located:
                    points.setdefault(each.pk, located[house])
    return points


def _targets(sources: Iterable[int], *kinds: str) -> defaultdict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    rows = Relation.objects.present().filter(source__in=list(sources), kind__in=kinds).order_by("pk")
    for source, target in rows.values_list("source", "target"):
        found[source].append(target)
    return found


def _flat(lists: Iterable[list[int]]) -> list[int]:
    return [each for some in lists for each in some]


@transaction.atomic
def move_record(record: Record, grid: Grid, *, is_correction: bool, by: User, at: datetime) -> Record:
    """Moves a record to another grid by hand: because it was entered wrongly, or because it has moved there.

    Raises :class:`RuleViolation` for a grid that is not in force or is its own, :class:`NotPermitted` unless the user
    works in both.
    """
    record = begin(record, "move", by=by)
    policies.ENTER.require("register", by, policies.Spot(grid))
    if grid.status != "in_force":
        raise RuleViolation(NOT_IN_FORCE, field="grid")
    if grid.pk == record.grid_id:
        raise RuleViolation("已经在这个网格里。", field="grid")
    reason = Placement.Reason.CORRECTION if is_correction else Placement.Reason.REMOVAL
    for member in _members_of(record):
        _put(member, grid, reason=reason, by=by, at=at)
    return _put(record, grid, reason=reason, by=by, at=at)


def _members_of(record: Record) -> list[Record]:
    """The people of a household who live in no other one, locked: they move with it."""
    here = Relation.objects.present().filter(target=record, kind="member").values("source")
    elsewhere = Relation.objects.present().filter(source=OuterRef("pk"), kind="member").exclude(target=record)
    rows = Record.objects.current().filter(~Exists(elsewhere), pk__in=here)
    return list(rows.with_place().select_for_update(of=("self",)).order_by("pk"))


def _put(record: Record, grid: Grid, *, reason: str, by: User | None, at: datetime) -> Record:
    before, township = record.grid_id, record.township_id
    record.grid = grid
    settle(record, grid.village)
    Placement.objects.create(record=record, from_grid_id=before, to_grid=grid, reason=reason, by=by, at=at)
    write_step(record, "place", by=by, at=at, record={"from": before, "to": grid.pk, "reason": str(reason)})
    if record.township_id != township:
        _make_keys_again(record)
    return record


def _make_keys_again(record: Record) -> None:
    """A key carries the township; what has moved to another one is found there."""
    for value in record.values.present().filter(erased_at=None):
        value.record = record
        value.find_by(value.plain())
