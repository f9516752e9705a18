"""Which supervision orders a user sees: those to them or their unit, and those of their territory (Art. 5, 20)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from personnel.scopes import authority_of
from supervision import states
from workflow.models import Case

OVER = ("dispatch", "supervise")  # who stands over a place sees the orders there

if TYPE_CHECKING:
    from accounts.models import User
    from supervision.models import SupervisionOrder


class OrderQuerySet(models.QuerySet["SupervisionOrder"]):
    """Supervision orders, with filters that can be chained."""

    def visible_to(self, user: User) -> OrderQuerySet:
        """Returns the orders about cases in sight that are addressed to the user or lie in their territory."""
        authority = authority_of(user)
        seen = Exists(Case.objects.visible_to(user).filter(pk=OuterRef("case")))
        if authority.sees_all:
            return self.filter(seen)
        places = sorted(authority.places("division", *OVER))
        here = Q(case__township__in=places) | Q(case__county__in=places) | Q(case__city__in=places)
        return self.filter(seen).filter(here | self.to(user))

    def about(self, case: Case, user: User) -> OrderQuerySet:
        """Returns the same for one case that is known to be in sight: its place is asked here, not in the statement."""
        authority = authority_of(user)
        over = authority.places("division", *OVER) & {case.township_id, case.county_id, case.city_id}
        found = self.filter(case=case)
        return found if over or authority.sees_all else found.filter(self.to(user))

    @staticmethod
    def to(user: User) -> Q:
        """Returns the condition for orders addressed to the user or to one of their units."""
        units = sorted(authority_of(user).places("organization", "handle", "oversee"))
        return Q(person=user) | Q(unit__in=units)

    def open(self) -> OrderQuerySet:
        """Returns the orders that have not ended."""
        return self.filter(status__in=states.OPEN)

    def unanswered(self, at: datetime) -> OrderQuerySet:
        """Returns the orders whose answer is overdue and which can still climb, the oldest first."""
        return self.filter(status__in=states.WAITING, climb_at__lte=at).order_by("climb_at", "pk")

    def with_names(self) -> OrderQuerySet:
        """Adds what a row shows."""
        return self.select_related("case", "unit", "person", "division", "seat")

    def to_change(self) -> OrderQuerySet:
        """Adds the rows that every verb reads."""
        return self.select_related(
            "case__matter", "case__unit", "case__caretaker", "unit", "person", "division", "seat"
        )
