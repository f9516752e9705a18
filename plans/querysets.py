"""Querysets of plans and filings: which of them a user may see, and the filters of lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from personnel.scopes import authority_of
from plans import states

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User
    from plans.models import GridFiling, GridPlan

WATCHING = ("publish_grids", "supervise", "dispatch")


class GridPlanQuerySet(models.QuerySet["GridPlan"]):
    """Plans of all counties."""

    def visible_to(self, user: User | AnonymousUser) -> GridPlanQuerySet:
        """Return plans that ask the user's department, and plans of counties where they serve county, city or township.

        Published plans are visible to everybody.
        """
        authority = authority_of(user)
        if authority.sees_all:
            return self
        places = authority.places("division", *WATCHING)
        units = authority.places("organization", "handle", "oversee")
        seen = Q(status__in=states.PUBLIC)
        if places:
            seen |= Q(county__in=places) | Q(county__parent__in=places) | Q(county__children__in=places)
        if units:
            seen |= Q(consents__department__in=units)
        return self.filter(pk__in=self.model.objects.filter(seen).values("pk"))

    def public(self) -> GridPlanQuerySet:
        """Return the plans that are published or in force."""
        return self.filter(status__in=states.PUBLIC)

    def due(self, today: date) -> GridPlanQuerySet:
        """Return published plans whose day has come, oldest first."""
        return self.filter(status="published", effective_on__lte=today).order_by("effective_on", "pk")


class GridFilingQuerySet(models.QuerySet["GridFiling"]):
    """Filings of all counties."""

    def owed(self) -> GridFilingQuerySet:
        """Return filings that the county must still send or complete, without those of withdrawn plans."""
        return self.filter(status__in=["unsent", "returned"]).exclude(plan__status="withdrawn")

    def overdue(self, at: datetime) -> GridFilingQuerySet:
        """Return owed filings whose deadline has passed."""
        return self.owed().filter(due_at__lt=at)
