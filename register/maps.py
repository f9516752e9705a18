"""Maps drawn by the server for pages without scripts: a grid and its neighbours, a township's villages, a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from django.urls import reverse
from numpy.typing import NDArray
from shapely import Geometry

from common.drawing.sketches import Area, Projection, fit, sketch
from grids.locate import current_index
from grids.models import Grid

WIDTH = 480
LOWEST, HIGHEST = 220, 520  # pixels; within these limits the picture is as high as its content
LETTER = 17.0  # pixels of the picture; public.css writes the names in this size
# On a phone narrower than 390 px the picture shrinks to three fifths: names are written larger there (12 px of the
# screen at 320 px), in lines of at most four characters.
NARROW_LETTER, NARROW_LINE = 20.0, 4
PLACES = 7  # in each direction, where a name is tried
ROOM = 0.45  # of the grid's longer side is shown around it
SMALLEST_NAMED = 2600.0  # square pixels of the box around a shape; smaller shapes have no name


Named = tuple[Geometry, tuple[str, ...], bool]  # a shape in degrees, its words, whether the map is about it


@dataclass(frozen=True)
class Piece:
    """One area of a map in degrees, the words on it and the page that it links to."""

    name: str
    shape: Geometry
    label: tuple[str, ...] = ()
    url: str = ""
    is_here: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Drawn:
    """A piece as a path in pixels."""

    piece: Piece
    path: str


@dataclass(frozen=True)
class Label:
    """Words on the map, with the middle of each line in pixels."""

    lines: tuple[tuple[float, float, str], ...]
    is_here: bool

    def box(self, letter: float) -> Geometry:
        """Returns the room of the words, in pixels, if a character is as large as ``letter``."""
        wide = max(len(line) for _, _, line in self.lines) * letter
        x, first, _ = self.lines[0]
        return shapely.box(x - wide / 2, first - letter, x + wide / 2, self.lines[-1][1] + letter * 0.2)


@dataclass(frozen=True)
class RangeMap:
    """A drawn map. ``outlines`` lie over the pieces without fill; ``view`` is the part of the picture to show.

    ``narrow_labels`` are the names for the narrowest phones, shown instead of ``labels``.
    """

    title: str
    view: str
    pieces: tuple[Drawn, ...]
    outlines: tuple[str, ...]
    labels: tuple[Label, ...]
    narrow_labels: tuple[Label, ...]


def draw(
    pieces: Sequence[Piece],
    *,
    title: str,
    outlines: Sequence[tuple[Geometry, str]] = (),
    frame: Geometry | None = None,
    is_cut: bool = False,
) -> RangeMap | None:
    """Draws pieces to scale, and outlines with their names. Returns None if there are no pieces.

    ``frame`` gives two maps the same extent. If the pieces are cut off at the frame, the picture ends there too.
    """
    if not pieces:
        return None
    shapes = [*(piece.shape for piece in pieces), *(shape for shape, _ in outlines)]
    areas = [Area("", _rings(shape)) for shape in (*shapes, *([frame] if frame is not None else []))]
    nodes = [node for area in areas for ring in area.rings for node in ring]
    height = _height(nodes)
    drawn = sketch(areas, width=WIDTH, height=height)
    projection = fit(nodes, width=WIDTH, height=height)
    named = [(piece.shape, piece.label, piece.is_here) for piece in pieces if piece.label]
    named += [(shape, (name,), False) for shape, name in outlines if name]
    span = _span(frame if is_cut else None, projection)
    paths = [shape.path for shape in drawn.shapes]
    return RangeMap(
        title=title,
        view=_view(frame if is_cut else None, projection, height),
        pieces=tuple(Drawn(piece, path) for piece, path in zip(pieces, paths, strict=False)),
        outlines=tuple(paths[len(pieces) : len(shapes)]),
        labels=_labels(named, projection, span),
        narrow_labels=_labels(named, projection, span, letter=NARROW_LETTER),
    )


def _wrapped(lines: tuple[str, ...], longest: int) -> tuple[str, ...]:
    """Returns the lines, each cut into pieces of about the same length, of at most ``longest`` characters."""
    pieces: list[str] = []
    for line in lines:
        count = -(-len(line) // longest)
        length = -(-len(line) // max(count, 1))
        pieces += [line[at : at + length] for at in range(0, len(line), max(length, 1))]
    return tuple(pieces)


def _view(frame: Geometry | None, projection: Projection, height: int) -> str:
    """Returns the view of the whole picture, or of the inside of a frame without the lines along its cut."""
    if frame is None:
        return f"0 0 {WIDTH} {height}"
    west, south, east, north = frame.bounds
    (left, bottom), (right, top) = projection.place(west, south), projection.place(east, north)
    return f"{left + 2:g} {top + 2:g} {right - left - 4:g} {bottom - top - 4:g}"


def _height(nodes: list[tuple[float, float]]) -> int:
    """Returns the height of the picture for its width, so that little of it stays empty."""
    west, south = np.min(nodes, axis=0)
    east, north = np.max(nodes, axis=0)
    wide = max((east - west) * np.cos(np.radians((south + north) / 2)), 1e-6)
    return int(min(max(WIDTH * (north - south) / wide, LOWEST), HIGHEST))


def range_map(grid: Grid, *, view: str) -> RangeMap | None:
    """Draws the grid with its neighbours, each with a link to its page of ``view``. Two statements."""
    if grid.boundary is None:
        return None
    own = shapely.from_wkb(bytes(grid.boundary))
    west, south, east, north = own.bounds
    room = ROOM * max(east - west, north - south)
    window = (west - room, south - room, east + room, north + room)
    index = current_index()
    near = index.tree.query(shapely.box(*window))
    ids = index.grid_ids[near].tolist()
    shapes = [*index.tree.geometries[near], *([] if grid.pk in ids else [own])]
    rows = {pk: (name, village, code) for pk, name, village, code in _names(ids)}
    rows[grid.pk] = (grid.name, grid.village.name, grid.code)
    pieces = []
    for pk, shape in zip([*ids, grid.pk], _simplified(shapes, window), strict=False):
        visible = shapely.clip_by_rect(shape, *window)
        if pk in rows and not visible.is_empty:
            pieces.append(_piece(pk, rows[pk], visible, here=grid.pk, view=view))
    pieces.sort(key=lambda piece: piece.is_here)  # the grid is drawn on top
    return draw(pieces, title=f"{grid.name}和相邻网格的范围示意图", frame=shapely.box(*window), is_cut=True)


def _names(ids: list[int]) -> list[tuple[int, str, str, str]]:
    return list(Grid.objects.filter(pk__in=ids).values_list("pk", "name", "village__name", "code"))


def _piece(pk: int, row: tuple[str, str, str], shape: Geometry, *, here: int, view: str) -> Piece:
    name, village, code = row
    rest = name.removeprefix(village)
    label = (village, rest) if rest and rest != name else (name,)
    is_here = pk == here
    return Piece(name, shape, label, "" if is_here else reverse(view, args=[code]), is_here)


def places_map(
    grids: Sequence[Grid], *, title: str, view: str, here: int | None = None, by_village: bool = True
) -> RangeMap | None:
    """Draws grids with boundaries and villages. Each grid is a link, each village an outline with its name."""
    drawn = [grid for grid in grids if grid.boundary is not None]
    if not drawn:
        return None
    shapes = shapely.from_wkb([bytes(grid.boundary or b"") for grid in drawn])
    simple = _simplified(shapes, shapely.total_bounds(shapes))
    pieces = [
        Piece(
            name=grid.name,
            shape=shape,
            label=() if by_village else (grid.name.removeprefix(grid.village.name) or grid.name,),
            url="" if grid.pk == here else reverse(view, args=[grid.code]),
            is_here=grid.pk == here,
        )
        for grid, shape in zip(drawn, simple, strict=True)
    ]
    villages: dict[str, list[Geometry]] = defaultdict(list)
    if by_village:
        for grid, shape in zip(drawn, simple, strict=True):
            villages[grid.village.name].append(shape)
    outlines = [(shapely.union_all(parts), name) for name, parts in villages.items()]
    return draw(pieces, title=title, outlines=outlines)


def _simplified(shapes: Sequence[Geometry], bounds: Sequence[float]) -> NDArray[np.object_]:
    """Returns the shapes without details finer than half a pixel. Borders stay shared."""
    west, _, east, _ = bounds
    simple: NDArray[np.object_] = shapely.coverage_simplify(
        np.array(shapes, dtype=object), max(east - west, 1e-3) / WIDTH / 2
    )
    return simple


def _rings(shape: Geometry) -> list[list[tuple[float, float]]]:
    return [
        [(x, y) for x, y in ring.coords]
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]


def _span(frame: Geometry | None, projection: Projection) -> tuple[float, float]:
    """Returns the left and right end of the shown picture, in pixels."""
    if frame is None:
        return 0.0, float(WIDTH)
    west, south, east, north = frame.bounds
    return projection.place(west, south)[0] + 4, projection.place(east, north)[0] - 4


def _labels(
    named: Sequence[Named], projection: Projection, span: tuple[float, float], *, letter: float = LETTER
) -> tuple[Label, ...]:
    """Returns the names that fit into their shapes, none over another: moved, or in shorter lines, if need be.

    ``letter`` is the size of a character in pixels of the picture. The grid that the map is about always has its name.
    """
    found: list[Label] = []
    taken: list[Geometry] = []
    for shape, lines, is_here in sorted(named, key=lambda each: not each[2]):
        ways = (lines, _wrapped(lines, NARROW_LINE), _wrapped(lines, NARROW_LINE - 1))
        tried = [
            label
            for way in dict.fromkeys(ways[letter > LETTER :])
            for middle in _middles(shape)
            if (label := _label(shape, middle, way, is_here, projection, span, letter))
        ]
        free = (label for label in tried if not any(label.box(letter).intersects(box) for box in taken))
        if label := next(free, tried[0] if is_here and tried else None):
            found.append(label)
            taken.append(label.box(letter))
    return tuple(found)


def _middles(shape: Geometry) -> list[Geometry]:
    """Returns points inside the shape: its middle first, then others, the nearest to the middle first."""
    middle = shape.centroid if shape.covers(shape.centroid) else shapely.point_on_surface(shape)
    west, south, east, north = shape.bounds
    steps = [(step + 0.5) / PLACES for step in range(PLACES)]
    points = [
        shapely.Point(west + x * (east - west), south + y * (north - south)) for x in steps for y in steps
    ]
    return [middle, *sorted(filter(shape.covers, points), key=middle.distance)]


def _label(
    shape: Geometry,
    middle: Geometry,
    lines: tuple[str, ...],
    is_here: bool,
    projection: Projection,
    span: tuple[float, float],
    letter: float,
) -> Label | None:
    """Returns the words round a point of the shape, kept inside the picture, or None if they do not fit."""
    west, south, east, north = shape.bounds
    left, bottom = projection.place(west, south)
    right, top = projection.place(east, north)
    wide, high = max(len(line) for line in lines) * letter, len(lines) * letter * 1.2
    fits = wide <= (right - left) * 1.15 and high <= bottom - top
    if not is_here and not (fits and (right - left) * (bottom - top) >= SMALLEST_NAMED):
        return None
    x, y = projection.place(middle.x, middle.y)
    x = round(min(max(x, span[0] + wide / 2), span[1] - wide / 2), 1)
    first = y - high / 2 + letter
    placed = tuple((x, round(first + place * letter * 1.2, 1), line) for place, line in enumerate(lines))
    return Label(placed, is_here)
