"""Which applications a user may see."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from personnel.scopes import authority_of
from personnel.visibility import divisions_within

if TYPE_CHECKING:
    from access.models import GrantRequest
    from accounts.models import User


class GrantRequestQuerySet(models.QuerySet["GrantRequest"]):
    """Applications for special grants."""

    def visible_to(self, user: User) -> GrantRequestQuerySet:
        """Applications by or for the user, and those of the territory where the user decides or reads the trace."""
        authority = authority_of(user)
        if authority.sees_all:
            return self
        mine = Q(asked_by=user) | Q(grantee=user)
        held = authority.places("division", "approve_grants", "administer_audit")
        if held:
            within = divisions_within(held).values("pk")
            mine |= Q(division__in=within) | Q(organization__division__in=within)
        return self.filter(mine)

    def open(self) -> GrantRequestQuerySet:
        """Applications that wait for a decision or are in effect."""
        return self.filter(status__in=["waiting", "in_effect"])

    def run_out(self, at: datetime) -> GrantRequestQuerySet:
        """Open applications that have expired."""
        return self.open().filter(expires_at__lte=at)

    def to_review(self, by: date) -> GrantRequestQuerySet:
        """Applications in effect whose review is due by a day."""
        return self.filter(status="in_effect", review_due_on__lte=by)

    def with_names(self) -> GrantRequestQuerySet:
        """Applications with everything that a list row shows, in one statement."""
        up = "parent__parent__parent"
        places = ("division", f"division__{up}", "organization__division", f"organization__division__{up}")
        steps = ("", *(f"{step}__" for step in ("parent", "parent__parent", up)))
        return self.select_related("grantee", "asked_by", "decided_by", "organization", *places).defer(
            *(f"{way}__{step}outline" for way in ("division", "organization__division") for step in steps)
        )
