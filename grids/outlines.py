"""The shapes of the places below a place, for the choropleth: unions of grids, cached per boundary version."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import numpy as np
import shapely
from shapely import Geometry, Polygon

from grids.models import Division, GeometryVersion, Grid

Rings = tuple[tuple[tuple[float, float], ...], ...]
PIXELS = 480  # the drawing's width; details finer than half a pixel are not drawn

# Field paths from a grid to the place one level below the given level, and to the place itself.
PATH_BELOW = {
    "city": "village__parent__parent_id",
    "county": "village__parent_id",
    "township": "village_id",
    "village": "pk",
}
PATH_TO = {
    "city": "village__parent__parent__parent_id",
    "county": "village__parent__parent_id",
    "township": "village__parent_id",
    "village": "village_id",
}


def shapes_below(place: Division) -> dict[int, Rings]:
    """Return rings of (longitude, latitude) by the number of each place below; places without boundary are omitted."""
    version = GeometryVersion.objects.values_list("number", flat=True).first() or 0
    return _shapes_at(place.pk, place.level, version)


@lru_cache(maxsize=200)
def _shapes_at(place_id: int, level: str, version: int) -> dict[int, Rings]:
    """Draw the places below as rings; ``version`` is only the cache key."""
    joined = joined_below(place_id, level)
    if not joined:
        return {}
    west, _, east, _ = shapely.total_bounds(list(joined.values()))
    simple = shapely.coverage_simplify(np.array(list(joined.values())), max(east - west, 1e-3) / PIXELS / 2)
    return {below_id: _rings(shape) for below_id, shape in zip(joined, simple, strict=True)}


def joined_below(place_id: int, level: str) -> dict[int, Geometry]:
    """Return the union of the grids of each place below, by its number, in full detail."""
    rows = (
        Grid.objects.in_force()
        .filter(**{PATH_TO[level]: place_id})
        .exclude(boundary=None)
        .order_by("code")
        .values_list(PATH_BELOW[level], "boundary")
    )
    pieces: dict[int, list[bytes]] = defaultdict(list)
    for below_id, boundary in rows:
        pieces[below_id].append(bytes(boundary))
    return {
        below_id: shapely.coverage_union_all(shapely.from_wkb(parts)) for below_id, parts in pieces.items()
    }


def _rings(shape: Geometry) -> Rings:
    polygons = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return tuple(tuple((x, y) for x, y in polygon.exterior.coords) for polygon in polygons)
