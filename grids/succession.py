"""Which grid continues one that has been retired (Art. 7)."""

from __future__ import annotations

from grids.models import Grid


def continued_by(grid: Grid) -> Grid | None:
    """Return the grid in force that continues ``grid``: itself, or the last of its successors, with its divisions.

    None if it was retired and nothing was named to continue it.
    """
    seen = {grid.pk}
    while grid.status != "in_force":
        if grid.successor_id is None or grid.successor_id in seen:
            return None
        seen.add(grid.successor_id)
        grid = Grid.objects.with_place().get(pk=grid.successor_id)
    return grid
