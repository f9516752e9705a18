"""Which shifts a user sees, and which run when (Art. 20)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from duty import states
from personnel.models import Organization
from personnel.scopes import authority_of

if TYPE_CHECKING:
    from accounts.models import User
    from duty.models import DutyShift

WORKING_THERE = ("handle", "oversee")
STANDING_OVER = ("dispatch", "supervise", "manage_staff")


def bodies_seen_by(user: User) -> models.QuerySet[Organization]:
    """Returns the bodies whose roster the user reads: their own, and those of their territory."""
    bodies = Organization.objects.filter(is_active=True).exclude(kind=Organization.Kind.AUTHORITY)
    authority = authority_of(user)
    if authority.sees_all:
        return bodies
    own = sorted(authority.places("organization", *WORKING_THERE))
    places = sorted(authority.places("division", *STANDING_OVER))
    below = Q(division__in=places) | Q(division__parent__in=places) | Q(division__parent__parent__in=places)
    return bodies.filter(Q(pk__in=own) | below)


def own_bodies_of(user: User) -> models.QuerySet[Organization]:
    """Returns the bodies in which the user works or which the user heads."""
    own = sorted(authority_of(user).places("organization", *WORKING_THERE))
    return bodies_seen_by(user).filter(pk__in=own)


class ShiftQuerySet(models.QuerySet["DutyShift"]):
    """Shifts, with filters that can be chained."""

    def visible_to(self, user: User) -> ShiftQuerySet:
        """Returns the shifts of the rosters that the user reads."""
        return self.filter(body__in=bodies_seen_by(user))

    def standing(self) -> ShiftQuerySet:
        """Returns the shifts that were not taken off the roster."""
        return self.filter(status__in=states.STANDING)

    def between(self, start: datetime, end: datetime) -> ShiftQuerySet:
        """Returns the standing shifts that touch a half-open span of time, earliest first."""
        return self.standing().filter(starts_at__lt=end, ends_at__gt=start).order_by("starts_at", "pk")

    def running(self, bodies: Collection[int], at: datetime) -> ShiftQuerySet:
        """Returns the shifts of these bodies that run at a moment, with their people."""
        return (
            self.standing()
            .filter(body__in=sorted(bodies), starts_at__lte=at, ends_at__gt=at)
            .select_related("person", "stand_in")
        )

    def to_change(self) -> ShiftQuerySet:
        """Adds the rows that every verb reads."""
        return self.select_related("body__division", "person", "stand_in")
