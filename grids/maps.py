"""Grid boundaries as GeoJSON for a township's map: shared borders stay shared, ~10 m, five decimals."""

from __future__ import annotations

import json
from functools import lru_cache

import numpy as np
import shapely

from grids.models import GeometryVersion, Grid

TOLERANCE = 1e-4  # degrees, about ten metres
DECIMALS = 5


def township_geojson(township_id: int) -> tuple[str, str]:
    """Return (version tag, FeatureCollection text) of one township's grids, cached per boundary version."""
    number = GeometryVersion.objects.values_list("number", flat=True).first() or 0
    return f"{township_id}.{number}", _geojson_at(township_id, number)


@lru_cache(maxsize=200)
def _geojson_at(township_id: int, version: int) -> str:
    """Build the collection; ``version`` is only the cache key."""
    grids = list(
        Grid.objects.in_force().in_township(township_id).exclude(boundary=None).select_related("village")
    )
    shapes = shapely.from_wkb([bytes(grid.boundary or b"") for grid in grids])
    simple = shapely.coverage_simplify(shapes, TOLERANCE, simplify_boundary=False) if grids else shapes
    rounded = shapely.transform(simple, lambda xy: np.round(xy, DECIMALS))
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
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for grid, shape in zip(grids, rounded, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
