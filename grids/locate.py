"""Point → grid, in process: one STRtree per geometry version (Shapely, EPSG:4490 degrees).

A point on a border belongs to the grid with the lowest code, so the answer is always the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from grids.models import GeometryVersion, Grid

EARTH = Geod(ellps="GRS80")  # the ellipsoid of CGCS2000 to a tenth of a millimetre
LONGER_DEGREE = 1.3  # 1 / cos(36° of latitude), rounded up


@dataclass(frozen=True)
class GridIndex:
    """All boundaries in force, ready for lookups."""

    grid_ids: NDArray[np.int64]
    tree: shapely.STRtree

    def at(self, lon: float, lat: float) -> int | None:
        """Return the number of the grid that covers the point, or None outside every grid."""
        hits = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return int(self.grid_ids[hits.min()]) if len(hits) else None

    def near(self, lon: float, lat: float) -> tuple[int, float] | None:
        """Return the number of the nearest grid and its distance in metres, or None when there is no grid."""
        point = shapely.Point(lon, lat)
        closest = self.tree.query_nearest(point, return_distance=True)
        if not len(closest[0]):
            return None
        # A degree of longitude is shorter than a degree of latitude: search a little further, then measure in metres.
        reach = shapely.box(*shapely.buffer(point, float(closest[1][0]) * LONGER_DEGREE).bounds)
        candidates = self.tree.query(reach)
        metres = [_metres(point, self.tree.geometries[number]) for number in candidates]
        best = min(range(len(candidates)), key=lambda i: (metres[i], candidates[i]))
        return int(self.grid_ids[candidates[best]]), metres[best]

    def outside(self, grid_id: int, lon: float, lat: float) -> float | None:
        """Return how many metres the point lies outside a grid, 0 inside; None if the grid has no boundary."""
        found = np.flatnonzero(self.grid_ids == grid_id)
        if not len(found):
            return None
        point, shape = shapely.Point(lon, lat), self.tree.geometries[int(found[0])]
        return 0.0 if shapely.intersects(shape, point) else _metres(point, shape)


def _metres(point: shapely.Point, shape: shapely.Geometry) -> float:
    _, foot = shapely.get_coordinates(shapely.shortest_line(point, shape))
    _, _, metres = EARTH.inv(point.x, point.y, foot[0], foot[1])
    return float(metres)


def current_index() -> GridIndex:
    """Return this process's index; it is rebuilt when any boundary has changed."""
    number = GeometryVersion.objects.values_list("number", flat=True).first() or 0
    return _index_at(number)


@lru_cache(maxsize=2)
def _index_at(version: int) -> GridIndex:
    """Build the index; ``version`` is only the cache key."""
    rows = list(Grid.objects.in_force().exclude(boundary=None).order_by("code").values_list("pk", "boundary"))
    shapes = shapely.from_wkb([bytes(boundary) for _, boundary in rows])
    return GridIndex(np.array([pk for pk, _ in rows], dtype=np.int64), shapely.STRtree(shapes))


def locate(lon: float, lat: float) -> Grid | None:
    """Return the grid at a CGCS2000 longitude and latitude in degrees, with its divisions, or None."""
    found = current_index().at(lon, lat)
    return None if found is None else Grid.objects.with_place().get(pk=found)


def metres_outside(grid_id: int, lon: float, lat: float) -> float | None:
    """Return how many metres a point lies outside a grid in force, 0 inside; None if the grid has no boundary."""
    return current_index().outside(grid_id, lon, lat)


def nearest(lon: float, lat: float) -> tuple[Grid, float] | None:
    """Return the nearest grid in force and its distance in metres, or None while there is no grid at all."""
    found = current_index().near(lon, lat)
    return None if found is None else (Grid.objects.with_place().get(pk=found[0]), found[1])
