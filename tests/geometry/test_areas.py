"""Square metres and metres of the register: computed on the ellipsoid, so that pieces add up to the whole."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from geometry.areas import GEOD, area_m2, areas_m2, distance_m, length_m
from geometry.lattice import on_lattice

YARD = Polygon([(115.0, 35.7), (115.02, 35.705), (115.015, 35.72), (115.002, 35.715)])
POND = Polygon([(115.006, 35.708), (115.008, 35.708), (115.008, 35.71), (115.006, 35.71)])


def test_an_area_is_that_of_the_ellipsoid() -> None:
    finely = shapely.segmentize(YARD, 1e-6)
    assert area_m2(YARD) == pytest.approx(abs(GEOD.geometry_area_perimeter(finely)[0]), abs=0.01)
    assert area_m2(YARD.reverse()) == pytest.approx(area_m2(YARD))


def test_a_node_more_on_a_long_edge_changes_no_area() -> None:
    square = shapely.box(115.0, 35.0, 115.1, 35.1)
    assert area_m2(shapely.segmentize(square, 0.001)) == pytest.approx(area_m2(square), abs=1e-3)


def test_holes_are_taken_off_and_parts_added_each_to_its_own() -> None:
    with_pond = Polygon(YARD.exterior, [POND.exterior])
    both = MultiPolygon([with_pond, POND])
    measured = areas_m2([with_pond, None, both, shapely.Point(115, 35), POND, Polygon()])
    yard, pond = area_m2(YARD), area_m2(POND)
    assert measured.tolist() == pytest.approx([yard - pond, 0, yard, 0, pond, 0])
    assert areas_m2([]).tolist() == []


def test_lengths_and_ways_are_in_metres() -> None:
    # a minute of latitude is about 1,849 m here
    assert distance_m((115.0, 35.7), (115.0, 35.7 + 1 / 60)) == pytest.approx(1849.3, abs=0.5)
    line = shapely.LineString([(115.0, 35.7), (115.01, 35.7), (115.01, 35.71)])
    sides = distance_m((115.0, 35.7), (115.01, 35.7)) + distance_m((115.01, 35.7), (115.01, 35.71))
    assert length_m(line) == pytest.approx(sides)
    with_pond = Polygon(YARD.exterior, [POND.exterior])
    assert length_m(with_pond) == pytest.approx(length_m(YARD.exterior) + length_m(POND.exterior))


@given(st.lists(st.tuples(st.floats(115, 115.01), st.floats(35.7, 35.71)), min_size=3, max_size=9))
def test_on_the_lattice_what_was_valid_stays_valid(corners: list[tuple[float, float]]) -> None:
    shape = shapely.convex_hull(shapely.multipoints(corners))
    if shape.geom_type != "Polygon":
        return
    snapped = on_lattice(shape)
    assert snapped.is_valid
    nodes = shapely.get_coordinates(snapped)
    assert np.array_equal(np.round(nodes, 7), nodes)
    assert shapely.hausdorff_distance(shape, snapped) < 1e-6 or shape.area < 1e-12


def test_a_neck_thinner_than_the_lattice_does_not_make_a_shape_cross_itself() -> None:
    hourglass = Polygon(
        [
            (115, 35.7),
            (115.001, 35.70049998),
            (115.002, 35.7),
            (115.002, 35.701),
            (115.001, 35.70050002),
            (115, 35.701),
        ]
    )
    assert hourglass.is_valid
    snapped = on_lattice(hourglass)
    assert snapped.is_valid
    assert area_m2(snapped) == pytest.approx(area_m2(hourglass), abs=1)
