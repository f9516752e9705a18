"""All faults in a set of grids are found at their places, and nothing else (Art. 7, 8)."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Geometry, MultiPolygon, Polygon, box

from demo.partition import cells, fit_together
from geometry.areas import area_m2
from geometry.coverage import crossings, gaps, outside, overlaps

STEP = 0.001  # degrees: about a hundred metres


def land(seed: int, count: int = 12) -> list[Geometry]:
    """A small township, cut into grids that fit together."""
    rng = np.random.default_rng(seed)
    return fit_together(cells(box(115.0, 35.70, 115.03, 35.72), count, rng=rng))


def block(column: int, row: int = 0, *, wide: float = 1, high: float = 1) -> Polygon:
    """A square of about a hundred metres at a place in a raster."""
    sides = 115 + column * STEP, 35.7 + row * STEP, 115 + (column + wide) * STEP, 35.7 + (row + high) * STEP
    return box(*np.round(sides, 7))


@given(st.integers(0, 10_000), st.integers(2, 25))
@settings(max_examples=25)
def test_in_land_that_fits_together_nothing_is_found(seed: int, count: int) -> None:
    grids = land(seed, count)
    assert overlaps(range(count), grids) == []
    assert gaps(grids, within=box(115.0, 35.70, 115.03, 35.72)) == []


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=25)
def test_every_overlap_is_found_once_with_its_land(seed: int, data: st.DataObject) -> None:
    grids = land(seed)
    moved = data.draw(st.sets(st.integers(0, 11), min_size=1, max_size=3))
    for i in moved:
        shift = data.draw(st.tuples(st.floats(-2e-4, 2e-4), st.floats(-2e-4, 2e-4)))
        grids[i] = shapely.affinity.translate(grids[i], *shift)
    expected = {
        (a, b): area_m2(grids[a].intersection(grids[b]))
        for a in range(12)
        for b in range(a)
        if area_m2(grids[a].intersection(grids[b])) >= 1
        and not grids[a].intersection(grids[b]).buffer(-1e-7).is_empty
    }
    found = overlaps(range(12), grids)
    assert {(max(o.a, o.b), min(o.a, o.b)): pytest.approx(o.area_m2) for o in found} == expected
    for overlap in found:
        point = shapely.Point(overlap.lon, overlap.lat)
        assert grids[overlap.a].contains(point) and grids[overlap.b].contains(point)


def test_a_grid_inside_another_and_one_drawn_twice_are_overlaps() -> None:
    outer, inner = block(0, wide=3, high=3), block(1, 1)
    pairs = {(o.a, o.b): o.area_m2 for o in overlaps(["大", "小", "又", None], [outer, inner, inner, None])}
    assert pairs == {
        ("大", "小"): pytest.approx(area_m2(inner)),
        ("大", "又"): pytest.approx(area_m2(inner)),
        ("小", "又"): pytest.approx(area_m2(inner)),
    }


def test_less_than_a_square_metre_is_no_overlap() -> None:
    a_hair = 9e-3 / 100_000  # about a centimetre times a hundred metres
    assert overlaps("ab", [block(0), shapely.affinity.translate(block(1), -a_hair / 2)]) == []
    (found,) = overlaps("ab", [block(0), shapely.affinity.translate(block(1), -3 * a_hair)])
    assert 1 < found.area_m2 < 4


def test_a_border_bent_by_the_lattice_over_a_kilometre_is_no_fault() -> None:
    south = block(0, wide=10)
    west, east = (115.0, 35.701), (115.01, 35.701)
    bent = Polygon([west, (115.0, 35.702), (115.01, 35.702), east, (115.005, 35.7009999)])
    assert area_m2(south.intersection(bent)) > 1
    assert overlaps("ab", [south, bent]) == []
    assert outside(bent, block(0, 1, wide=10)) is None
    raised = Polygon([west, (115.0, 35.702), (115.01, 35.702), east, (115.005, 35.7010001)])
    assert gaps([south, raised], within=block(0, wide=10, high=2)) == []


@given(st.integers(0, 10_000), st.data())
@settings(max_examples=25)
def test_a_grid_taken_out_is_a_gap_with_its_neighbours(seed: int, data: st.DataObject) -> None:
    grids = land(seed)
    before = shapely.union_all(grids)
    lost = grids[data.draw(st.integers(0, 11))]
    left = [grid for grid in grids if grid is not lost]
    (gap,) = gaps(left, within=before)
    assert gap.area_m2 == pytest.approx(area_m2(lost), rel=1e-6)
    assert lost.contains(shapely.Point(gap.lon, gap.lat))
    assert set(gap.neighbours) == {i for i, grid in enumerate(left) if grid.touches(lost)}


def test_a_hole_in_the_middle_is_a_gap_and_a_bay_at_the_edge_is_none() -> None:
    ring = [block(0, 0, wide=2), block(2, 0, high=2), block(1, 2, wide=2), block(0, 1, high=2)]
    (hole,) = gaps(ring)
    assert hole.area_m2 == pytest.approx(area_m2(block(1, 1)))
    assert hole.neighbours == (0, 1, 2, 3)
    assert gaps(ring[:3]) == []
    assert gaps([*ring, block(1, 1)]) == []


def test_a_gap_that_only_a_crack_opens_is_still_a_gap() -> None:
    ring = [block(0, 0, wide=2), block(2, 0, high=2), block(1, 2, wide=2), block(0, 1, high=2)]
    cracked = [*ring[:3], shapely.affinity.translate(ring[3], -1e-6, 1e-6)]
    (hole,) = gaps(cracked)
    assert hole.area_m2 == pytest.approx(area_m2(block(1, 1)), rel=0.01)


def test_an_island_in_a_hole_is_not_counted_to_the_gap() -> None:
    frame = Polygon(block(0, 0, wide=5, high=5).exterior, [block(1, 1, wide=3, high=3).exterior])
    (gap,) = gaps([frame, block(2, 2)])
    assert gap.area_m2 == pytest.approx(8 * area_m2(block(2, 2)), rel=1e-4)


def test_a_narrow_strip_between_two_grids_is_a_gap_though_it_is_open_at_both_ends() -> None:
    two_metres = 2e-5
    apart = shapely.affinity.translate(block(1), two_metres, 0)
    (sliver,) = gaps([block(0), apart])
    assert sliver.area_m2 == pytest.approx(area_m2(block(0)) * two_metres / STEP, rel=0.01)
    assert sliver.neighbours == (0, 1)
    assert gaps([block(0), shapely.affinity.translate(block(1), 2e-4, 0)]) == []


def test_a_wedge_between_two_grids_is_reported_where_it_is_narrow() -> None:
    slanted = Polygon([(115.001, 35.7), (115.002, 35.7), (115.002, 35.701), (115.00103, 35.701)])
    (wedge,) = gaps([block(0), slanted])
    assert wedge.area_m2 == pytest.approx(area_m2(block(0)) * 0.015, rel=0.1)
    roomy = Polygon([(115.001, 35.7), (115.002, 35.7), (115.002, 35.701), (115.0016, 35.701)])
    assert gaps([block(0), roomy]) == []


def test_nothing_has_no_faults() -> None:
    assert overlaps([], []) == [] and gaps([]) == []
    assert overlaps(["一"], [block(0)]) == [] and gaps([block(0), None]) == []
    (all_of_it,) = gaps([], within=block(0))
    assert all_of_it.area_m2 == pytest.approx(area_m2(block(0))) and all_of_it.neighbours == ()


def test_a_border_that_crosses_itself_is_named_with_the_place() -> None:
    bow_tie = Polygon([(115, 35.7), (115.002, 35.702), (115.002, 35.7), (115, 35.702)])
    lon, lat, reason = crossings(bow_tie) or (0, 0, "")
    assert (lon, lat) == (pytest.approx(115.001), pytest.approx(35.701))
    assert reason == "边界在这里自己相交"
    assert crossings(block(0)) is None
    assert crossings(MultiPolygon([block(0), block(2)])) is None


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (Polygon(), "这不是一块围合的区域"),
        (shapely.LineString([(115, 35), (116, 35)]), "这不是一块围合的区域"),
        (Polygon([(115, 35), (116, 35), (115, 35)]), "边界的点太少，围不成一块地"),
        (Polygon(block(0).exterior, [block(3).exterior]), "内部空洞越出了外边界"),
        (MultiPolygon([block(0, wide=3, high=3), block(1, 1)]), "两块区域互相套叠"),
    ],
)
def test_what_is_no_area_is_refused_in_words(shape: Geometry, reason: str) -> None:
    found = crossings(shape)
    assert found is not None and found[2] == reason


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_coordinate_that_is_no_number_is_refused_without_a_place() -> None:
    nowhere = shapely.from_wkt("POLYGON ((115 35, nan 35, 116 36, 115 35))")
    assert crossings(nowhere) == (0, 0, "坐标不是有效的数字")


def test_a_bow_tie_among_the_grids_is_still_compared_with_the_others() -> None:
    bow_tie = Polygon([(115, 35.7), (115.002, 35.702), (115.002, 35.7), (115, 35.702)])
    assert [(o.a, o.b) for o in overlaps("ab", [bow_tie, block(0)])] == [("a", "b")]


def test_land_outside_an_area_is_measured_and_pointed_at() -> None:
    two, one = block(0, wide=2), block(0)
    size, lon, lat = outside(two, one) or (0, 0, 0)
    assert size == pytest.approx(area_m2(block(1)))
    assert block(1).contains(shapely.Point(lon, lat))
    assert outside(one, two) is None
    assert outside(shapely.affinity.translate(two, 1e-8, 0), two) is None


@pytest.mark.slow
def test_ten_thousand_grids_are_checked_in_a_moment() -> None:
    raster = [block(column, row) for column in range(100) for row in range(100)]
    raster[5050] = shapely.affinity.translate(raster[5050], 1e-4, 0)
    started = time.process_time()
    (found,) = overlaps(range(10_000), raster)
    (gap,) = gaps(raster)
    assert time.process_time() - started < 3.0
    assert (found.a, found.b) == (5050, 5150)
    assert gap.area_m2 == pytest.approx(found.area_m2, rel=1e-3)
