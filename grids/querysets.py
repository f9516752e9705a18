"""Querysets of the territory."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

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
        """Grids with the four divisions above them, in one statement and without outlines."""
        return self.with_place_and_boundary().defer("boundary")

    def with_place_and_boundary(self) -> GridQuerySet:
        """The same with the boundaries, for who reads those of many grids."""
        above = ("village", "village__parent", "village__parent__parent", "village__parent__parent__parent")
        return self.select_related(above[-1]).defer(*(f"{place}__outline" for place in above))


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that are valid from ``valid_from`` until the day before ``valid_to``."""

    def on(self, day: date) -> DatedQuerySet:
        """Rows that were valid on ``day``."""
        return self.filter(valid_from__lte=day).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))

    def around(self, lon: float, lat: float) -> DatedQuerySet:
        """Rows whose bounding box contains the point, in degrees."""
        return self.filter(min_lon__lte=lon, max_lon__gte=lon, min_lat__lte=lat, max_lat__gte=lat)
