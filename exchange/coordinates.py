"""Borders typed as text: ``lon,lat;lon,lat;…``, with ``|`` between rings. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from shapely import Polygon

from common.errors import RuleViolation
from exchange.archive import shown
from exchange.outlines import Ring

WIDE = str.maketrans("，；：｜（）．－０１２３４５６７８９\n\t", ",;:|().-0123456789; ")
GOES_ON = "续："
CELL_CHARS = 32_000  # a spreadsheet cell holds 32,767
NOT_A_POINT = "坐标“{}”不对。请写成“经度,纬度;经度,纬度;…”。"


@dataclass(slots=True)
class TypedBorder:
    """The rings of one grid, which may come in several pieces."""

    rings: list[list[np.ndarray]] = field(default_factory=list)
    begins_ring: bool = True
    flattened: bool = False
    vertices: int = 0

    def add(self, text: str) -> int:
        """Add a piece and return its number of points; raises RuleViolation if a point is not a pair of numbers."""
        before = self.vertices
        for number, ring in enumerate(text.translate(WIDE).split("|")):
            self.begins_ring = self.begins_ring or number > 0
            points = self._points(ring)
            if len(points):
                if self.begins_ring:
                    self.rings.append([])
                    self.begins_ring = False
                self.rings[-1].append(points)
                self.vertices += len(points)
        return self.vertices - before

    def _points(self, text: str) -> np.ndarray:
        pairs = [point.replace(",", " ").split() for point in text.split(";")]
        pairs = [pair for pair in pairs if pair]
        wrong = next((pair for pair in pairs if len(pair) not in (2, 3)), None)
        if wrong:
            raise RuleViolation(NOT_A_POINT.format(shown(",".join(wrong))), field="坐标")
        self.flattened = self.flattened or any(len(pair) == 3 for pair in pairs)
        try:
            numbers = [float(number) for pair in pairs for number in pair[:2]]
        except ValueError as error:
            raise RuleViolation(NOT_A_POINT.format(shown(text.strip())), field="坐标") from error
        return np.array(numbers).reshape(-1, 2)

    def parts(self) -> list[list[Ring]]:
        """The polygon as a list with one part: its outer ring and its holes."""
        return [[np.concatenate(pieces) for pieces in self.rings]] if self.rings else []


def typed(shape: Polygon) -> Iterator[str]:
    """A border as text pieces that fit a cell; each further piece begins with 续： and continues the one before."""
    rings = [shape.exterior, *shape.interiors]
    points = [
        f"{'|' if number and not at else ';' if at else ''}{x:.7f},{y:.7f}"
        for number, ring in enumerate(rings)
        for at, (x, y) in enumerate(ring.coords)
    ]
    begun: list[str] = []
    length = 0
    for point in points:
        if length + len(point) > CELL_CHARS:
            yield "".join(begun)
            begun, length = [GOES_ON], 0
        begun.append(point)
        length += len(point)
    yield "".join(begun)
