"""The register of the demonstration: households, houses, a shop and places of a grid, and two doubles."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from accounts.models import User
from demo.cases import TOWNSHIP
from demo.population import households, mistyped
from grids.models import Grid
from matters.models import Matter
from personnel.models import GridPosting
from registry.actions import (
    NewRecord,
    begin_activity,
    finish_activity,
    follow_grids,
    propose_all_doubles,
    register_record,
    relate,
)
from registry.models import Record
from worktime.clocks import day_of

SEED, HOUSEHOLDS = 14, 16
SHOP = {"title": "演示粮油店", "trade": "shop", "staff": "3", "site": "京东路演示 8 号"}
PLACES = (
    {"place": "演示小学", "category": "school", "site": "京东路演示 20 号"},
    {"place": "小广场健身器材", "category": "gym", "state": "sound"},
)


def register_demonstration_people(*, at: datetime) -> int:
    """Registers the households of the first grid of the demo township, and one of another township; how many."""
    follow_grids(at=at)
    grids = Grid.objects.in_force().with_place()
    first = grids.filter(village__parent__code=TOWNSHIP).order_by("code")[0]
    other = grids.exclude(village__parent__code=TOWNSHIP).order_by("code")[0]
    posting = GridPosting.objects.current(day_of(at)).filter(grid=first, role="full_time").first()
    worker = posting.user if posting else None
    before = at - timedelta(days=120)
    for grid, by in ((first, worker), (other, None)):
        _families(grid, HOUSEHOLDS if grid == first else 1, by=by, at=before)
    register_record(NewRecord("organization", first, SHOP), by=worker, at=before)
    for values in PLACES:
        register_record(NewRecord("place", first, values), by=worker, at=before)
    if worker is not None:
        _carry_out(first, worker, at=at - timedelta(days=2))
    propose_all_doubles(at=at)
    return Record.objects.count()


def _families(grid: Grid, count: int, *, by: User | None, at: datetime) -> None:
    chance = random.Random(SEED)
    for place, family in enumerate(households(SEED + grid.pk, count)):
        lon = (grid.min_lon or 0) + ((grid.max_lon or 0) - (grid.min_lon or 0)) * 0.5
        lat = (grid.min_lat or 0) + ((grid.max_lat or 0) - (grid.min_lat or 0)) * 0.5
        house = register_record(
            NewRecord("house", grid, {"address": family.address, "use": "lived_in"}, point=(lon, lat)),
            by=by,
            at=at,
        )
        home = register_record(NewRecord("household", grid, {"household": "family"}), by=by, at=at)
        relate(home, house, "dwells", by=None, at=at)
        for member in family.members:
            person = register_record(NewRecord("person", grid, member.values()), by=by, at=at)
            relate(person, home, "member", role=member.role, by=None, at=at)
        if place == 0:
            again = {
                **mistyped(family.members[0], chance).values(),
                "number": "",
                "born": str(family.members[0].born),
            }
            register_record(NewRecord("person", grid, again), by=by, at=at + timedelta(days=30))


def _carry_out(grid: Grid, worker: User, *, at: datetime) -> None:
    township = grid.village.parent
    assert township is not None  # a village lies in a township
    matter = Matter.objects.in_force(township.parent_id or 0, day_of(at)).get(name="反电信网络诈骗宣传")
    activity = begin_activity(matter, grid, by=worker, at=at)
    finish_activity(
        activity, reached=36, note="楼道口讲刷单骗局，发了明白纸。", by=worker, at=at + timedelta(hours=1)
    )
