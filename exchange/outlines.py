"""Rings from a file, stored in flat arrays so that rules can check all rows at once. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from exchange import limits
from exchange.crs import Declaration
from exchange.drafts import Draft
from exchange.rows import Bounds, FieldSeen

LEAST_RING = 4  # the least size that a ring counts for, because each array has a cost

Ring = np.ndarray  # of shape (n, 2): x and y in the coordinate system of the file
Parts = Sequence[Sequence[Ring]]  # polygons as lists of rings, the outer ring first
NO_BORDER = "没有边界。请补上边界。"
Z_DROPPED = "去掉了高程（Z）或量测值（M）。"


@dataclass(slots=True)
class Outlines:
    """The rings of all rows. ``add`` takes the rings of one row, ``flat`` returns all of them as arrays."""

    rows: list[np.ndarray] = field(
        default_factory=list
    )  # the vertices of each row, its rings one after the other
    sizes: array[int] = field(default_factory=lambda: array("i"))  # of each ring
    part_of: array[int] = field(default_factory=lambda: array("i"))  # for each ring
    draft_of: array[int] = field(default_factory=lambda: array("i"))  # for each part
    vertices: int = 0
    rings: int = 0  # not counting the first ring of each row
    pairs: int = 0  # of rings of one row

    def admit(self, draft: Draft, rings: int) -> bool:
        """Count the rings of a row before they are compared; False if there are too many and the row is refused."""
        if rings > limits.RINGS:
            draft.refuse(limits.too_many_rings(rings))
            return False
        self.rings += max(rings - 1, 0)
        self.pairs += rings * (rings - 1)
        limits.check_all_rings(self.rings, self.pairs)
        return True

    def add(self, number: int, draft: Draft, parts: Parts, *, flattened: bool = False) -> None:
        """Add the polygons of row ``number``; a row with too many points is refused and not kept."""
        count = sum(len(ring) for part in parts for ring in part)
        if count > limits.VERTICES:
            draft.refuse(limits.too_many_vertices(count))
            return
        if not count:
            draft.lacks_border = True
            return
        if any(not len(ring) for part in parts for ring in part):
            draft.refuse("边界里有空的环。请重新绘制。")
            return
        self.vertices += sum(max(len(ring), LEAST_RING) for part in parts for ring in part)
        limits.check_all_vertices(self.vertices)
        if flattened:
            draft.repair(Z_DROPPED)
        for part in parts:
            self.part_of.extend([len(self.draft_of)] * len(part))
            self.sizes.extend(len(ring) for ring in part)
            self.draft_of.append(number)
        self.rows.append(np.concatenate([ring for part in parts for ring in part]))

    def flat(self) -> Flat:
        """The arrays; the rows are released, because they are large."""
        sizes = np.array(self.sizes, dtype=np.int32)
        xy = np.concatenate(self.rows) if self.rows else np.empty((0, 2))
        self.rows.clear()
        return Flat(
            np.ascontiguousarray(xy, dtype=np.float64),
            np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
            np.array(self.part_of, dtype=np.int32),
            np.array(self.draft_of, dtype=np.int32),
        )


@dataclass(slots=True)
class Flat:
    """Vertices, the ring of each vertex, the part of each ring and the row of each part. Ring numbers never change."""

    xy: np.ndarray
    ring_of: np.ndarray
    part_of: np.ndarray
    draft_of: np.ndarray

    def row_of_ring(self) -> np.ndarray:
        """The number of the row for each ring."""
        rows: np.ndarray = self.draft_of[self.part_of]
        return rows

    def row_of_vertex(self) -> np.ndarray:
        """The number of the row for each vertex."""
        rows: np.ndarray = self.row_of_ring()[self.ring_of]
        return rows

    def rows(self) -> np.ndarray:
        """The numbers of the rows that still have vertices, ascending."""
        return np.unique(self.row_of_vertex())

    def sizes(self) -> np.ndarray:
        """How many vertices each ring has."""
        return np.bincount(self.ring_of, minlength=len(self.part_of))

    def keep(self, vertices: np.ndarray) -> None:
        """Keep only the vertices that the mask selects."""
        self.xy, self.ring_of = self.xy[vertices], self.ring_of[vertices]

    def drop_rows(self, rows: np.ndarray) -> None:
        """Drop all vertices of the rows."""
        if len(rows):
            self.keep(~np.isin(self.row_of_vertex(), rows))

    def bounds(self) -> Bounds | None:
        """The box around all finite vertices, or None."""
        finite = self.xy[np.isfinite(self.xy).all(axis=1)]
        return (*finite.min(axis=0).tolist(), *finite.max(axis=0).tolist()) if len(finite) else None


@dataclass(slots=True)
class Gathered:
    """What a reader returns before coordinates are checked; ``outlines`` numbers its rows by ``drafts``."""

    encoding: str
    declared: Declaration = field(default_factory=Declaration)
    drafts: list[Draft] = field(default_factory=list)
    outlines: Outlines = field(default_factory=Outlines)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    units: int = 0
    fields: list[FieldSeen] = field(default_factory=list)  # of the file; empty for a form that has none

    def take(self, draft: Draft) -> int:
        """Add a draft and return its number."""
        self.drafts.append(draft)
        self.count_units(len(draft.units))
        return len(self.drafts) - 1

    def flat(self) -> Flat:
        """The arrays of all rows, in the declared system; they can be taken once."""
        flat = self.outlines.flat()
        if self.declared.own is not None and len(flat.xy):
            flat.xy = np.ascontiguousarray(self.declared.own(flat.xy))
        return flat

    def count_units(self, count: int) -> None:
        """Count units against the limit."""
        self.units += count
        limits.check_units(self.units)
