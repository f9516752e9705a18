"""Turns placed rings into valid polygons: repairs what it can and notes it, refuses the rest and names the place. Pure.

Rules check all rows at once; only rows with more than one ring, or with a fault, are checked one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from exchange.drafts import Draft
from exchange.outlines import Flat
from geometry.areas import area_m2
from geometry.lattice import SNAP, rounded

MOST_PARTS = 100
LEAST_M2 = 1.0
NOTHING_M2 = 1e-3  # the area that a straight line can have after its nodes are moved to the lattice
M2_PER_SQUARE_DEGREE = 1.0e10  # at Puyang, to 1 %; shapes near the least area are measured exactly
RING_VERTICES = 4  # a closed triangle

CLOSED = "边界没有闭合，已补上终点。"
POINTS_REMOVED = "删除了连续重复的点。"
RINGS_REMOVED = "删除了重复的环。"
HOLES_FILLED = "填上了面积不足1平方米的孔。"
PARTS_JOINED = "相连的{}块已合并成一块。"
PARTS_APART = "边界由互不相连的{}块组成。一个网格只能是一整块，请拆成几个网格。"
PARTS_OVERLAP = "边界由互相重叠的{}块组成。请重新绘制成一整块。"
PARTS_MANY = f"边界由超过{MOST_PARTS}块组成。请重新绘制成一整块。"
NO_AREA = "边界没有面积。请重新绘制。"
TINY = "边界的面积不足1平方米。请重新绘制。"
REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "边界自己碰到自己",
    "Hole lies outside shell": "孔在边界之外",
    "Holes are nested": "孔里套着孔",
    "Nested shells": "孔里套着孔",
    "Interior is disconnected": "孔把网格隔成了几块",
    "Duplicate Rings": "边界有重复的环",
}
REASON = re.compile(r"^([^\[]+)\[(\S+) (\S+)\]")


Border: TypeAlias = Polygon | MultiPolygon


def polygons(flat: Flat, drafts: Sequence[Draft], *, only_whole: bool) -> dict[int, Border]:
    """A valid border by row number, for each row that has one; all other rows have a fault in their draft.

    With ``only_whole`` a border of several pieces is such a fault.
    """
    remove_repeated_points(flat, drafts)
    close_rings(flat, drafts)
    refuse_lines(flat, drafts)
    single, several = _by_rings(flat)
    shapes = {**_simple(flat, single), **_composed(flat, drafts, several)}
    if only_whole:
        _refuse_pieces(shapes, drafts)
    refuse_invalid(shapes, drafts)
    return _oriented(shapes)


def remove_repeated_points(flat: Flat, drafts: Sequence[Draft]) -> None:
    """Remove points that repeat the point before them."""
    repeated = np.zeros(len(flat.xy), dtype=bool)
    repeated[1:] = (flat.xy[1:] == flat.xy[:-1]).all(axis=1) & (flat.ring_of[1:] == flat.ring_of[:-1])
    _note_repair(flat, drafts, repeated, POINTS_REMOVED)
    flat.keep(~repeated)


def close_rings(flat: Flat, drafts: Sequence[Draft]) -> None:
    """Repeat the first point at the end of each ring that is not closed."""
    if not len(flat.xy):
        return
    starts = np.flatnonzero(np.diff(flat.ring_of, prepend=-1))
    ends = np.append(starts[1:], len(flat.xy))
    open_ones = (flat.xy[starts] != flat.xy[ends - 1]).any(axis=1)
    at, first = ends[open_ones], starts[open_ones]
    for number in np.unique(flat.row_of_vertex()[first]).tolist():
        drafts[number].repair(CLOSED)
    flat.xy = np.insert(flat.xy, at, flat.xy[first], axis=0)
    flat.ring_of = np.insert(flat.ring_of, at, flat.ring_of[first])


def refuse_lines(flat: Flat, drafts: Sequence[Draft]) -> None:
    """Handle rings with fewer points than a triangle: an outer ring is refused, a hole is filled."""
    sizes = flat.sizes()
    short = (sizes > 0) & (sizes < RING_VERTICES)
    outer = np.diff(flat.part_of, prepend=-1) > 0
    rows = flat.row_of_ring()
    for number in np.unique(rows[short & ~outer]).tolist():
        drafts[number].repair(HOLES_FILLED)
    lost = np.unique(rows[short & outer])
    for number in lost.tolist():
        drafts[number].refuse(NO_AREA)
    flat.keep(~short[flat.ring_of])
    flat.drop_rows(lost)


def _by_rings(flat: Flat) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of the rows with exactly one ring, and of the rows with several."""
    rings = np.flatnonzero(flat.sizes())
    rows, counts = np.unique(flat.row_of_ring()[rings], return_counts=True)
    return rows[counts == 1], rows[counts > 1]


def _refuse_pieces(shapes: dict[int, Border], drafts: Sequence[Draft]) -> None:
    for number in [number for number, shape in shapes.items() if isinstance(shape, MultiPolygon)]:
        drafts[number].refuse(PARTS_APART.format(len(shapes.pop(number).geoms)))


def _simple(flat: Flat, rows: np.ndarray) -> dict[int, Border]:
    """The polygons of rows with one ring, built all at once."""
    if not len(rows):
        return {}
    row_of = flat.row_of_vertex()
    mine = np.isin(row_of, rows)
    numbers, which = np.unique(row_of[mine], return_inverse=True)
    order = np.argsort(which, kind="stable")  # a workbook's rings may not follow the order of its rows
    rings = shapely.linearrings(flat.xy[mine][order], indices=which[order])
    return dict(zip(numbers.tolist(), shapely.polygons(rings).tolist(), strict=True))


def _composed(flat: Flat, drafts: Sequence[Draft], rows: np.ndarray) -> dict[int, Border]:
    """The polygons of rows with holes or several parts, built one by one."""
    if not len(rows):
        return {}
    row_of_ring, sizes = flat.row_of_ring(), flat.sizes()
    starts = np.concatenate([[0], np.cumsum(sizes)])
    wanted = np.flatnonzero(np.isin(row_of_ring, rows) & (sizes > 0))
    changes = np.flatnonzero(np.diff(row_of_ring[wanted])) + 1
    found: dict[int, Border] = {}
    for rings in np.split(wanted, changes):
        number = int(row_of_ring[rings[0]])
        pieces = [
            (int(flat.part_of[ring]), flat.xy[starts[ring] : starts[ring + 1]]) for ring in rings.tolist()
        ]
        shape = _compose(pieces, drafts[number])
        if shape is not None:
            found[number] = shape
    return found


def _compose(pieces: list[tuple[int, np.ndarray]], draft: Draft) -> Border | None:
    """Build a polygon from rings with their part numbers; the first ring of a part is the outer one."""
    parts: dict[int, list[shapely.LinearRing]] = {}
    seen: set[bytes] = set()
    for part, xy in pieces:
        ring = shapely.linearrings(xy)
        mark = shapely.to_wkb(shapely.normalize(ring))
        if mark in seen:
            draft.repair(RINGS_REMOVED)
            continue
        seen.add(mark)
        parts.setdefault(part, []).append(ring)
    shapes = [_with_holes(rings, draft) for rings in parts.values()]
    return shapes[0] if len(shapes) == 1 else _joined(shapes, draft)


def _with_holes(rings: list[shapely.LinearRing], draft: Draft) -> Polygon:
    kept = [hole for hole in rings[1:] if not _is_tiny(hole)]
    if len(kept) < len(rings) - 1:
        draft.repair(HOLES_FILLED)
    return Polygon(rings[0], kept)


def _joined(shapes: list[Polygon], draft: Draft) -> Border | None:
    """The union of parts that share a border, or None with a fault; parts that share none stay as they are."""
    invalid = [shape for shape in shapes if not shape.is_valid]
    if invalid:
        return invalid[0]  # refuse_invalid refuses it and names the place
    if len(shapes) > MOST_PARTS or _overlap(shapes):
        draft.refuse(PARTS_OVERLAP.format(len(shapes)) if len(shapes) <= MOST_PARTS else PARTS_MANY)
        return None
    whole = shapely.union_all(shapes, grid_size=SNAP)
    if len(shapely.get_parts(whole)) == len(shapes):
        return MultiPolygon(shapes)
    draft.repair(PARTS_JOINED.format(len(shapes)))
    return shapely.transform(whole, rounded)


def _overlap(shapes: list[Polygon]) -> bool:
    """Whether parts share more than a border: the union of such parts could take unlimited time."""
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    array = np.array(shapes, dtype=object)
    once = first < second
    return not shapely.touches(array[first[once]], array[second[once]]).all()  # stops at the first crossing


def refuse_invalid(shapes: dict[int, Border], drafts: Sequence[Draft]) -> None:
    """Refuse shapes that have no area, are below 1 m² or are not simple, and remove them from ``shapes``."""
    numbers = np.array(list(shapes), dtype=np.int64)
    array = np.array(list(shapes.values()), dtype=object)
    if not len(array):
        return
    valid, areas = shapely.is_valid(array), shapely.area(array)
    for at in np.flatnonzero(~valid | (areas * M2_PER_SQUARE_DEGREE < 2 * LEAST_M2)).tolist():
        shape = shapes[int(numbers[at])]
        reason = invalidity(shape) if not valid[at] else _smallness(shape)
        if reason:
            drafts[int(numbers[at])].refuse(reason)
            del shapes[int(numbers[at])]


def invalidity(shape: Border) -> str:
    """Why a shape is not a valid polygon, and where; a flat shape has no area, which is reported first."""
    if shapely.area(shapely.convex_hull(shape)) * M2_PER_SQUARE_DEGREE < NOTHING_M2:
        return NO_AREA
    found = REASON.match(shapely.is_valid_reason(shape))
    if not found:
        return "边界不是有效的多边形。请重新绘制。"
    what = REASONS.get(found[1], "边界不是有效的多边形")
    return f"{what}，在东经{float(found[2]):.7f}度、北纬{float(found[3]):.7f}度处。请在那里改正。"


def _smallness(shape: Border) -> str:
    if shape.area * M2_PER_SQUARE_DEGREE < NOTHING_M2:
        return NO_AREA
    return TINY if all(_is_tiny(part.exterior) for part in shapely.get_parts(shape)) else ""


def _is_tiny(ring: shapely.LinearRing) -> bool:
    """Whether the area of a ring is less than 1 m²."""
    flat = Polygon(ring)
    if flat.area * M2_PER_SQUARE_DEGREE > 2 * LEAST_M2:
        return False
    return area_m2(flat) < LEAST_M2


def _oriented(shapes: dict[int, Border]) -> dict[int, Border]:
    """The shapes with outer rings counter-clockwise and holes clockwise."""
    turned = shapely.orient_polygons(np.array(list(shapes.values()), dtype=object)).tolist() if shapes else []
    return dict(zip(shapes, turned, strict=True))


def _note_repair(flat: Flat, drafts: Sequence[Draft], vertices: np.ndarray, what: str) -> None:
    for number in np.unique(flat.row_of_vertex()[vertices]).tolist():
        drafts[number].repair(what)
