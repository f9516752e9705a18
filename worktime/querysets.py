"""Which calendar editions are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from worktime.models import CalendarEdition


class CalendarEditionQuerySet(models.QuerySet["CalendarEdition"]):
    """Editions of the working calendar."""

    def in_force(self, region_code: str = "") -> CalendarEditionQuerySet:
        """The newest edition of each year for ``region_code``."""
        return self.filter(region_code=region_code).order_by("year", "-number").distinct("year")
