"""Records follow the grids: by their point, by the house they live in, or with the grid that goes on (Art. 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely

from common.errors import NotPermitted, RuleViolation
from grids.actions.codes import rule_on
from grids.actions.register import Entry, bump_boundaries, put_in_force, retire_grids
from grids.facts import Facts
from grids.models import Division, FormerDivision, Grid
from registry.actions import (
    NewRecord,
    follow_divisions,
    follow_grids,
    move_record,
    register_record,
    relate,
)
from registry.keys import lookups
from registry.models import Placement, Record, SearchKey
from tests.cases import refused
from tests.registry.people import household, person
from tests.town import FOUNDED, MONDAY, Town

LATER = MONDAY + timedelta(days=10)


def new_grid(town: Town, west: float, east: float) -> Grid:
    """A grid of 京东社区 between two degrees of longitude."""
    box = shapely.box(west, 35.70, east, 35.71)
    facts = Facts(
        name="京东社区第三网格",
        kind="community",
        village_id=town.grid.village_id,
        boundary=shapely.to_wkb(box),
        households=100,
        population=300,
        units=(),
    )
    entry = Entry(Grid(), facts, "410902001001003")
    put_in_force([entry], rule=rule_on(FOUNDED), on=LATER.date(), source="方案", at=LATER)
    bump_boundaries()
    assert entry.grid is not None
    return entry.grid


@pytest.mark.article(7)
def test_a_household_moves_with_its_house_when_a_grid_is_split(town: Town) -> None:
    follow_grids(at=MONDAY)
    family = household(town, person(town))
    house = family.relations.get(kind="dwells").target
    Record.objects.filter(pk=house.pk).update(lon=115.008, lat=35.705)
    first = town.grid
    retire_grids({first: None}, on=LATER.date(), at=LATER)
    grid = new_grid(town, 115.005, 115.01)
    assert follow_grids(at=LATER) == 3  # house, household, person
    assert set(Record.objects.values_list("grid", flat=True)) == {grid.pk}
    assert follow_grids(at=LATER) == 0
    placed = Placement.objects.get(record=family)
    assert (placed.from_grid, placed.to_grid, placed.reason) == (first, grid, "plan")


@pytest.mark.article(7)
def test_what_has_no_point_goes_to_the_grid_that_continues(town: Town) -> None:
    found = person(town)
    retire_grids({town.grid: town.grid_of("001002")}, on=LATER.date(), at=LATER)
    assert follow_grids(at=LATER) == 1
    found.refresh_from_db()
    assert found.grid == town.grid_of("001002")


@pytest.mark.article(7)
def test_what_nothing_continues_waits_for_the_desk(town: Town) -> None:
    found = person(town)
    retire_grids({town.grid: None}, on=LATER.date(), at=LATER)
    assert follow_grids(at=LATER) == 0
    found.refresh_from_db()
    with refused(NotPermitted):
        move_record(found, town.grid_of("001002"), is_correction=True, by=town.chen, at=LATER)
    move_record(found, town.grid_of("001002"), is_correction=True, by=town.zhao, at=LATER)
    assert Record.objects.get(pk=found.pk).grid == town.grid_of("001002")


@pytest.mark.article(28)
def test_a_village_that_changes_its_township_takes_its_records_along(town: Town) -> None:
    found = person(town)
    village, other = town.division("京东社区"), town.division("胜利路街道")
    before = village.parent
    FormerDivision.objects.create(
        division=village, name=village.name, parent=before, until=LATER.date(), document="区划调整"
    )
    Division.objects.filter(pk=village.pk).update(parent=other)
    assert follow_divisions(at=LATER) == 1
    assert Record.objects.get(pk=found.pk).township == other
    assert not SearchKey.objects.filter(
        digest__in=lookups("name", "whole", "李演示", township=before.pk)
    ).exists()
    assert SearchKey.objects.filter(digest__in=lookups("name", "whole", "李演示", township=other.pk)).exists()
    assert follow_divisions(at=LATER) == 0


@pytest.mark.article(15)
def test_a_record_is_moved_by_who_works_in_both_grids(town: Town) -> None:
    found = person(town)
    for grid, kind in ((town.grid_of("001002"), NotPermitted), (town.grid, RuleViolation)):
        with refused(kind):
            move_record(found, grid, is_correction=False, by=town.chen, at=LATER)
    move_record(found, town.grid_of("001002"), is_correction=False, by=town.wang, at=LATER)
    assert Placement.objects.get().reason == "removal"


@pytest.mark.article(15)
def test_the_members_move_with_their_household(town: Town) -> None:
    home = household(town, person(town))
    move_record(home, town.grid_of("001002"), is_correction=False, by=town.wang, at=LATER)
    moved = Record.objects.exclude(kind="house").values_list("grid__code", flat=True)
    assert set(moved) == {"410902001001002"}


@pytest.mark.article(15)
def test_a_shop_lies_where_its_house_lies(town: Town) -> None:
    follow_grids(at=MONDAY)
    shop = register_record(
        NewRecord("organization", town.grid, {"title": "演示粮油店"}), by=town.chen, at=MONDAY
    )
    house = register_record(
        NewRecord("house", town.grid, {"address": "京东路1号"}, point=(115.008, 35.705)),
        by=town.chen,
        at=MONDAY,
    )
    relate(shop, house, "sits", by=town.chen, at=MONDAY)
    retire_grids({town.grid: None}, on=LATER.date(), at=LATER)
    grid = new_grid(town, 115.005, 115.01)
    follow_grids(at=LATER)
    assert Record.objects.get(pk=shop.pk).grid == grid
