"""What all list pages share: the user, the day, the tabs."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from accounts.models import User
from common import clock
from common.web.shapes import Link
from matters.entrances import KEEPERS, OFFICES
from personnel.scopes import authority_of
from worktime.clocks import day_of

TABS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("matters:lists", "清单", OFFICES),
    ("matters:proposals", "申请", OFFICES),
    ("matters:filings", "备案", KEEPERS),
    ("matters:differences", "各县区对照", KEEPERS),
    ("matters:burden", "负担", OFFICES),
    ("matters:requests", "派给网格", OFFICES),
    ("workflow:unlisted", "清单外", KEEPERS),
)


def today_now() -> tuple[datetime, date]:
    """Returns the moment and its day, read once per request."""
    at = clock.now()
    return at, day_of(at)


def tabs_for(user: User, here: str) -> list[Link]:
    """Returns the tabs that the user can open."""
    authority = authority_of(user)
    return [
        Link(url=reverse(view), name=name, is_current=view == here)
        for view, name, verbs in TABS
        if view == here or authority.sees_all or authority.holds(*verbs)
    ]
