"""Point → grid, in process: one STRtree per geometry version (Shapely, EPSG:4490 degrees).

A point on a border belongs to the grid with the lowest code, so the answer is always one and the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from grids.models import GeometryVersion, Grid


@dataclass(frozen=True)
class GridIndex:
    """All boundaries in force, ready for lookups."""

    grid_ids: NDArray[np.int64]
    tree: shapely.STRtree

    def at(self, lon: float, lat: float) -> int | None:
        """Return the number of the grid that covers the point, or None outside every grid."""
        hits = self.tree.query(shapely.Point(lon, lat), predicate="intersects")
        return int(self.grid_ids[hits.min()]) if len(hits) else None


def current_index() -> GridIndex:
    """Return this process's index, rebuilt when a boundary has changed anywhere."""
    number = GeometryVersion.objects.values_list("number", flat=True).first() or 0
    return _index_at(number)


@lru_cache(maxsize=2)
def _index_at(version: int) -> GridIndex:
    """Build the index; ``version`` only keys the cache."""
    rows = list(Grid.objects.in_force().exclude(boundary=None).order_by("code").values_list("pk", "boundary"))
    shapes = shapely.from_wkb([bytes(boundary) for _, boundary in rows])
    return GridIndex(np.array([pk for pk, _ in rows], dtype=np.int64), shapely.STRtree(shapes))


def locate(lon: float, lat: float) -> Grid | None:
    """Return the grid at a CGCS2000 longitude and latitude in degrees, with its divisions, or None."""
    found = current_index().at(lon, lat)
    return None if found is None else Grid.objects.with_place().get(pk=found)
