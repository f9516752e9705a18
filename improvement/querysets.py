"""Which improvement tasks a user sees: their own or their unit's, and those of their territory (Art. 5, 19, 20)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Q

from improvement import states
from personnel.scopes import authority_of
from workflow.territory import WATCHING

if TYPE_CHECKING:
    from accounts.models import User
    from improvement.models import ImprovementTask


class TaskQuerySet(models.QuerySet["ImprovementTask"]):
    """Improvement tasks, with filters that can be chained."""

    def visible_to(self, user: User) -> TaskQuerySet:
        """Returns the tasks that the user or their unit owns, and those of the places that they stand over."""
        authority = authority_of(user)
        if authority.sees_all:
            return self.all()
        places = sorted(authority.places("division", *WATCHING))
        units = sorted(authority.places("organization", "handle", "oversee"))
        above = ("division", "division__parent", "division__parent__parent")
        seen = Q(person=user) | Q(unit__in=units)
        for path in above:
            seen |= Q(**{f"{path}__in": places})
        return self.filter(seen)

    def open(self) -> TaskQuerySet:
        """Returns the tasks that have not ended."""
        return self.filter(status__in=states.OPEN)

    def ringing(self, at: datetime) -> TaskQuerySet:
        """Returns the open tasks whose day has come and of which nobody has been reminded, the oldest first."""
        return self.open().filter(alarm_at__lte=at).order_by("alarm_at", "pk")

    def with_names(self) -> TaskQuerySet:
        """Adds what a row shows."""
        return self.select_related("division", "unit", "person").annotate(cases=Count("members"))

    def to_change(self) -> TaskQuerySet:
        """Adds the rows that every verb reads."""
        return self.select_related("division__parent", "unit", "person", "follows__division")
