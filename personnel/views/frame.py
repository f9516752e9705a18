"""The parts that the pages of people and bodies share."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.web.shapes import Link
from grids.models import Division
from personnel.policies import MANAGERS
from personnel.tabs import Tab, links_of
from worktime.clocks import day_of

TABS = (
    Tab("personnel:staffing", "配备"),
    Tab("personnel:people", "人员"),
    Tab("personnel:post_requests", "岗位申请"),
    Tab("personnel:devices", "手机"),
    Tab("personnel:organizations", "机构"),
)


def manager(request: SignedInRequest) -> User:
    """Return the user, if they manage staff somewhere; raises :class:`NotPermitted`."""
    user = request.user
    MANAGERS.require(user)
    return user


def tabs_for(user: User, here: str) -> list[Link]:
    """Return the tabs of the pages under this entrance; users who manage nobody get none."""
    return links_of(TABS, user, here) if MANAGERS.admits(user) else []


def now_and_today() -> tuple[datetime, date]:
    """Return the present moment and its day in Puyang."""
    at = clock.now()
    return at, day_of(at)


def staffing_url(village: Division) -> str:
    """Return the address of the township's page to which the staff of a village belongs."""
    township = village.parent
    return f"{reverse('personnel:staffing')}?place={township.code if township else village.code}"
