"""What every page of lists shares: the person, the day, the tabs under the one entrance."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404
from django.urls import reverse

from accounts.models import User
from common import clock
from grids.models import Division
from grids.querysets import DivisionQuerySet
from personnel.scopes import Authority, authority_of
from worktime.clocks import day_of

OFFICES = ("publish_matters", "supervise", "dispatch", "review_law", "handle", "oversee")
KEEPERS = ("publish_matters", "supervise")
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
    """The moment and its day, asked once per request."""
    at = clock.now()
    return at, day_of(at)


def tabs_for(user: User, here: str) -> list[dict[str, object]]:
    """The tabs that open something for this person."""
    authority = authority_of(user)
    return [
        {"url": reverse(view), "name": name, "is_current": view == here}
        for view, name, verbs in TABS
        if view == here or authority.sees_all or authority.holds(*verbs)
    ]


def counties_within(authority: Authority, *verbs: str) -> DivisionQuerySet:
    """Counties on which, or on whose city, any of ``verbs`` is held, in register order and without outlines."""
    counties = Division.objects.of_level("county").defer("outline")
    if authority.sees_all:
        return counties
    held = authority.places("division", *verbs)
    return counties.filter(pk__in=held) | counties.filter(parent__in=held)


def own_county(user: User) -> Division | None:
    """The county one works in: by a post in the county, in one of its townships or villages, or in a body of these."""
    authority = authority_of(user)
    places = {pk for _, kind, pk in authority.grants if kind == "division"}
    bodies = authority.places("organization", "handle", "oversee")
    grids = authority.places("grid", "report")
    counties = Division.objects.of_level("county").defer("outline")
    within = ("", "children__", "children__children__")
    found = counties.none()
    for step in within:
        found |= counties.filter(**{f"{step}pk__in": places}) | counties.filter(
            **{f"{step}organizations__in": bodies}
        )
    found |= counties.filter(children__children__grids__in=grids)
    return found.distinct().order_by("code").first()


def county_of_code(code: str) -> Division:
    """A county by its code; any other does not exist here (:class:`Http404`)."""
    found = Division.objects.of_level("county").filter(code=code[:12]).defer("outline").first()
    if found is None:
        raise Http404
    return found
