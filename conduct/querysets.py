"""Which complaints a user may see: those they examine, never those about themselves (Art. 12, 20)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

from conduct import states
from personnel.scopes import authority_of

if TYPE_CHECKING:
    from accounts.models import User
    from conduct.models import Complaint


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Complaints about grid staff."""

    def visible_to(self, user: User) -> ComplaintQuerySet:
        """Complaints of exactly the places whose complaints the user handles; superiors do not see them."""
        held = authority_of(user).places("division", "handle_conduct")
        return self.filter(division__in=held).exclude(person=user)

    def to_answer(self, user: User) -> ComplaintQuerySet:
        """Complaints about the user that wait for the user's statement."""
        return self.filter(person=user, status="hearing")

    def put_to(self, user: User) -> ComplaintQuerySet:
        """Complaints about the user in which a statement was requested, also after the deadline."""
        return self.filter(person=user, heard_by_at__isnull=False)

    def open(self) -> ComplaintQuerySet:
        """Complaints without a conclusion."""
        return self.filter(status__in=states.OPEN)

    def overdue(self, at: datetime) -> ComplaintQuerySet:
        """Open complaints that are late."""
        return self.open().filter(due_at__lt=at)

    def on_record(self) -> ComplaintQuerySet:
        """Complaints that were found true, fully or in part."""
        return self.filter(status="decided", finding__in=states.ON_RECORD)

    def with_names(self) -> ComplaintQuerySet:
        """Complaints with everything that a list row shows, in one statement."""
        return self.select_related("grid", "person", "division", "decided_by").defer(
            "grid__boundary", "division__outline"
        )
