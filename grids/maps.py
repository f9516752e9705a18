"""Boundaries as GeoJSON for maps: a township's grids (~10 m), and the places below a city or county (~30 m).

Shared borders stay shared; coordinates have five decimals.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import shapely
from shapely import Geometry

from geometry.geojson import geometry_of
from grids.models import Division, GeometryVersion, Grid
from grids.outlines import joined_below

TOLERANCE = 1e-4  # degrees, about ten metres
TOLERANCE_OF_PLACES = 3e-4
DECIMALS = 5


def township_geojson(township_id: int) -> tuple[str, str]:
    """Return (version tag, FeatureCollection text) of one township's grids, cached per boundary version."""
    number = _present_version()
    return f"{township_id}.{number}", _geojson_at(township_id, number)


def places_geojson(place: Division) -> tuple[str, str]:
    """Return (version tag, FeatureCollection text) of the places one level below a city or county, cached like it.

    A place without a grid that has a boundary is left out. Names may change without a new version: the page has them.
    """
    number = _present_version()
    return f"{place.pk}.{number}", _places_at(place.pk, place.level, number)


def _present_version() -> int:
    return GeometryVersion.objects.values_list("number", flat=True).first() or 0


@lru_cache(maxsize=50)
def _places_at(place_id: int, level: str, version: int) -> str:
    """Build the collection; ``version`` is only the cache key."""
    joined = joined_below(place_id, level)
    features = [
        {"type": "Feature", "id": below_id, "properties": {}, "geometry": geometry_of(shape)}
        for below_id, shape in zip(
            joined, _simplified(list(joined.values()), TOLERANCE_OF_PLACES), strict=True
        )
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _simplified(shapes: Sequence[Geometry], tolerance: float) -> Sequence[Geometry]:
    """Return a coverage with fewer corners and rounded coordinates, without new gaps or overlaps inside it."""
    if not len(shapes):
        return shapes
    simple = shapely.coverage_simplify(np.array(shapes), tolerance, simplify_boundary=False)
    rounded: Sequence[Geometry] = shapely.transform(simple, lambda xy: np.round(xy, DECIMALS))
    return rounded


@lru_cache(maxsize=200)
def _geojson_at(township_id: int, version: int) -> str:
    """Build the collection; ``version`` is only the cache key."""
    grids = list(
        Grid.objects.in_force().in_township(township_id).exclude(boundary=None).select_related("village")
    )
    shapes = shapely.from_wkb([bytes(grid.boundary or b"") for grid in grids])
    features = [
        {
            "type": "Feature",
            "id": grid.pk,
            "properties": {
                "code": grid.code,
                "name": grid.name,
                "village": grid.village.name,
                "households": grid.households,
                "demonstration": grid.is_demonstration,
            },
            "geometry": geometry_of(shape),
        }
        for grid, shape in zip(grids, _simplified(shapes, TOLERANCE), strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
