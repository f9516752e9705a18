"""Exported GeoJSON has the ring order of RFC 7946, in whatever order a shape is stored."""

from __future__ import annotations

import pytest
import shapely

from geometry.geojson import geometry_of

HOLED = shapely.box(115.0, 35.7, 115.1, 35.8) - shapely.box(115.04, 35.74, 115.06, 35.76)
SEVERAL = shapely.MultiPolygon([HOLED, shapely.box(115.2, 35.7, 115.3, 35.8)])


@pytest.mark.parametrize("shape", [HOLED, SEVERAL], ids=["one", "several"])
@pytest.mark.parametrize("exterior_cw", [True, False])
def test_outer_rings_run_counter_clockwise_and_places_have_two_numbers(
    shape: shapely.Geometry, exterior_cw: bool
) -> None:
    kept = shapely.force_3d(shapely.orient_polygons(shape, exterior_cw=exterior_cw), 51.0)
    made = geometry_of(kept)
    assert made["type"] == shape.geom_type
    parts = made["coordinates"] if shape.geom_type == "MultiPolygon" else [made["coordinates"]]
    for outer, *holes in parts:
        assert shapely.LinearRing(outer).is_ccw
        assert all(not shapely.LinearRing(hole).is_ccw for hole in holes)
        assert {len(place) for ring in (outer, *holes) for place in ring} == {2}
    assert shapely.geometry.shape(made).equals(shape)
