"""Sketches of a plan, before and after, drawn by the server (Art. 7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from django.db.models import Q
from shapely import Geometry, Polygon

from common.drawing.sketches import Projection, fit
from grids.models import GridVersion
from plans.lots import STATE_NAMES
from plans.models import GridPlan, PlannedGrid

MOST_DRAWN = 400  # grids of the plan; with more there is no sketch
MOST_BESIDE = 300  # neighbours drawn grey around them
MOST_NUMBERED = 40
WIDTH, HEIGHT = 480, 380
AROUND = 0.12  # share of the drawn box, shown as margin on each side
LEGEND = {
    "before": "原来的网格",
    "changed": STATE_NAMES["changed"],
    "new": STATE_NAMES["new"],
    "retired": STATE_NAMES["retired"],
    "beside": "相邻网格，不变",
}


@dataclass(frozen=True)
class Figure:
    """One grid in a sketch: its SVG path, the position of its number, and what the plan does to it."""

    name: str
    path: str
    x: float
    y: float
    state: str
    number: int | None = None


@dataclass(frozen=True)
class Picture:
    """One sketch; ``legend`` names the states that occur in it."""

    width: int
    height: int
    figures: tuple[Figure, ...]
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pictures:
    """The same piece of land before and after."""

    before: Picture
    after: Picture


@dataclass(frozen=True)
class _Piece:
    name: str
    shape: Geometry
    state: str
    number: int | None = None


def pictures_of(plan: GridPlan, *, today: date) -> Pictures | None:
    """Draw what the plan changes and its surroundings; return None if it changes too much, or no boundary.

    Neighbours are those of ``today``; for a plan in force those of its day of effect. Two statements.
    """
    rows = list(plan.grids.select_related("base").order_by("pk")[: MOST_DRAWN + 1])
    return pictures_of_rows(rows, day=plan.effective_on if plan.status == "in_force" else today)


def pictures_of_rows(rows: Sequence[PlannedGrid], *, day: date) -> Pictures | None:
    """Draw these planned grids (loaded with their bases) and their neighbours of ``day``; None as above."""
    after = _after(rows)
    if len(rows) > MOST_DRAWN or not after:
        return None
    before = [
        _Piece(row.base.name, _shape(row.base.boundary), "before", piece_number(len(rows), index))
        for index, row in enumerate(rows)
        if row.base is not None and row.base.boundary is not None
    ]
    box = _around([piece.shape for piece in (*before, *after)])
    beside = _beside(rows, box, day=day)
    west, south, east, north = box
    projection = fit([(west, south), (east, north)], width=WIDTH, height=HEIGHT, margin=0)
    return Pictures(
        before=_picture([*beside, *before], projection, box),
        after=_picture([*beside, *after], projection, box),
    )


def piece_number(count: int, index: int) -> int | None:
    """Return the number of a grid in sketch and table; None if there are too many grids for numbers."""
    return index + 1 if count <= MOST_NUMBERED else None


def _after(rows: Sequence[PlannedGrid]) -> list[_Piece]:
    """Return the pieces afterwards; grids that end are drawn last, as outlines over their successors."""
    states = ["retired" if row.is_retired else "new" if row.is_new else "changed" for row in rows]
    pieces = [
        _Piece(row.name, _shape(row.boundary), state, piece_number(len(rows), index))
        for index, (row, state) in enumerate(zip(rows, states, strict=True))
        if row.boundary is not None
    ]
    return sorted(pieces, key=lambda piece: piece.state == "retired")


def _shape(boundary: bytes | memoryview | None) -> Geometry:
    return shapely.from_wkb(bytes(boundary or b""))


def _around(shapes: Sequence[Geometry]) -> tuple[float, float, float, float]:
    """Return the box of the shapes with some land around it, in degrees."""
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    across = max(east - west, north - south) * AROUND
    return west - across, south - across, east + across, north + across


def _beside(
    rows: Sequence[PlannedGrid], box: tuple[float, float, float, float], *, day: date
) -> list[_Piece]:
    """Return neighbours that the plan does not change; if they are too many, only those of its villages."""
    west, south, east, north = box
    near = Q(min_lon__lte=east, max_lon__gte=west, min_lat__lte=north, max_lat__gte=south)
    own = [row.grid_id for row in rows if row.grid_id is not None]
    found = GridVersion.objects.on(day).filter(near).exclude(grid__in=own).exclude(boundary=None)
    versions = list(found.order_by("code")[: MOST_BESIDE + 1])
    if len(versions) > MOST_BESIDE:
        villages = {row.village_id for row in rows}
        versions = [version for version in versions if version.village_id in villages]
    return [_Piece(version.name, _shape(version.boundary), "beside") for version in versions]


def _picture(
    pieces: Sequence[_Piece], projection: Projection, box: tuple[float, float, float, float]
) -> Picture:
    frame = shapely.box(*box)
    figures = [
        _figure(piece, projection, frame) for piece in pieces if shapely.intersects(piece.shape, frame)
    ]
    states = {piece.state for piece in pieces}
    legend = tuple((state, name) for state, name in LEGEND.items() if state in states)
    return Picture(WIDTH, HEIGHT, tuple(figures), legend)


def _figure(piece: _Piece, projection: Projection, frame: Polygon) -> Figure:
    half_a_pixel = 0.5 / projection.scale_y
    simple = shapely.simplify(shapely.clip_by_rect(piece.shape, *frame.bounds), half_a_pixel)
    parts = [part for part in shapely.get_parts(simple) if isinstance(part, Polygon)]
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    path = "".join(
        "M" + "L".join("{:g} {:g}".format(*projection.place(x, y)) for x, y in ring.coords[:-1]) + "Z"
        for ring in rings
    )
    point = shapely.point_on_surface(max(parts, key=lambda part: part.area)) if parts else frame.centroid
    x, y = projection.place(point.x, point.y)
    return Figure(piece.name, path, x, y, piece.state, piece.number)
