"""Who is on duty in the user's own bodies, a piece above the lists of desk and tray (Art. 17).

The lists themselves do not wait for it: the page asks for it when it is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.shapes import Shown
from duty.policies import KEEP, ROSTERS
from duty.querysets import own_bodies_of
from duty.rosters import days_without, gaps_of, on_duty


@dataclass(frozen=True, slots=True)
class DutyLine(Shown):
    """One body: who is on duty now, its roster, and on how many of the next days somebody is missing."""

    who: str
    url: str
    missing: int


def now(request: SignedInRequest) -> HttpResponse:
    """Shows a line for each of the user's own bodies."""
    ROSTERS.require(request.user)
    return render(request, "duty/line.html", {"lines": lines_for(request.user, at=clock.now())})


def lines_for(user: User, *, at: datetime) -> list[DutyLine]:
    """Returns a line for each own body; two statements, and two more for who keeps a roster."""
    bodies = list(own_bodies_of(user).select_related("division").order_by("code"))
    shifts = on_duty([body.pk for body in bodies], at)
    kept = [body.pk for body in bodies if KEEP.may("plan", user, body)]
    gaps = gaps_of(kept, at) if kept else {}
    return [
        DutyLine(
            who=shifts[body.pk].who if body.pk in shifts else "",
            url=reverse("duty:roster", args=[body.pk]),
            missing=days_without({body.pk: gaps.get(body.pk, [])}),
        )
        for body in bodies
    ]
