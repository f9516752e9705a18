"""Cutting and joining loses no land, and neighbours keep every node of the border they share (Art. 8)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from shapely import Geometry, LineString, MultiPolygon, Polygon, affinity

from common.errors import RuleViolation
from geometry.areas import area_m2, areas_m2, length_m
from geometry.coverage import gaps, overlaps
from geometry.cutting import fit_in, join, match_nodes, nodes_of, snap_to, split
from tests.geometry.test_coverage import block, land

across = st.tuples(st.floats(0, 3.1), st.floats(-0.4, 0.4))


def cut_through(shape: Geometry, angle: float, aside: float) -> LineString:
    """A line right across a shape: through its middle, moved aside by a share of its size."""
    west, south, east, north = shape.bounds
    size = float(np.hypot(east - west, north - south))
    middle = shape.point_on_surface()
    turned = LineString([(-size, aside * size / 4), (size, aside * size / 4)])
    return affinity.translate(
        affinity.rotate(turned, angle, origin=(0, 0), use_radians=True), middle.x, middle.y
    )


def lattice_m2(shape: Geometry) -> float:
    """What two new nodes on a border may shift between neighbours, half a lattice step aside each."""
    return length_m(shape) * 0.0055


def in_order(pieces: list[Polygon]) -> bool:
    keys = [(round(piece.centroid.x, 3), -piece.centroid.y) for piece in pieces]
    return keys == sorted(keys)


@given(st.integers(0, 10_000), st.integers(0, 11), across)
@settings(max_examples=60)
def test_a_cut_loses_no_land_and_joining_undoes_it(seed: int, number: int, way: tuple[float, float]) -> None:
    grids = land(seed)
    line = cut_through(grids[number], *way)
    assume(line.crosses(grids[number]))
    pieces = split(grids[number], line)
    others = match_nodes([g for i, g in enumerate(grids) if i != number], nodes_of(pieces))
    assert sum(areas_m2([*pieces, *others])) == pytest.approx(sum(areas_m2(grids)), rel=1e-9)
    assert sum(areas_m2(pieces)) == pytest.approx(area_m2(grids[number]), abs=lattice_m2(grids[number]))
    assert len(pieces) >= 2 and min(areas_m2(pieces)) >= 1 and in_order(pieces)
    assert shapely.coverage_is_valid([*pieces, *others])
    assert overlaps(range(len(pieces)), pieces) == [] and gaps(pieces) == []
    whole = join(pieces)
    assert isinstance(whole, Polygon) and not whole.interiors
    assert area_m2(whole) == pytest.approx(sum(areas_m2(pieces)), rel=1e-9)
    assert shapely.coverage_is_valid([whole, *others])


def test_without_the_new_node_the_neighbour_no_longer_matches() -> None:
    left, right = block(0), block(1)
    pieces = split(left, LineString([(114.999, 35.7004), (115.002, 35.7005)]))
    assert not shapely.coverage_is_valid([*pieces, right])
    (matched,) = match_nodes([right], nodes_of(pieces))
    assert shapely.coverage_is_valid([*pieces, matched])
    assert area_m2(matched) == pytest.approx(area_m2(right), abs=1)
    assert len(matched.exterior.coords) == len(right.exterior.coords) + 1
    assert match_nodes([matched], nodes_of(pieces)) == [matched]


def test_pieces_come_from_west_to_east_and_then_from_north_to_south() -> None:
    comb = LineString(
        [
            (114.9995, 35.7005),
            (115.0015, 35.7005),
            (115.0015, 35.7011),
            (115.0007, 35.7011),
            (115.0007, 35.6995),
        ]
    )
    pieces = split(block(0), comb)
    assert len(pieces) == 4
    assert in_order(pieces) and pieces[0].centroid.x < pieces[-1].centroid.x


@pytest.mark.parametrize("short_by", [0, 1e-9, 9e-5])
def test_an_end_just_inside_is_led_on_to_the_border(short_by: float) -> None:
    line = LineString([(115 + short_by, 35.7004), (115.001 - short_by, 35.7005)])
    pieces = split(block(0), line)
    assert len(pieces) == 2
    assert sum(areas_m2(pieces)) == pytest.approx(area_m2(block(0)), abs=0.1)


def test_an_end_that_runs_along_the_border_is_led_to_it_the_short_way() -> None:
    line = LineString([(114.999, 35.7005), (115.0005, 35.7005), (115.0005, 35.70095), (115.0006, 35.70095)])
    pieces = split(block(0), line)
    assert len(pieces) == 2
    assert sum(areas_m2(pieces)) == pytest.approx(area_m2(block(0)), abs=0.1)


@pytest.mark.parametrize(
    "line",
    [
        LineString([(114.999, 35.7005), (115.0005, 35.7005)]),  # ends in the middle
        LineString([(114.99, 35.69), (114.999, 35.69)]),  # passes by
        LineString([(115, 35.7), (115, 35.701)]),  # runs along the border
        LineString([(115.0005, 35.7005), (115.0005, 35.7005)]),  # goes nowhere
        LineString(),
    ],
)
def test_a_line_that_does_not_cut_is_refused(line: LineString) -> None:
    with pytest.raises(RuleViolation, match="线没有把网格切开") as refusal:
        split(block(0), line)
    assert refusal.value.field == "line"


def test_a_line_beside_a_grid_of_two_parts_cuts_nothing() -> None:
    two_parts = MultiPolygon([block(0), block(3)])
    with pytest.raises(RuleViolation, match="线没有把网格切开"):
        split(two_parts, LineString([(115.002, 35.69), (115.002, 35.71)]))
    assert len(split(two_parts, LineString([(115.0005, 35.69), (115.0005, 35.71)]))) == 3


def test_a_line_that_wavers_along_the_border_leaves_no_crumbs() -> None:
    wavering = LineString(
        [
            (114.9990, 35.7005),
            (114.9999995, 35.7005),
            (115.000001, 35.70051),
            (114.9999995, 35.70052),
            (115.002, 35.7006),
        ]
    )
    pieces = split(block(0), wavering)
    assert len(pieces) == 2
    assert sum(areas_m2(pieces)) == pytest.approx(area_m2(block(0)), abs=0.1)


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=40)
def test_neighbours_join_to_one_grid_that_still_fits(seed: int, data: st.DataObject) -> None:
    grids = land(seed)
    first = data.draw(st.integers(0, 11))
    beside = [i for i in range(12) if i != first and grids[i].intersection(grids[first]).length > 1e-5]
    second = data.draw(st.sampled_from(beside))
    whole = join([grids[first], grids[second]])
    assert isinstance(whole, Polygon)
    assert area_m2(whole) == pytest.approx(area_m2(grids[first]) + area_m2(grids[second]), rel=1e-9)
    others = [grid for i, grid in enumerate(grids) if i not in (first, second)]
    assert shapely.coverage_is_valid([whole, *others])


def test_grids_that_only_meet_at_a_corner_or_not_at_all_are_not_joined() -> None:
    for other in (block(1, 1), block(2)):
        with pytest.raises(RuleViolation, match="网格不相邻，不能合并") as refusal:
            join([block(0), other])
        assert refusal.value.field == "keys"
    with pytest.raises(RuleViolation, match="至少选择两个"):
        join([block(0)])
    assert area_m2(join([block(0), block(2), block(1)])) == pytest.approx(3 * area_m2(block(0)), rel=1e-4)


def test_neighbours_whose_nodes_lie_a_hair_apart_are_joined_without_specks() -> None:
    bent = Polygon(
        [(115.001, 35.7), (115.002, 35.7), (115.002, 35.701), (115.001, 35.701), (115.0010001, 35.7004)]
    )
    whole = join([block(0), bent])
    assert isinstance(whole, Polygon) and not whole.interiors


def test_a_grid_around_another_is_joined_round_it() -> None:
    ring = [block(0, 0, wide=2), block(2, 0, high=2), block(1, 2, wide=2), block(0, 1, high=2)]
    whole = join(ring)
    assert isinstance(whole, Polygon) and len(whole.interiors) == 1


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=40)
def test_points_put_on_shared_borders_keep_the_coverage_whole(seed: int, data: st.DataObject) -> None:
    grids = land(seed)
    shares = data.draw(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6))
    borders = [grids[i % 12].exterior.interpolate(share, normalized=True) for i, share in enumerate(shares)]
    points = np.round(shapely.get_coordinates(borders), 7)
    matched = match_nodes(grids, points)
    assert shapely.coverage_is_valid(matched)
    assert sum(areas_m2(matched)) == pytest.approx(sum(areas_m2(grids)), rel=1e-6)
    have = {tuple(node) for node in nodes_of(matched).tolist()}
    assert all(tuple(point) in have for point in points.tolist())


@given(st.integers(0, 10_000), st.integers(0, 11))
@example(1, 2)  # two nodes of different neighbours stand a third of a metre apart
@settings(max_examples=40)
def test_a_border_drawn_by_hand_is_taken_to_its_neighbours(seed: int, number: int) -> None:
    grids = land(seed)
    nodes = shapely.get_coordinates(shapely.segmentize(grids[number], 2e-3))[:-1]
    drawn = Polygon(nodes + np.random.default_rng(seed).uniform(-2e-6, 2e-6, nodes.shape))
    (fitted,), settled = fit_in([drawn], [grid for i, grid in enumerate(grids) if i != number])
    assert overlaps(range(12), [fitted, *settled]) == []
    assert [gap for gap in gaps([fitted, *settled]) if 0 in gap.neighbours] == []
    assert area_m2(fitted) == pytest.approx(area_m2(grids[number]), rel=1e-3)


def test_what_is_drawn_far_from_everything_is_only_put_on_the_lattice() -> None:
    lone = Polygon([(115.00000001, 35.7), (115.001, 35.7), (115.001, 35.701)])
    assert snap_to(lone, [block(5)]).equals(Polygon([(115, 35.7), (115.001, 35.7), (115.001, 35.701)]))


def test_a_claim_on_the_neighbour_wider_than_a_slip_of_the_hand_stays_to_be_reported() -> None:
    greedy = block(0, wide=1.1)
    assert [(o.a, o.b) for o in overlaps("ab", [snap_to(greedy, [block(1)]), block(1)])] == [("a", "b")]


def test_two_grids_drawn_at_once_meet_each_other_too() -> None:
    hairs_apart = affinity.translate(block(1), 3e-6, 0)
    (left, right), (east,) = fit_in([block(0), hairs_apart], [block(2)])
    assert shapely.coverage_is_valid([left, right, east])
    assert gaps([left, right, east], within=block(0, wide=3)) == []
