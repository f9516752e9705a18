"""The matter lists for the public: what grids may be asked for, since when, and earlier editions (Art. 14)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.http import Http404
from django.urls import reverse

from common import clock
from common.web.shapes import Crumb
from grids.models import Division
from matters.actions.words import note_missed_word
from matters.content import CATEGORIES, limit_words
from matters.everyday import found_by
from matters.models import Matter, MatterList
from public.cache import Asked, Elsewhere, Page
from worktime.clocks import day_of

DEFERRED = ("examples", "synonyms", "questions", "support", "handling_post")


@dataclass(frozen=True, slots=True)
class CountyRow:
    """A county with its edition in force."""

    county: Division
    edition: MatterList | None


def list_of_lists(asked: Asked) -> Page | Elsewhere:
    """Shows every county with its edition in force."""
    today = day_of(clock.now())
    editions = MatterList.objects.in_force(today)
    counted = MatterList.objects.filter(pk__in=editions.values("pk")).annotate(count=Count("matters"))
    by_county = {edition.county_id: edition for edition in counted}
    counties = Division.objects.of_level("county").defer("outline")
    rows = [CountyRow(county=county, edition=by_county.get(county.pk)) for county in counties]
    return Page("public/lists.html", {"title": "网格事项清单", "rows": rows})


def list_page(asked: Asked, code: str, number: str = "") -> Page | Elsewhere:
    """Shows a county's edition in force, or another one by its number; the search takes words as people say them.

    A search of the edition in force that finds nothing is counted for the list's editors, once for each drawn page.
    """
    county = Division.objects.of_level("county").defer("outline").filter(code=code[:12]).first()
    if county is None:
        raise Http404
    today = day_of(clock.now())
    editions = list(MatterList.objects.published().filter(county=county).order_by("-in_force_on", "-edition"))
    in_force = next((each for each in editions if each.in_force_on <= today), None)
    edition = next((each for each in editions if str(each.edition) == number), None) if number else in_force
    if edition is None and number:
        raise Http404
    if number and edition == in_force:
        return Elsewhere(reverse("public:list", args=[county.code]))
    word = asked.query.get("q", "").replace("\x00", "").strip()[:40]
    found = matters_of(edition, word, day=max(today, edition.in_force_on)) if edition else []
    if edition is not None and edition == in_force and word and not found:
        note_missed_word(county, word, on=today)
    context = {
        "title": f"{county.name}网格事项清单",
        "county": county,
        "edition": edition,
        "is_in_force": edition is not None and edition == in_force,
        "is_coming": edition is not None and edition.in_force_on > today,
        "q": word,
        "count": len(found),
        "groups": by_category(found),
        "others": [each for each in editions if each != edition],
        "trail": [
            Crumb("各县区清单", reverse("public:lists")),
            Crumb(county.name, reverse("public:place", args=[county.code])),
        ],
    }
    return Page("public/list.html", context)


def matters_of(edition: MatterList, word: str, *, day: date) -> list[Matter]:
    """Returns the matters of an edition that hold on ``day`` and that the word finds or means."""
    rows = edition.matters.standing(day).defer(*DEFERRED).order_by("category", "code")
    return found_by(rows, word) if word else list(rows)


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter in words."""

    matter: Matter
    leads: str
    limit: str


@dataclass(frozen=True, slots=True)
class MatterGroup:
    """A category of Art. 15 with its matters."""

    key: int
    name: str
    rows: list[MatterRow]


def by_category(matters: Iterable[Matter]) -> list[MatterGroup]:
    """Returns the categories of Art. 15 that have matters, each with its rows in words."""
    groups: dict[int, list[MatterRow]] = {}
    for matter in matters:
        groups.setdefault(matter.category, []).append(
            MatterRow(
                matter=matter,
                leads="、".join(matter.lead_functions),
                limit=limit_words(matter.finish_amount, matter.finish_unit),
            )
        )
    return [MatterGroup(key=key, name=CATEGORIES[key], rows=rows) for key, rows in groups.items()]
