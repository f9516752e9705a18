"""The city's view: every matter by name, compared with every county's list in force (Art. 14, 16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.requests import SignedInRequest
from common.web.shapes import Link
from grids.models import Division
from matters.content import CATEGORIES, MatterContent, content_of
from matters.entrances import DIFFERENCES
from matters.models import Matter, MatterList
from matters.views.edition_words import limits_of
from matters.views.frame import tabs_for, today_now
from matters.views.lists import LONGEST_QUERY

SORTS = {
    "all": "全部",
    "one": "只有一个县区有",
    "some": "不是全部都有",
    "differs": "内容不同",
}
NO_LIMITS = "按等级的默认时限"


def differences(request: SignedInRequest) -> HttpResponse:
    """Shows matters by name × counties. Five statements, whatever the lists contain."""
    user, (_, today) = request.user, today_now()
    DIFFERENCES.require(user)
    sort, q = request.GET.get("sort", "all"), request.GET.get("q", "").strip()[:LONGEST_QUERY]
    if sort not in SORTS:
        raise Http404
    counties = list(Division.objects.of_level("county").defer("outline").order_by("code"))
    editions = {each.county_id: each for each in MatterList.objects.in_force(today)}
    matters = Matter.objects.filter(edition__in=[each.pk for each in editions.values()]).standing(today)
    by_edition = {each.pk: each.county_id for each in editions.values()}
    found = _rows(matters, by_edition, with_lists=len(editions))
    words = q.casefold().split()
    searched = [row for row in found if all(word in row.find for word in words)]
    context = {
        "title": "各县区清单对照",
        "tabs": tabs_for(user, "matters:differences"),
        "counties": [_head(each, editions.get(each.pk)) for each in counties],
        "rows": [_laid_out(row, counties) for row in searched if sort in row.sorts],
        "sorts": [
            Link(
                url=f"{reverse('matters:differences')}?{urlencode({'sort': key, 'q': q})}",
                name=name,
                count=sum(key in row.sorts for row in searched),
                is_current=key == sort,
            )
            for key, name in SORTS.items()
        ],
        "sort": sort,
        "sort_name": SORTS[sort],
        "q": q,
    }
    return render(request, "matters/differences.html", context)


@dataclass(frozen=True, slots=True)
class CountyHead:
    """A county as the head of a column."""

    name: str
    edition: MatterList | None
    url: str


def _head(county: Division, edition: MatterList | None) -> CountyHead:
    return CountyHead(
        name=county.name,
        edition=edition,
        url=reverse("matters:edition", args=[edition.pk]) if edition else "",
    )


def _rows(matters: Iterable[Matter], by_edition: Mapping[int, int], *, with_lists: int) -> list[NamedMatter]:
    """Returns every name with its matter in each county; names with differences come first."""
    by_name: dict[str, dict[int, Matter]] = {}
    for row in matters:
        by_name.setdefault(row.name, {})[by_edition[row.edition_id]] = row
    rows = [_row(name, held, with_lists=with_lists) for name, held in by_name.items()]
    return sorted(rows, key=lambda row: (len(row.sorts) == 1, row.category, row.code))


@dataclass(frozen=True, slots=True)
class NamedMatter:
    """A name with its matter in each county."""

    name: str
    code: str
    category: int
    category_name: str
    find: str
    limits: str
    cells: dict[int, Wording]
    sorts: list[str]


def _row(name: str, held: Mapping[int, Matter], *, with_lists: int) -> NamedMatter:
    contents = {county: content_of(row) for county, row in held.items()}
    usual_limits = _usual([limits_of(content) for content in contents.values()])
    usual = _usual([repr(content) for content in contents.values()])
    first = next(iter(held.values()))
    cells = {
        county: _cell(row, contents[county], usual_limits=usual_limits, usual=usual)
        for county, row in held.items()
    }
    sorts = ["all"]
    if len(held) == 1 and with_lists > 1:
        sorts.append("one")
    if len(held) < with_lists:
        sorts.append("some")
    if any(content != contents[next(iter(contents))] for content in contents.values()):
        sorts.append("differs")
    return NamedMatter(
        name=name,
        code=first.code,
        category=first.category,
        category_name=CATEGORIES[first.category],
        find="|".join(row.find for row in held.values()).casefold(),
        limits=usual_limits,
        cells=cells,
        sorts=sorts,
    )


def _usual(words: Sequence[str]) -> str:
    """Returns what most counties say; if several are equal, the first."""
    return Counter(words).most_common(1)[0][0]


@dataclass(frozen=True, slots=True)
class Wording:
    """One county's own wording, where it differs from most counties."""

    url: str
    limits: str
    differs: str


def _cell(row: Matter, content: MatterContent, *, usual_limits: str, usual: str) -> Wording:
    """Returns one county's own wording: whether its limits or anything else differ from most counties."""
    limits = limits_of(content)
    other_limits = limits != usual_limits
    return Wording(
        url=reverse("matters:matter", args=[row.edition_id, row.code]),
        limits=(limits or NO_LIMITS) if other_limits else "",
        differs="" if other_limits or repr(content) == usual else "内容不同",
    )


@dataclass(frozen=True, slots=True)
class CountyCell:
    """One county in the row of a matter."""

    county: str
    cell: Wording | None


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A matter by name, with one cell for each county; ``held`` counts the counties that have it."""

    name: str
    category_name: str
    limits: str
    cells: list[CountyCell]
    held: int


def _laid_out(row: NamedMatter, counties: Sequence[Division]) -> DifferenceRow:
    cells = [CountyCell(county=each.name, cell=row.cells.get(each.pk)) for each in counties]
    held = sum(each.cell is not None for each in cells)
    return DifferenceRow(row.name, row.category_name, row.limits, cells, held)
