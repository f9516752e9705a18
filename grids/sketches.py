"""A village's grids as shapes for the sketch maps that the server draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import shapely
from shapely import Geometry, Polygon

from common.drawing.sketches import Area
from grids.models import Grid

TOLERANCE = 2e-4  # degrees, about twenty metres: enough for a drawing of 320 pixels


Village = dict[int, Area]  # by the number of the grid, in the order of the codes


def areas_of_villages(village_ids: Iterable[int]) -> dict[int, Village]:
    """Return the grids in force of some villages; one statement."""
    found: dict[int, Village] = {pk: {} for pk in village_ids}
    rows = Grid.objects.in_force().filter(village__in=found).exclude(boundary=None).order_by("code")
    for village, pk, name, wkb in rows.values_list("village", "pk", "name", "boundary"):
        found[village][pk] = Area(name, _rings(shapely.from_wkb(bytes(wkb))))
    return found


def marked(village: Village, *, here: int | None) -> list[Area]:
    """Return the grids of a village, with the grid ``here`` marked."""
    return [replace(area, is_here=pk == here) for pk, area in village.items()]


def village_areas(village_id: int, *, here: int | None = None) -> list[Area]:
    """Return the grids in force of one village, in one statement; ``here`` is the grid to mark."""
    return marked(areas_of_villages([village_id])[village_id], here=here)


def _rings(shape: Geometry) -> list[list[tuple[float, float]]]:
    simple = shapely.simplify(shape, TOLERANCE)
    polygons = [part for part in shapely.get_parts(simple) if isinstance(part, Polygon)]
    return [[(x, y) for x, y in polygon.exterior.coords] for polygon in polygons]
