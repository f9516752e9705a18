"""Which complaints one may see: who examines them, never the person concerned (Art. 12, 20)."""

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
        """Those of the very place whose complaints one handles; a superior does not look over a shoulder."""
        held = authority_of(user).places("division", "handle_conduct")
        return self.filter(division__in=held).exclude(person=user)

    def to_answer(self, user: User) -> ComplaintQuerySet:
        """Those in which the person concerned is asked to speak."""
        return self.filter(person=user, status="hearing")

    def put_to(self, user: User) -> ComplaintQuerySet:
        """Those in which the person concerned was asked to speak, also when it is too late."""
        return self.filter(person=user, heard_by_at__isnull=False)

    def open(self) -> ComplaintQuerySet:
        """Without a conclusion."""
        return self.filter(status__in=states.OPEN)

    def overdue(self, at: datetime) -> ComplaintQuerySet:
        """Open and late."""
        return self.open().filter(due_at__lt=at)

    def on_record(self) -> ComplaintQuerySet:
        """Those that were found true, wholly or in part."""
        return self.filter(status="decided", finding__in=states.ON_RECORD)

    def with_names(self) -> ComplaintQuerySet:
        """Everything that a row says, in one statement."""
        return self.select_related("grid", "person", "division", "decided_by").defer(
            "grid__boundary", "division__outline"
        )
