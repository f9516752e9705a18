"""Which draws and re-checks a user sees: those of the places that they stand over (Art. 5, 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from personnel.scopes import authority_of
from rechecks import states
from workflow.territory import WATCHING

if TYPE_CHECKING:
    from accounts.models import User
    from rechecks.models import Draw, Recheck


def in_territory(user: User, path: str = "division") -> Q:
    """Return the condition that a place, or one above it, is one where the user dispatches or supervises.

    ``path`` leads to the place; it is empty where the rows are the places.
    """
    authority = authority_of(user)
    if authority.sees_all:
        return Q()
    places = sorted(authority.places("division", *WATCHING))
    above = [path or "pk", *("__".join(filter(None, (path, up))) for up in ("parent", "parent__parent"))]
    return Q(*((f"{each}__in", places) for each in above), _connector=Q.OR)


class DrawQuerySet(models.QuerySet["Draw"]):
    """Draws, with filters that can be chained."""

    def visible_to(self, user: User) -> DrawQuerySet:
        """Return the draws of the places that the user stands over."""
        return self.filter(in_territory(user))

    def with_counts(self) -> DrawQuerySet:
        """Add what a row shows; the numbers of the population stay behind."""
        waiting = Count("rechecks", filter=Q(rechecks__status__in=states.OPEN))
        sham = Count("rechecks", filter=Q(rechecks__status="sham"))
        rows = self.select_related("division", "drawn_by").defer("population")
        return rows.annotate(waiting=waiting, sham=sham)


class RecheckQuerySet(models.QuerySet["Recheck"]):
    """Re-checks, with filters that can be chained."""

    def visible_to(self, user: User) -> RecheckQuerySet:
        """Return the re-checks of the places that the user stands over."""
        return self.filter(in_territory(user, "draw__division"))

    def open(self) -> RecheckQuerySet:
        """Return the re-checks without a final finding."""
        return self.filter(status__in=states.OPEN)

    def to_change(self) -> RecheckQuerySet:
        """Add the rows that every verb reads."""
        return self.select_related(
            "draw__division", "case__grid", "case__village", "case__handler", "case__matter", "verifier"
        ).defer("draw__population")
