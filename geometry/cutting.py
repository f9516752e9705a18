"""Cuts, joins and matches grids, so that neighbours have no gap and no overlap after a change. Pure, in degrees.

A new node on a shared border must be added to every neighbour as well (`match_nodes`): it is rounded to the lattice, so
it may lie up to a centimetre beside the line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, Polygon

from common.errors import RuleViolation
from geometry.areas import areas_m2
from geometry.coverage import SMALLEST_FAULT
from geometry.lattice import SNAP, areas_only, on_lattice, rounded

REACH = 1e-4  # degrees, about ten metres: how far an end of a cutting line is extended to the border
METRE = 1e-5  # degrees: grids with a shorter common border only meet at a corner
HAND = 5e-6  # degrees, about half a metre: how far a drawn border is moved to its neighbour's

NO_CUT = "线没有把网格切开。请从网格边界外画到另一侧边界外，两端都要越过边界。"
NOT_TOUCHING = "网格不相邻，不能合并。请选择有共同边界的网格。"

Nodes = NDArray[np.float64]


def split(shape: Geometry, line: LineString) -> list[Polygon]:
    """Cut a shape along a line into pieces, west→east, then north→south; all nodes lie on the lattice.

    An end inside the shape is extended to a border within ten metres. A piece below 1 m² goes to the piece beside it.
    Raises RuleViolation (field ``line``) if the cut makes too few pieces.
    """
    if line.is_empty or not line.length:
        raise RuleViolation(NO_CUT, field="line")
    border = shapely.boundary(shape)
    noded = shapely.union_all([border, _led_on(line, border)], grid_size=SNAP)
    faces = shapely.set_precision(shapely.get_parts(shapely.polygonize(shapely.get_parts(noded))), 0)
    pieces = _without_crumbs([face for face in faces if shape.contains(shapely.point_on_surface(face))])
    if len(pieces) <= shapely.get_num_geometries(shape):
        raise RuleViolation(NO_CUT, field="line")
    return sorted(pieces, key=lambda piece: (round(piece.centroid.x, 3), -piece.centroid.y))


def join(shapes: Sequence[Geometry]) -> Geometry:
    """Return two or more grids as one, without the borders between them.

    Raises RuleViolation (field ``keys``) unless they are connected along borders; a shared corner is not enough.
    """
    if len(shapes) < 2:
        raise RuleViolation("请至少选择两个网格再合并。", field="keys")
    if not _hang_together(shapes):
        raise RuleViolation(NOT_TOUCHING, field="keys")
    nodes = nodes_of(shapes)
    matched = match_nodes(shapes, nodes, tolerance=2 * SNAP)
    return _without_specks(areas_only(shapely.union_all(matched)), matched)


def nodes_of(shapes: Sequence[Geometry]) -> Nodes:
    """Return the nodes of the shapes, each once, as rows of longitude and latitude."""
    return np.unique(shapely.get_coordinates(np.asarray(shapes, dtype=object)), axis=0)


def match_nodes(shapes: Sequence[Geometry], points: Nodes, *, tolerance: float = SNAP) -> list[Geometry]:
    """Add each point to every shape whose border is within ``tolerance`` degrees and has no node there."""
    return [_with_nodes(shape, points, tolerance) for shape in shapes]


def snap_to(shape: Geometry, neighbours: Sequence[Geometry], *, tolerance_deg: float = HAND) -> Geometry:
    """Move the nodes of a drawn shape to near nodes, else edges, of its neighbours; add their nodes to its border.

    A shape that would then cross itself is only rounded to the lattice.
    """
    drawn = on_lattice(shape)
    near = [other for other in neighbours if shapely.dwithin(drawn, other, tolerance_deg)]
    if not near:
        return drawn
    theirs = nodes_of(near)
    edges = shapely.union_all(shapely.boundary(near))
    snapped = shapely.transform(drawn, lambda nodes: _moved(nodes, theirs, edges, tolerance_deg))
    snapped = _with_nodes(shapely.remove_repeated_points(snapped), theirs, tolerance_deg)
    return _trimmed(snapped, near, tolerance_deg) if snapped.is_valid else drawn


def fit_in(
    shapes: Sequence[Geometry], neighbours: Sequence[Geometry], *, tolerance_deg: float = HAND
) -> tuple[list[Geometry], list[Geometry]]:
    """Fit drawn shapes between their neighbours, one after the other; return both with matched nodes."""
    settled = list(neighbours)
    for shape in shapes:
        fitted = snap_to(shape, settled, tolerance_deg=tolerance_deg)
        settled = [*match_nodes(settled, nodes_of([fitted])), fitted]
    return settled[len(neighbours) :], settled[: len(neighbours)]


def _led_on(line: LineString, border: Geometry) -> LineString:
    """Extend both ends across the border where they stop just short of it; straight on if that reaches it."""
    nodes = shapely.get_coordinates(shapely.remove_repeated_points(line))
    nodes = np.vstack([_end(nodes[0], nodes[1], border), nodes])
    nodes = np.vstack([nodes, _end(nodes[-1], nodes[-2], border)])
    return shapely.remove_repeated_points(LineString(nodes))


def _end(end: Nodes, before: Nodes, border: Geometry) -> Nodes:
    """Return the node after an end: where its straight extension, or else the shortest way, reaches the border."""
    here = shapely.Point(end)
    if shapely.distance(here, border) > REACH:
        return end
    onward = LineString([end, end + (end - before) / np.hypot(*(end - before)) * 2 * REACH])
    crossing = shapely.intersection(onward, border)
    way = shapely.shortest_line(here, border if crossing.is_empty else crossing)
    return np.asarray(shapely.get_coordinates(way)[-1])


def _without_crumbs(faces: list[Polygon]) -> list[Polygon]:
    """Join every face below 1 m² to the piece with which it shares the longest border."""
    is_piece = areas_m2(faces) >= SMALLEST_FAULT
    pieces = [face for face, keep in zip(faces, is_piece, strict=True) if keep]
    for crumb in (face for face, keep in zip(faces, is_piece, strict=True) if not keep):
        shared = (
            shapely.length(shapely.intersection(shapely.boundary(pieces), crumb)) if pieces else np.zeros(0)
        )
        if shared.any():
            best = int(np.argmax(shared))
            pieces[best] = areas_only(shapely.coverage_union(pieces[best], crumb))
    return pieces


def _without_specks(shape: Geometry, parts: Sequence[Geometry]) -> Geometry:
    """Fill the holes below 1 m² that borders with slightly different nodes leave between the joined parts."""
    specks = [
        Polygon(hole)
        for part in shapely.get_parts(shape)
        for hole in part.interiors
        if areas_m2([Polygon(hole)])[0] < SMALLEST_FAULT
    ]
    return areas_only(shapely.union_all([*parts, *specks])) if specks else shape


def _hang_together(shapes: Sequence[Geometry]) -> bool:
    """Whether all shapes are connected to the first through shared borders of a metre or more."""
    waiting, reached = list(shapes[1:]), [shapes[0]]
    for here in reached:
        edge = shapely.buffer(here, SNAP)
        touched = [
            shapely.length(shapely.intersection(shapely.boundary(other), edge)) > METRE for other in waiting
        ]
        reached += [other for other, near in zip(waiting, touched, strict=True) if near]
        waiting = [other for other, near in zip(waiting, touched, strict=True) if not near]
    return not waiting


def _moved(nodes: Nodes, theirs: Nodes, edges: Geometry, tolerance: float) -> Nodes:
    """Move each node to the nearest of ``theirs`` within ``tolerance``, else to the nearest edge within it."""
    away = np.hypot(*(nodes[:, None, :] - theirs[None, :, :]).transpose(2, 0, 1))
    ways = shapely.shortest_line(shapely.points(nodes), edges)
    on_edge = rounded(shapely.get_coordinates(ways)[1::2])
    moved = np.where((shapely.length(ways) <= tolerance)[:, None], on_edge, nodes)
    return np.where((away.min(axis=1) <= tolerance)[:, None], theirs[away.argmin(axis=1)], moved)


def _trimmed(shape: Geometry, neighbours: Sequence[Geometry], width: float) -> Geometry:
    """Remove strips up to ``width`` where a shape overlaps its neighbours; a wider overlap is intended and stays."""
    claims = shapely.get_parts(areas_only(shapely.intersection(shape, shapely.union_all(neighbours))))
    slips = claims[
        shapely.is_empty(shapely.buffer(claims, -width / 2)) & (areas_m2(claims) >= SMALLEST_FAULT)
    ]
    if not len(slips):
        return shape
    left = shapely.difference(shape, shapely.union_all(slips), grid_size=SNAP)
    return areas_only(shapely.set_precision(left, 0))


def _with_nodes(shape: Geometry, points: Nodes, tolerance: float) -> Geometry:
    """Add the points within ``tolerance`` of a shape's border to it, in their order along each ring."""
    border = shapely.boundary(shape)
    near = points[shapely.dwithin(shapely.points(points), border, tolerance)] if len(points) else points
    near = np.array([point for point in near.tolist() if point not in nodes_of([shape]).tolist()])
    if not len(near):
        return shape
    grown = [
        Polygon(
            _ring(part.exterior, near, tolerance), [_ring(hole, near, tolerance) for hole in part.interiors]
        )
        for part in shapely.get_parts(shape)
    ]
    return grown[0] if len(grown) == 1 else shapely.multipolygons(grown)


def _ring(ring: LineString, points: Nodes, tolerance: float) -> Nodes:
    """Return the nodes of a ring together with the points that lie on it, in order."""
    places = shapely.points(points)
    on_it = shapely.dwithin(places, ring, tolerance)
    nodes = shapely.get_coordinates(ring)
    steps = np.hypot(*np.diff(nodes, axis=0).T)
    along = np.concatenate(
        [np.concatenate([[0], np.cumsum(steps)]), shapely.line_locate_point(ring, places[on_it])]
    )
    return np.vstack([nodes, points[on_it]])[np.argsort(along, kind="stable")]
