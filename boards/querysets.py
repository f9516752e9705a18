"""Which boards a user may see, and the conditions for lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from boards.states import OPEN
from personnel.scopes import authority_of

if TYPE_CHECKING:
    from accounts.models import User
    from boards.models import NoticeBoard
    from grids.models import Division

WATCHING = ("dispatch", "supervise", "manage_staff", "publish_grids", "coordinate", "guide")
LIES_IN = tuple(
    f"grid__village{step}" for step in ("", "__parent", "__parent__parent", "__parent__parent__parent")
)
TO_RENEW = Q(status__in=OPEN)


def is_overdue(at: datetime) -> Q:
    """Return the condition that the renewal of a board is late."""
    return TO_RENEW & Q(due_at__lt=at)


def lies_in(places: Iterable[int]) -> Q:
    """Return the condition that a board hangs in one of these divisions or below."""
    found = Q()
    for step in LIES_IN:
        found |= Q(**{f"{step}__in": places})
    return found


class BoardQuerySet(models.QuerySet["NoticeBoard"]):
    """Boards of grids in force."""

    def visible_to(self, user: User) -> BoardQuerySet:
        """Boards of a worker's grids, a leader's or instructor's village, a desk's or authority's territory."""
        authority = authority_of(user)
        present = self.filter(grid__status="in_force")
        if authority.sees_all:
            return present
        places = authority.places("division", *WATCHING)
        return present.filter(Q(grid__in=authority.places("grid", "report")) | lies_in(places))

    def within(self, place: Division) -> BoardQuerySet:
        """Boards of one division and of those below it."""
        return self.filter(lies_in([place.pk]))

    def overdue(self, at: datetime) -> BoardQuerySet:
        """Boards whose renewal is late."""
        return self.filter(is_overdue(at))

    def with_place(self) -> BoardQuerySet:
        """Boards with their grid and all divisions above, without outlines; one statement."""
        outlines = (f"{step}__outline" for step in LIES_IN)
        return self.select_related(LIES_IN[-1]).defer("grid__boundary", *outlines)
