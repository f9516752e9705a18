"""What every page of plans shares: the person, the day, the tabs under the one entrance."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse

from accounts.models import User
from common import clock
from common.errors import NotPermitted
from grids.levels import level_of
from grids.models import Division
from grids.querysets import DivisionQuerySet
from personnel.scopes import Authority, authority_of
from worktime.clocks import day_of

KEEPERS = ("publish_grids", "supervise")
OFFICES = (*KEEPERS, "dispatch", "handle", "oversee")
TABS = (
    ("plans:plans", "方案"),
    ("plans:filings", "备案"),
    ("plans:sector_grids", "专业网格"),
    ("plans:grid_rules", "规则"),
    ("plans:divisions", "区划"),
)


def today_now() -> tuple[datetime, date]:
    """The moment and its day, asked once per request."""
    at = clock.now()
    return at, day_of(at)


def tabs_for(user: User, here: str) -> list[dict[str, object]]:
    """The tabs that open something for this person."""
    authority = authority_of(user)
    open_views = {"plans:plans", here}
    if keeps_counties(authority):
        open_views.add("plans:filings")
    if authority.sees_all or authority.holds(*OFFICES):
        open_views |= {"plans:sector_grids", "plans:grid_rules", "plans:divisions"}
    return [
        {"url": reverse(view), "name": name, "is_current": view == here}
        for view, name in TABS
        if view in open_views
    ]


def keeps_counties(authority: Authority) -> bool:
    """Whether the account watches over a county or the city."""
    held = authority.places("division", *KEEPERS)
    return authority.sees_all or any(level_of(pk) in ("city", "county") for pk in held)


def counties_watched(user: User) -> list[Division]:
    """The counties whose authority, or whose city's authority, the person is; raises :class:`NotPermitted`."""
    authority = authority_of(user)
    if not keeps_counties(authority):
        raise NotPermitted("备案由县区和市主管部门办理。您的工作从首页进入。")
    return list(counties_within(authority, *KEEPERS))


def counties_within(authority: Authority, *verbs: str) -> DivisionQuerySet:
    """Counties on which, or on whose city, any of ``verbs`` is held, in register order and without outlines."""
    counties = Division.objects.of_level("county").defer("outline")
    if authority.sees_all:
        return counties
    held = authority.places("division", *verbs)
    return counties.filter(pk__in=held) | counties.filter(parent__in=held)


def counties_to_draft_in(user: User) -> list[Division]:
    """The counties whose authority or a township of which the person speaks for (Art. 7); one statement."""
    authority = authority_of(user)
    own = authority.places("division", "publish_grids")
    desks = authority.places("division", "dispatch")
    if not own and not desks:
        return []
    counties = Division.objects.of_level("county").defer("outline")
    below = Division.objects.filter(pk__in=desks, level="township").values("parent")
    return list(counties.filter(pk__in=own) | counties.filter(pk__in=below))
