"""The range of a grid in words: what lies on its four sides (Art. 7, 13)."""

from __future__ import annotations

from grids.models import Grid
from grids.neighbours import INSIDE, SIDES


def range_words(grid: Grid, neighbours: dict[str, list[Grid]]) -> str:
    """Return a text like ``东邻京东社区第二网格；南邻……``: the four sides in order, and what the grid surrounds."""
    if not neighbours:
        return ""
    parts = [
        f"{side}邻{'、'.join(name_beside(other, grid) for other in neighbours[side])}"
        for side in SIDES
        if side in neighbours
    ]
    open_sides = [f"{side}面" for side in SIDES if side not in neighbours]
    if open_sides:
        parts.append(f"{'、'.join(open_sides)}没有相邻网格")
    if INSIDE in neighbours:
        parts.append(f"不含其中的{'、'.join(other.name for other in neighbours[INSIDE])}")
    return "；".join(parts) + "。"


def name_beside(other: Grid, grid: Grid) -> str:
    """Return a neighbour's name, with its township or county in front if that is a different one."""
    here, there = grid.village.parent, other.village.parent
    if here is None or there is None or here.pk == there.pk:
        return other.name
    county = there.parent.name if there.parent and there.parent_id != here.parent_id else ""
    return f"{county}{there.name}{other.name}"
