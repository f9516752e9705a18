"""Reading the territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from grids.models import Division, Grid


class DivisionQuerySet(models.QuerySet["Division"]):
    """Divisions: city, counties and zones, townships, villages."""

    def of_level(self, level: str) -> DivisionQuerySet:
        """Divisions of one level in register order."""
        return self.filter(level=level).order_by("code")


class GridQuerySet(models.QuerySet["Grid"]):
    """Grids of the register."""

    def in_force(self) -> GridQuerySet:
        """Grids that can be reported in today."""
        return self.filter(status="in_force")

    def in_township(self, township_id: int) -> GridQuerySet:
        """Grids of one township."""
        return self.filter(village__parent_id=township_id)

    def with_place(self) -> GridQuerySet:
        """Grids with the four divisions they lie in, in one statement and without any outline."""
        above = ("village", "village__parent", "village__parent__parent", "village__parent__parent__parent")
        return self.select_related(above[-1]).defer("boundary", *(f"{place}__outline" for place in above))
