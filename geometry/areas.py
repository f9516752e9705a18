"""Square metres and metres on the ellipsoid of CGCS2000, from coordinates in EPSG:4490 degrees. Pure.

An edge is straight in degrees, as in all other calculations with a boundary. So the areas of pieces always add up to
the whole. With geodesic edges they do not: an area changes by square metres when a node is added to a long edge.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely import Geometry

SEMI_MAJOR = 6_378_137.0  # metres
FLATTENING = 1 / 298.257222101
GEOD = Geod(a=SEMI_MAJOR, f=FLATTENING)

_ECCENTRICITY = np.sqrt(FLATTENING * (2 - FLATTENING))
_STEPS, _WEIGHTS = np.polynomial.legendre.leggauss(3)


def area_m2(shape: Geometry) -> float:
    """Return the area in m², without holes; 0 for points and lines."""
    return float(areas_m2([shape])[0])


def areas_m2(shapes: Sequence[Geometry | None] | NDArray[np.object_]) -> NDArray[np.float64]:
    """Return the area of each shape in m², in one pass over all nodes; 0 for None, points and lines."""
    parts, owners = shapely.get_parts(np.asarray(shapes, dtype=object), return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owners = parts[polygonal], owners[polygonal]
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    areas = _ring_areas(rings)
    is_hole = np.diff(part_of_ring, prepend=-1) == 0  # the first ring of a part is its outer border
    signed = np.where(is_hole, -areas, areas)
    return np.bincount(owners[part_of_ring], weights=signed, minlength=len(shapes)).astype(np.float64)


def length_m(shape: Geometry) -> float:
    """Return the length of a line, or the perimeter of an area with its holes, in metres."""
    lines = shapely.get_parts(shapely.boundary(shape) if shapely.get_dimensions(shape) == 2 else shape)
    return float(sum(GEOD.geometry_length(line) for line in lines))


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the shortest distance on the ellipsoid between two points (longitude, latitude), in metres."""
    return float(GEOD.inv(*a, *b)[2])


def _ring_areas(rings: NDArray[np.object_]) -> NDArray[np.float64]:
    """Integrate the area between every edge and the equator, and sum the edges of each ring."""
    nodes, ring_of_node = shapely.get_coordinates(rings, return_index=True)
    same = ring_of_node[1:] == ring_of_node[:-1]
    start, step = np.radians(nodes[:-1][same]), np.radians(np.diff(nodes, axis=0)[same])
    strips = np.zeros(len(start))
    for place, weight in zip(_STEPS, _WEIGHTS, strict=True):
        strips += weight / 2 * _to_equator(start[:, 1] + step[:, 1] * (1 + place) / 2)
    return np.abs(np.bincount(ring_of_node[1:][same], weights=strips * step[:, 0], minlength=len(rings)))


def _to_equator(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return m² per radian of longitude between the equator and a latitude in radians."""
    sine, e = np.sin(latitude), _ECCENTRICITY
    q = (1 - e**2) * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e)
    return np.asarray(SEMI_MAJOR**2 / 2 * q, dtype=np.float64)
