"""Finds the faults in a set of grids: overlaps, gaps, crossing borders, land outside. Pure, in degrees.

A coverage without faults costs one quick pass. Exact pieces are computed only where that pass found edges that do not
match. A piece below 1 m², or nowhere wider than two centimetres, is no fault: the lattice may bend a border that much
where only one side has a node.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from geometry.areas import area_m2, areas_m2
from geometry.lattice import SNAP, areas_only

SMALLEST_FAULT = 1.0  # m²
NARROW = 5e-5  # degrees, about five metres: grids whose borders are closer than this were meant to touch

Key = TypeVar("Key", bound=Hashable)

REASONS = {
    "Self-intersection": "边界在这里自己相交",
    "Ring Self-intersection": "边界在这里与自己相碰",
    "Interior is disconnected": "边界在这里把网格断成两块",
    "Hole lies outside shell": "内部空洞越出了外边界",
    "Nested holes": "内部空洞互相套叠",
    "Nested shells": "两块区域互相套叠",
    "Duplicate Rings": "边界重复了一遍",
    "Too few points in geometry component": "边界的点太少，围不成一块地",
    "Invalid Coordinate": "坐标不是有效的数字",
}


@dataclass(frozen=True)
class Overlap(Generic[Key]):
    """The land that two grids both cover; (lon, lat) lies on it."""

    a: Key
    b: Key
    area_m2: float
    lon: float
    lat: float
    shape: Geometry


@dataclass(frozen=True)
class Gap:
    """A piece of land that no grid covers; (lon, lat) lies on it, ``neighbours`` are positions of the grids around."""

    area_m2: float
    lon: float
    lat: float
    shape: Geometry
    neighbours: tuple[int, ...]


def overlaps(keys: Sequence[Key], shapes: Sequence[Geometry | None]) -> list[Overlap[Key]]:
    """Return every pair of shapes that share 1 m² or more, in the order of the keys; skips missing shapes."""
    usable = _usable(shapes)
    suspects = np.flatnonzero(~shapely.is_empty(_unmatched(usable)))
    if not len(suspects):
        return []
    found, others = shapely.STRtree(usable).query(usable[suspects], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([suspects[found], others]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    shared = shapely.intersection(usable[pairs[:, 0]], usable[pairs[:, 1]])
    areas = areas_m2(shared)
    return [
        Overlap(keys[a], keys[b], area, *_inside(piece), areas_only(piece))
        for (a, b), area, piece in zip(pairs.tolist(), areas.tolist(), shared, strict=True)
        if area >= SMALLEST_FAULT and _is_wide(piece)
    ]


def gaps(shapes: Sequence[Geometry | None], *, within: Geometry | None = None) -> list[Gap]:
    """Return the uncovered pieces of 1 m² or more, largest first.

    Uncovered is land that the shapes enclose on all sides, land between two of them in a strip narrower than
    ``NARROW``, and, if ``within`` is given, all land in it that none of them covers. An enclave that other grids cover
    is also a gap unless those grids are among the shapes.
    """
    usable = _usable(shapes)
    covered = shapely.union_all(usable)
    pieces = _open_slivers(usable)
    # a narrow gap does not open an enclosed piece: holes are those of the land after narrow gaps are filled
    filled = shapely.union_all([covered, *pieces])
    pieces += [shapely.polygons(ring) for part in shapely.get_parts(filled) for ring in part.interiors]
    if within is not None:
        pieces.append(shapely.difference(_mended(within), covered))
    parts = shapely.get_parts(areas_only(shapely.difference(shapely.union_all(pieces), covered)))
    areas = areas_m2(parts)
    tree = shapely.STRtree(usable)
    return [
        Gap(areas[i], *_inside(parts[i]), parts[i], _touching(tree, parts[i]))
        for i in np.argsort(-areas, kind="stable")
        if areas[i] >= SMALLEST_FAULT and _is_wide(parts[i])
    ]


def crossings(shape: Geometry) -> tuple[float, float, str] | None:
    """Return where and why (in Chinese) a shape is not a usable area, or None if it is usable.

    The place is (0, 0) if there is none to show: nothing is drawn, or a coordinate is not a number.
    """
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        lon, lat = _inside(shape)
        return lon, lat, "这不是一块围合的区域"
    reason = shapely.is_valid_reason(shape)
    if reason == "Valid Geometry":
        return None
    found = re.fullmatch(r"(.*?)\[(\S+) (\S+)]", reason)
    name = found.group(1) if found else reason
    lon, lat = (float(found.group(2)), float(found.group(3))) if found else (0.0, 0.0)
    where = (lon, lat) if np.isfinite([lon, lat]).all() else (0.0, 0.0)
    return *where, REASONS.get(name, "边界画得不完整")


def outside(shape: Geometry, area: Geometry) -> tuple[float, float, float] | None:
    """Return (m², longitude, latitude) of the part of a shape that lies outside an area, or None below 1 m²."""
    left_over = areas_only(shapely.difference(_mended(shape), _mended(area)))
    size = area_m2(left_over)
    return (size, *_inside(left_over)) if size >= SMALLEST_FAULT and _is_wide(left_over) else None


def _is_wide(piece: Geometry) -> bool:
    """Whether a piece is anywhere wider than two steps of the lattice."""
    return not shapely.buffer(areas_only(piece), -SNAP, quad_segs=1).is_empty


def _usable(shapes: Sequence[Geometry | None]) -> NDArray[np.object_]:
    """Return the shapes at their positions, repaired where they cross themselves, empty where they are missing."""
    usable = np.array([shapely.Polygon() if shape is None else shape for shape in shapes], dtype=object)
    broken = ~shapely.is_valid(usable)
    usable[broken] = [_mended(shape) for shape in usable[broken]]
    return usable


def _mended(shape: Geometry) -> Geometry:
    return shape if shape.is_valid else areas_only(shapely.make_valid(shape))


def _unmatched(shapes: NDArray[np.object_], *, gap_width: float = 0.0) -> NDArray[np.object_]:
    """Return for each shape the edges that match no neighbour, or face one at less than ``gap_width``."""
    return shapely.coverage_invalid_edges(shapes, gap_width=gap_width) if len(shapes) else shapes


def _open_slivers(shapes: NDArray[np.object_]) -> list[Geometry]:
    """Return narrow strips between two shapes, also those open at an end, which are no holes of the union."""
    edges = _unmatched(shapes, gap_width=NARROW)
    tree = shapely.STRtree(shapes)
    zones = shapely.get_parts(shapely.union_all(shapely.buffer(edges[~shapely.is_empty(edges)], 2 * NARROW)))
    slivers = []
    for zone in zones:
        near = shapely.union_all(shapes[tree.query(shapely.buffer(zone, 4 * NARROW), predicate="intersects")])
        strips = shapely.intersection(shapely.difference(_closed(near), near), zone)
        slivers += [part for part in shapely.get_parts(areas_only(strips)) if len(_touching(tree, part)) > 1]
    return slivers


def _closed(shape: Geometry) -> Geometry:
    """Fill strips narrower than ``NARROW``. Mitred corners stay exact, so that no corner counts as a strip."""
    wider = shapely.buffer(shape, NARROW / 2, join_style="mitre", mitre_limit=20)
    return shapely.buffer(wider, -NARROW / 2, join_style="mitre", mitre_limit=20)


def _touching(tree: shapely.STRtree, piece: Geometry) -> tuple[int, ...]:
    hits = tree.query(piece, predicate="dwithin", distance=SNAP)
    return tuple(sorted(hits.tolist()))


def _inside(piece: Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(piece)
    return (0.0, 0.0) if point is None or point.is_empty else (point.x, point.y)
