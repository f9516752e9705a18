"""Reading the lists in force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from matters.models import Matter, MatterList


class MatterListQuerySet(models.QuerySet["MatterList"]):
    """Editions of the counties' lists."""

    def in_force(self, day: date) -> MatterListQuerySet:
        """The newest published edition of each county that has begun by ``day``."""
        return (
            self.filter(published_at__isnull=False, in_force_on__lte=day)
            .order_by("county", "-in_force_on", "-edition")
            .distinct("county")
        )


class MatterQuerySet(models.QuerySet["Matter"]):
    """Entries of editions."""

    def in_force(self, county_id: int, day: date) -> MatterQuerySet:
        """What may be asked of grids in a county on ``day``."""
        return self.filter(edition__in=self.model.edition_in_force(county_id, day))

    def reportable(self) -> MatterQuerySet:
        """Kinds that run the closed loop; tasks and collections are done in rounds, not reported."""
        return self.filter(kind__in=["report", "service", "clue"])
