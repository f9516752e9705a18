"""The list in force in a county: what may be asked of its grids today, found by word and department (Art. 14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.numbers import whole_number
from grids.county_choice import chosen_county, county_choice
from grids.models import Division
from matters import policies
from matters.burden import NO_DEPARTMENT
from matters.content import CATEGORIES, KINDS, content_of
from matters.entrances import own_county
from matters.models import Matter, MatterList
from matters.views import edition_words as words
from matters.views.beginning import beginnings
from matters.views.frame import tabs_for, today_now

LONGEST_QUERY = 40


def lists(request: SignedInRequest) -> HttpResponse:
    """One county's list in force; the city and people without a county choose one first."""
    user = request.user
    county = chosen_county(request, lambda: own_county(user))
    if county is None:
        return _counties(request, user)
    _, today = today_now()
    editions = list(MatterList.objects.visible_to(user).filter(county=county).order_by("-edition"))
    published = [each for each in editions if each.published_at is not None]
    begun = [each for each in published if each.in_force_on <= today]
    current = begun[0] if begun else None
    standing = current.matters.standing(today).order_by("code") if current else Matter.objects.none()
    rows = list(standing)
    asked = Asked(request)
    found = [row for row in rows if asked.takes(row)]
    context = {
        "title": f"{county.name}事项清单",
        "tabs": tabs_for(user, "matters:lists"),
        **county_choice(county),
        "edition": current,
        "coming": next((each for each in published if each.in_force_on > today), None),
        "draft": next((each for each in editions if each.published_at is None), None),
        "can_draft": policies.publishes(user, county),
        "earlier": begun[1:],
        "compare_url": compare_address(begun[1], current) if current and begun[1:] else "",
        "count": len(rows),
        "burden": words.burden_of(rows),
        "groups": words.groups_of(
            found, today=today, begun_at=beginnings(user, county, [row.code for row in found])
        ),
        "found": len(found),
        "asked": asked,
        "categories": CATEGORIES.items(),
        "kinds": KINDS.items(),
        "departments": sorted({lead_of(row) for row in rows}),
        "address": f"{reverse('matters:lists')}?county={county.code}",
    }
    return render(request, "matters/lists.html", context)


class Asked:
    """What the address asks for: a word, a category, a kind, a lead department. Unknown values ask for nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.q = request.GET.get("q", "").strip()[:LONGEST_QUERY]
        category = whole_number(request.GET.get("category", ""))
        self.category = category if category in CATEGORIES else None
        kind = request.GET.get("kind", "")
        self.kind = kind if kind in KINDS else ""
        self.department = request.GET.get("department", "")[:LONGEST_QUERY]
        self.is_any = bool(self.q or self.category or self.kind or self.department)
        self._words = self.q.casefold().split()

    def takes(self, row: Matter) -> bool:
        """Whether the row has every word, and is of the category, kind and department."""
        found = f"{row.code}|{row.find}".casefold()
        return (
            all(word in found for word in self._words)
            and self.category in (None, row.category)
            and self.kind in ("", row.kind)
            and self.department in ("", lead_of(row))
        )


def lead_of(row: Matter) -> str:
    """The department that leads, or that none is named."""
    return row.lead_function or NO_DEPARTMENT


def compare_address(before: MatterList, after: MatterList) -> str:
    """The page that compares two editions."""
    return f"{reverse('matters:compare')}?before={before.pk}&after={after.pk}"


def _counties(request: HttpRequest, user: User) -> HttpResponse:
    """Every county with its list in force. Two statements for any number of counties."""
    _, today = today_now()
    in_force = {each.county_id: each for each in MatterList.objects.visible_to(user).in_force(today)}
    matters = _matters_by_edition([each.pk for each in in_force.values()], today=today)
    context = {
        "title": "各县区事项清单",
        "tabs": tabs_for(user, "matters:lists"),
        "rows": [
            _county_row(county, in_force.get(county.pk), matters)
            for county in Division.objects.of_level("county").defer("outline").order_by("code")
        ],
    }
    return render(request, "matters/lists_counties.html", context)


def _matters_by_edition(editions: Sequence[int], *, today: date) -> dict[int, list[Matter]]:
    found: dict[int, list[Matter]] = {}
    for row in Matter.objects.filter(edition__in=editions).standing(today):
        found.setdefault(row.edition_id, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class CountyRow:
    """A county with its list in force."""

    name: str
    url: str
    edition: MatterList | None
    count: int
    minutes: int


def _county_row(county: Division, edition: MatterList | None, matters: dict[int, list[Matter]]) -> CountyRow:
    rows = matters.get(edition.pk, []) if edition else []
    return CountyRow(
        name=county.name,
        url=f"{reverse('matters:lists')}?county={county.code}",
        edition=edition,
        count=len(rows),
        minutes=sum(content_of(row).minutes_per_month for row in rows),
    )
