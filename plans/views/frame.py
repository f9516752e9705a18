"""What all pages of plans share: the present moment and day, and the tabs."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from accounts.models import User
from common import clock
from common.web.shapes import Link
from personnel.scopes import authority_of
from plans.entrances import OFFICES, keeps_counties
from worktime.clocks import day_of

TABS = (
    ("plans:plans", "方案"),
    ("plans:filings", "备案"),
    ("plans:sector_grids", "专业网格"),
    ("plans:grid_rules", "规则"),
    ("plans:divisions", "区划"),
)


def today_now() -> tuple[datetime, date]:
    """Return the present moment and its day, read once per request."""
    at = clock.now()
    return at, day_of(at)


def tabs_for(user: User, here: str) -> list[Link]:
    """Return the tabs that this user may open."""
    authority = authority_of(user)
    open_views = {"plans:plans", here}
    if keeps_counties(authority):
        open_views.add("plans:filings")
    if authority.sees_all or authority.holds(*OFFICES):
        open_views |= {"plans:sector_grids", "plans:grid_rules", "plans:divisions"}
    return [
        Link(url=reverse(view), name=name, is_current=view == here)
        for view, name in TABS
        if view in open_views
    ]
