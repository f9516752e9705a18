"""On which side which grid lies, by the borders that they share (Art. 13)."""

from __future__ import annotations

import pytest
import shapely
from shapely import Geometry

from grids.neighbours import borders_of, neighbours_of, sides_of
from tests.town import Town


def sides(shape: Geometry, *others: Geometry) -> dict[str, list[int]]:
    """The sides of ``shape``, which stands first among all."""
    return sides_of(borders_of(shape, shapely.STRtree([shape, *others]), here=0))


def box(west: float, south: float, east: float, north: float) -> Geometry:
    """A box in hundredths of a degree near Puyang."""
    return shapely.box(115 + west / 100, 35.7 + south / 100, 115 + east / 100, 35.7 + north / 100)


HERE = box(0, 0, 1, 1)


def test_a_square_among_four_has_one_neighbour_on_each_side() -> None:
    found = sides(HERE, box(1, 0, 2, 1), box(0, -1, 1, 0), box(-1, 0, 0, 1), box(0, 1, 1, 2))
    assert found == {"东": [1], "南": [2], "西": [3], "北": [4]}
    assert list(found) == ["东", "南", "西", "北"], "in the order in which they are read out"


def test_who_only_touches_a_corner_is_no_neighbour() -> None:
    assert sides(HERE, box(1, 1, 2, 2), box(5, 0, 6, 1)) == {}


def test_several_neighbours_of_a_side_come_by_the_length_of_their_border() -> None:
    assert sides(HERE, box(1, 0, 2, 0.3), box(1, 0.3, 2, 1)) == {"东": [2, 1]}


def test_a_short_border_is_named_all_the_same_but_only_once() -> None:
    assert sides(HERE, box(1, 0.05, 2, 1), box(1, -1, 2, 0.05)) == {"东": [1, 2]}


def test_a_border_at_a_slant_faces_where_it_looks() -> None:
    lower = shapely.Polygon([(115, 35.7), (115.03, 35.7), (115, 35.71)])
    upper = shapely.Polygon([(115.03, 35.7), (115.03, 35.71), (115, 35.71)])
    assert sides(lower, upper) == {"北": [1]}
    assert sides(upper, lower) == {"南": [1]}


def test_a_grid_inside_is_named_apart_and_the_one_around_on_all_sides() -> None:
    inner = box(0.4, 0.4, 0.6, 0.6)
    around = shapely.difference(HERE, inner)
    assert sides(around, inner) == {"内": [1]}
    assert sides(inner, around) == {side: [1] for side in "东南西北"}


@pytest.mark.parametrize("gap", [1e-7, 5e-5])
def test_borders_that_miss_each_other_by_metres_are_the_same_border(gap: float) -> None:
    other = shapely.box(115.01 + gap, 35.7, 115.02, 35.71)
    assert sides(HERE, other) == {"东": [1]}


def test_borders_a_hundred_metres_apart_are_not() -> None:
    assert sides(HERE, shapely.box(115.011, 35.7, 115.02, 35.71)) == {}


def test_a_ring_drawn_the_other_way_round_has_the_same_sides() -> None:
    east = box(1, 0, 2, 1)
    assert sides(shapely.reverse(HERE), east) == sides(HERE, east) == {"东": [1]}


def test_the_town_s_grids_stand_in_a_row(town: Town) -> None:
    found = neighbours_of(town.grid_of("001002"))
    assert {side: [grid.code for grid in grids] for side, grids in found.items()} == {
        "东": ["410902001002001"],
        "西": ["410902001001001"],
    }


def test_without_a_boundary_there_is_no_side(town: Town) -> None:
    grid = town.grid
    grid.boundary = None
    assert neighbours_of(grid) == {}
