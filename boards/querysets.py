"""Which boards one may see, and the words by which lists are made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from personnel.scopes import authority_of

if TYPE_CHECKING:
    from accounts.models import User
    from boards.models import NoticeBoard

WATCHING = ("dispatch", "supervise", "manage_staff", "publish_grids", "coordinate", "guide")


class BoardQuerySet(models.QuerySet["NoticeBoard"]):
    """Boards of grids in force."""

    def visible_to(self, user: User) -> BoardQuerySet:
        """A worker's own grids; a leader's and an instructor's village; a desk's and an authority's territory."""
        authority = authority_of(user)
        present = self.filter(grid__status="in_force")
        if authority.sees_all:
            return present
        places = authority.places("division", *WATCHING)
        up = ("village", "village__parent", "village__parent__parent", "village__parent__parent__parent")
        seen = Q(grid__in=authority.places("grid", "report"))
        for step in up:
            seen |= Q(**{f"grid__{step}__in": places})
        return present.filter(seen)

    def to_renew(self) -> BoardQuerySet:
        """Never posted, or no longer true."""
        return self.filter(status__in=("unposted", "stale"))

    def overdue(self, at: datetime) -> BoardQuerySet:
        """Those whose renewal is late."""
        return self.to_renew().filter(due_at__lt=at)

    def with_place(self) -> BoardQuerySet:
        """The grid and everything above it, without outlines; one statement."""
        up = "grid__village__parent__parent__parent"
        steps = ("", "__parent", "__parent__parent", "__parent__parent__parent")
        return self.select_related(up).defer(
            "grid__boundary", *(f"grid__village{step}__outline" for step in steps)
        )
