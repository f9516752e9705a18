"""What all pages of plans share: the present moment and day, and the tabs."""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import User
from common import clock
from common.web.shapes import Link
from personnel.tabs import Tab, links_of
from plans.entrances import DIVISIONS, RULES, SECTORS, keeps_counties
from worktime.clocks import day_of

TABS = (
    Tab("plans:plans", "方案"),
    Tab("plans:filings", "备案", keeps_counties),
    Tab("plans:sector_grids", "专业网格", SECTORS.admits),
    Tab("plans:grid_rules", "规则", RULES.admits),
    Tab("plans:divisions", "区划", DIVISIONS.admits),
)


def today_now() -> tuple[datetime, date]:
    """Return the present moment and its day, read once per request."""
    at = clock.now()
    return at, day_of(at)


def tabs_for(user: User, here: str) -> list[Link]:
    """Return the tabs that this user may open."""
    return links_of(TABS, user, here)
