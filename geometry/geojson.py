"""Shapes as GeoJSON geometries: two numbers a place, outer rings counter-clockwise (RFC 7946). Pure."""

from __future__ import annotations

import json
from typing import Any

import shapely
from shapely import Geometry


def geometry_of(shape: Geometry) -> dict[str, Any]:
    """Return a shape as the geometry of a GeoJSON feature."""
    made: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(shapely.force_2d(shape))))
    return made
