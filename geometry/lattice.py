"""The lattice for all nodes of the register, so that shared borders are equal to the last digit. Pure."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, MultiPolygon

SNAP = 1e-7  # degrees, about a centimetre: all nodes lie on this lattice
DECIMALS = 7


def on_lattice(shape: Geometry) -> Geometry:
    """Put every node on the lattice of 1e-7 degrees. A valid shape stays valid; `crossings` finds an invalid one.

    Rounding moves the same node in the same way in every shape, so neighbours stay matched. Only a shape that crosses
    itself after rounding gets new nodes, which drops what has become thinner than the lattice.
    """
    moved = shapely.remove_repeated_points(shapely.transform(shape, rounded))
    if shapely.is_valid(moved) or not shapely.is_valid(shape):
        return moved
    # remove the grid size again; otherwise it would change every later operation with this shape
    return shapely.set_precision(shapely.set_precision(shape, SNAP), 0)


def rounded(nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return coordinates in degrees rounded to the lattice."""
    return np.round(nodes, DECIMALS)


def areas_only(shape: Geometry) -> Geometry:
    """Return the areas among the parts of a shape: one Polygon, otherwise a MultiPolygon, possibly empty."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)
