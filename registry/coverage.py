"""How much of a county or township stands in the register, place by place, in the order of the register (Art. 9, 15).

Counts of places with their sample size; nobody is compared. Children are not counted: only named persons know of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from common.shapes import Shown
from common.web.listing import address_with
from grids.models import Division
from personnel.rules import Entrance
from personnel.scopes import authority_of
from registry.kinds import HOUSE, HOUSEHOLD, ORGANIZATION, PERSON, PLACE
from registry.models import Record

FRESH = timedelta(days=366)
OVER = ("dispatch", "supervise")
BELOW = {"county": ("township", "township"), "township": ("village", "village")}
COUNTED = (HOUSEHOLD, PERSON, HOUSE, ORGANIZATION, PLACE)
ENOUGH = 30  # with fewer records a share says nothing


@dataclass(frozen=True, slots=True)
class Covered(Shown):
    """One place: how many records of each kind, how many were checked within a year, out of how many."""

    name: str
    url: str
    counts: tuple[int, ...]
    total: int
    fresh: int

    @property
    def share(self) -> str:
        """The share that was checked within a year, in words; too few records say nothing."""
        return f"{self.fresh / self.total:.0%}" if self.total >= ENOUGH else "样本不足"


def places_over(user: User) -> list[Division]:
    """Returns the counties and townships in which the user dispatches or supervises, in register order."""
    authority = authority_of(user)
    places = Division.objects.filter(level__in=BELOW).order_by("code").defer("outline")
    if authority.sees_all:
        return list(places)
    held = sorted(authority.places("division", *OVER))
    own = Q(pk__in=held) | Q(parent__in=held) | Q(parent__parent__in=held)
    return list(places.filter(own))


COVERAGE = Entrance(places_over, "登记情况由乡镇街道、县区和市的机构、主管部门查看。")


def covered(place: Division, *, at: datetime) -> list[Covered]:
    """Returns the places below a county or township with their counts; two statements."""
    column, level = BELOW[place.level]
    rows = Record.objects.current().filter(**{place.level: place}, guarded_until=None).order_by()
    numbers = {kind: Count("pk", filter=Q(kind=kind)) for kind in COUNTED}
    fresh = Count("pk", filter=Q(checked_at__gte=at - FRESH))
    found = {
        row[column]: row for row in rows.values(column).annotate(**numbers, total=Count("pk"), fresh=fresh)
    }
    below = Division.objects.filter(parent=place, level=level).order_by("code").defer("outline")
    return [_row(each, found.get(each.pk, {})) for each in below]


def _row(place: Division, counted: dict[str, int]) -> Covered:
    return Covered(
        name=place.name,
        url=address_with(reverse("registry:coverage"), place=place.code) if place.level in BELOW else "",
        counts=tuple(counted.get(kind, 0) for kind in COUNTED),
        total=counted.get("total", 0),
        fresh=counted.get("fresh", 0),
    )
