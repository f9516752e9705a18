"""What all list pages share: the user, the day, the tabs."""

from __future__ import annotations

from datetime import date, datetime

from accounts.models import User
from common import clock
from common.web.shapes import Link
from matters.entrances import BURDEN, DIFFERENCES, KEEPERS, OFFICES
from personnel.rules import holding
from personnel.tabs import Tab, links_of
from worktime.clocks import day_of

KEPT, WORKED_WITH = holding(*KEEPERS), holding(*OFFICES)
TABS = (
    Tab("matters:lists", "清单", WORKED_WITH),
    Tab("matters:proposals", "申请", WORKED_WITH),
    Tab("matters:filings", "备案", KEPT),
    Tab("matters:differences", "各县区对照", DIFFERENCES.admits),
    Tab("matters:burden", "负担", BURDEN.admits),
    Tab("matters:requests", "派给网格", WORKED_WITH),
    Tab("workflow:unlisted", "清单外", KEPT),
    Tab("matters:words", "没查到的词", KEPT),
)


def today_now() -> tuple[datetime, date]:
    """Returns the moment and its day, read once per request."""
    at = clock.now()
    return at, day_of(at)


def tabs_for(user: User, here: str) -> list[Link]:
    """Returns the tabs that the user can open."""
    return links_of(TABS, user, here)
