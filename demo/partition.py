"""Demo boundaries: nested Voronoi cells inside the county outlines, without gap or overlap. Pure.

The real village boundaries of Puyang are not published. These cells only look like them; every grid with such a
boundary is marked as demo data. All coordinates are EPSG:4490 degrees.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Geometry, MultiPolygon, Polygon

from geometry.lattice import SNAP

RELAXATIONS = 3


def clean_coverage(outlines: Sequence[Geometry]) -> list[Geometry]:
    """Turn outlines that nearly match into a coverage: overlaps go to the first, narrow gaps to a neighbour."""
    faces = _faces([shapely.boundary(outline) for outline in outlines])
    inner = shapely.point_on_surface(np.array(faces))
    shares: list[list[Polygon]] = [[] for _ in outlines]
    for face, point in zip(faces, inner, strict=True):
        owner = next((i for i, outline in enumerate(outlines) if outline.contains(point)), None)
        if owner is None:
            borders = [shapely.length(shapely.intersection(face, shapely.boundary(o))) for o in outlines]
            owner = int(np.argmax(borders))
        shares[owner].append(face)
    return [shapely.union_all(share, grid_size=SNAP) for share in shares]


def _faces(lines: Sequence[Geometry]) -> list[Polygon]:
    noded = shapely.union_all(np.array(lines, dtype=object), grid_size=SNAP)
    return list(shapely.get_parts(shapely.polygonize([noded])))


def cells(area: Geometry, count: int, *, rng: np.random.Generator) -> list[Geometry]:
    """Cut ``area`` into ``count`` roughly equal cells, ordered west→east, then north→south."""
    if count == 1:
        return [area]
    points = _points_in(area, count, rng)
    for _ in range(RELAXATIONS):
        pieces = _voronoi(area, points)
        centres = shapely.centroid(np.array(pieces))
        inside = shapely.contains(area, centres)
        centres = np.where(inside, centres, shapely.point_on_surface(np.array(pieces)))
        points = np.column_stack([shapely.get_x(centres), shapely.get_y(centres)])
    pieces = _voronoi(area, points)
    return sorted(pieces, key=lambda piece: (round(piece.centroid.x, 3), -piece.centroid.y))


def _points_in(area: Geometry, count: int, rng: np.random.Generator) -> np.ndarray:
    west, south, east, north = area.bounds
    found: np.ndarray = np.empty((0, 2))
    while len(found) < count:
        tries = np.column_stack([rng.uniform(west, east, count * 4), rng.uniform(south, north, count * 4)])
        found = np.vstack([found, tries[shapely.contains_xy(area, tries[:, 0], tries[:, 1])]])
    return found[:count]


def _voronoi(area: Geometry, points: np.ndarray) -> list[Geometry]:
    diagram = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=area)
    return [shapely.intersection(cell, area) for cell in shapely.get_parts(diagram)]


def fit_together(pieces: Sequence[Geometry]) -> list[Geometry]:
    """Recut cells that were made level by level so that neighbours share every node of their border."""
    faces = _faces([shapely.boundary(piece) for piece in pieces])
    tree = shapely.STRtree(list(pieces))
    inner = shapely.point_on_surface(np.array(faces))
    face_numbers, owners = tree.query(inner, predicate="intersects")
    shares: list[list[Polygon]] = [[] for _ in pieces]
    taken: set[int] = set()
    for face_number, owner in zip(face_numbers.tolist(), owners.tolist(), strict=True):
        if face_number not in taken:
            taken.add(face_number)
            shares[owner].append(faces[face_number])
    return [_whole(share) for share in shares]


def _whole(share: list[Polygon]) -> Geometry:
    merged = shapely.coverage_union_all(share) if share else MultiPolygon()
    return merged.geoms[0] if isinstance(merged, MultiPolygon) and len(merged.geoms) == 1 else merged
