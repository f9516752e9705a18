"""Which grids lie to the east, south, west and north of a grid, by the borders they share (Art. 13)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from grids.locate import GridIndex, current_index
from grids.models import Grid

SIDES = ("东", "南", "西", "北")
INSIDE = "内"
REACH = 1e-4  # degrees, about ten metres: borders closer than this are the same border
STEP = 3e-4  # degrees: a border is sampled every thirty metres
SHARE = 0.15  # share of a side; a neighbour with less is named on the side where it has the most


@dataclass(frozen=True)
class Border:
    """A piece of border: the side it faces, its length, and the other grid that shares it, if any."""

    side: str
    length: float
    other: int | None


def neighbours_of(grid: Grid) -> dict[str, list[Grid]]:
    """Return the neighbours in force on each side, longest border first; ``内`` are those that the grid surrounds.

    One statement in addition to the two of the index; a grid without a boundary has no neighbours.
    """
    return neighbours_of_each([grid]).get(grid.pk, {})


def neighbours_of_each(grids: Iterable[Grid]) -> dict[int, dict[str, list[Grid]]]:
    """Return the neighbours of each grid that has a boundary, by its key, with the statements of one grid."""
    bounded = [grid for grid in grids if grid.boundary is not None]
    if not bounded:
        return {}
    index = current_index()
    beside = {grid.pk: _keys_beside(grid, index) for grid in bounded}
    wanted = {pk for sides in beside.values() for found in sides.values() for pk in found}
    known = Grid.objects.with_place().in_bulk(wanted)
    return {
        pk: {side: [known[each] for each in found if each in known] for side, found in sides.items()}
        for pk, sides in beside.items()
    }


def _keys_beside(grid: Grid, index: GridIndex) -> dict[str, list[int]]:
    shape = shapely.from_wkb(bytes(grid.boundary or b""))
    here = np.flatnonzero(index.grid_ids == grid.pk)
    named = sides_of(borders_of(shape, index.tree, here=int(here[0]) if len(here) else -1))
    return {side: [int(index.grid_ids[other]) for other in others] for side, others in named.items()}


def borders_of(shape: Geometry, tree: shapely.STRtree, *, here: int = -1) -> list[Border]:
    """Return the border of ``shape`` in pieces, in degrees; ``here`` is its own position in the tree."""
    found: list[Border] = []
    for part in shapely.get_parts(shape):
        rings = [(part.exterior, False), *((ring, True) for ring in part.interiors)]
        for ring, is_hole in rings:
            middles, sides, lengths = _stretches(ring)
            others = _nearest(middles, tree, here=here)
            for side, length, other in zip(sides, lengths.tolist(), others, strict=True):
                found.append(Border(INSIDE if is_hole else side, length, other))
    return found


def sides_of(borders: list[Border]) -> dict[str, list[int]]:
    """Return the neighbours to name on each side, longest border first; each is named at least once."""
    lengths: dict[str, Counter[int]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for border in borders:
        whole[border.side] += border.length  # type: ignore[assignment]
        if border.other is not None:
            lengths[border.side][border.other] += border.length  # type: ignore[assignment]
    named = {
        side: [other for other, length in found.most_common() if length >= SHARE * whole[side]]
        for side, found in lengths.items()
    }
    for other in {each for found in lengths.values() for each in found}:
        if not any(other in found for found in named.values()):
            named[max(lengths, key=lambda side: lengths[side][other])].append(other)
    return {side: named[side] for side in (*SIDES, INSIDE) if named.get(side)}


def _stretches(ring: Geometry) -> tuple[NDArray[np.object_], list[str], NDArray[np.float64]]:
    """Return the middles of short pieces of a ring, the side that each faces, and its length."""
    nodes = shapely.get_coordinates(shapely.segmentize(ring, STEP))
    shrink = np.array([np.cos(np.radians(nodes[:, 1].mean())), 1.0])
    steps = np.diff(nodes, axis=0) * shrink
    outwards = steps[:, ::-1] * (np.array([1, -1]) if ring.is_ccw else np.array([-1, 1]))
    is_across = np.abs(outwards[:, 0]) >= np.abs(outwards[:, 1])
    sides = np.where(
        is_across, np.where(outwards[:, 0] > 0, "东", "西"), np.where(outwards[:, 1] > 0, "北", "南")
    )
    return shapely.points((nodes[:-1] + nodes[1:]) / 2), sides.tolist(), np.hypot(*steps.T)


def _nearest(points: NDArray[np.object_], tree: shapely.STRtree, *, here: int) -> list[int | None]:
    """Return for each point the nearest shape within reach, except ``here``."""
    asked, hits = tree.query(points, predicate="dwithin", distance=REACH)
    asked, hits = asked[hits != here], hits[hits != here]
    far = shapely.distance(points[asked], tree.geometries[hits])
    found: list[int | None] = [None] * len(points)
    # the nearest is written last and wins; at equal distance the lowest code wins
    for position in np.lexsort((-hits, -far)):
        found[asked[position]] = int(hits[position])
    return found
