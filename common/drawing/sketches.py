"""Sketch maps laid out on the server: rings of longitude and latitude become SVG paths."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Ring = Sequence[tuple[float, float]]

STEPS = 5


@dataclass(frozen=True)
class Area:
    """A named area with its rings; `value` sets its colour, `url` links to the details."""

    name: str
    rings: Sequence[Ring]
    value: float | None = None
    url: str = ""
    is_here: bool = False


@dataclass(frozen=True)
class Shape:
    name: str
    path: str
    url: str
    is_here: bool
    step: int | None
    value: float | None
    x: float
    y: float


@dataclass(frozen=True)
class Sketch:
    """A drawn map: shapes, an optional pin, and the legend of its colours."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    pin: tuple[float, float] | None = None
    legend: tuple[tuple[int, str], ...] = field(default=())


@dataclass(frozen=True)
class Projection:
    """Converts degrees to pixels, true to scale at the middle latitude of the map."""

    west: float
    north: float
    scale_x: float
    scale_y: float
    left: float
    top: float

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        x = self.left + (lon - self.west) * self.scale_x
        y = self.top + (self.north - lat) * self.scale_y
        return round(x, 1), round(y, 1)


def fit(points: Iterable[tuple[float, float]], *, width: int, height: int, margin: int = 8) -> Projection:
    """Fit all points into the box, centred."""
    known = list(points) or [(115.0, 35.7)]
    west, east = min(lon for lon, _ in known), max(lon for lon, _ in known)
    south, north = min(lat for _, lat in known), max(lat for _, lat in known)
    shrink = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * shrink, 1e-6), max(north - south, 1e-6)
    scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
    left = (width - wide * scale) / 2
    top = (height - high * scale) / 2
    return Projection(west, north, scale * shrink, scale, left, top)


def sketch(
    areas: Sequence[Area], *, width: int = 480, height: int = 360, pin: tuple[float, float] | None = None
) -> Sketch:
    """Draw the areas; if they have values, they are coloured in five steps and get a legend."""
    corners = [point for area in areas for ring in area.rings for point in ring]
    projection = fit([*corners, *([pin] if pin else [])], width=width, height=height)
    limits = step_limits([area.value for area in areas if area.value is not None])
    shapes = tuple(_shape(area, projection, limits) for area in areas)
    return Sketch(width, height, shapes, projection.place(*pin) if pin else None, _legend(limits))


def step_limits(values: Sequence[float]) -> tuple[float, ...]:
    """Upper limits of at most five even steps from zero to the largest value."""
    largest = max(values, default=0)
    if largest <= 0:
        return (0,) if values else ()
    width = max(1, math.ceil(largest / STEPS))
    return tuple(dict.fromkeys(min(width * step, largest) for step in range(1, STEPS + 1)))


def step_of(value: float | None, limits: Sequence[float]) -> int | None:
    """The colour step of a value; None if the value is unknown."""
    if value is None or not limits:
        return None
    return next((step for step, limit in enumerate(limits) if value <= limit), len(limits) - 1)


def _legend(limits: Sequence[float]) -> tuple[tuple[int, str], ...]:
    lower = [0.0, *(limit + 1 for limit in limits)]
    return tuple(
        (step, f"{lower[step]:g}–{limit:g}" if lower[step] < limit else f"{limit:g}")
        for step, limit in enumerate(limits)
    )


def _shape(area: Area, projection: Projection, limits: Sequence[float]) -> Shape:
    rings = [[projection.place(lon, lat) for lon, lat in ring] for ring in area.rings]
    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings if ring)
    x, y = _middle(max(rings, key=len, default=[]))
    return Shape(area.name, path, area.url, area.is_here, step_of(area.value, limits), area.value, x, y)


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centroid of a ring, where its name is placed."""
    doubled = cx = cy = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        cross = x1 * y2 - x2 * y1
        doubled += cross
        cx += (x1 + x2) * cross
        cy += (y1 + y2) * cross
    if not doubled:
        return ring[0] if ring else (0.0, 0.0)
    return round(cx / (3 * doubled), 1), round(cy / (3 * doubled), 1)
