"""Filings of lists: what counties owe the city, have sent and got back; each number opens its list (Art. 14, 16)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.requests import signed_in
from common.errors import NotPermitted
from common.keyset import keyset_page
from grids.models import Division
from matters.models import ListFiling, MatterList
from matters.querysets import ListFilingQuerySet
from matters.views.edition_words import filing_words
from matters.views.frame import KEEPERS, counties_within, tabs_for, today_now
from personnel.scopes import authority_of
from worktime.clocks import day_of

PAGE_SIZE = 50
ALL = "all"


@dataclass(frozen=True)
class Sort:
    """One kind of filing: its word, what it means, and the condition that counts and lists it."""

    word: str
    definition: str
    where: Callable[[datetime], Q]
    light: str = ""


SORTS = {
    "overdue": Sort(
        "超期",
        "过了应报时间还没有报送或补正的备案。",
        lambda at: Q(status__in=["unsent", "returned"], due_at__lt=at),
        "late",
    ),
    "returned": Sort(
        "退回补正", "市主管部门退回、县区还没有重新报送的备案。", lambda at: Q(status="returned")
    ),
    "sent": Sort("待收", "县区已报送、市主管部门还没有收的备案。", lambda at: Q(status="sent")),
    "unsent": Sort("待报送", "清单已公布、县区还没有报送的备案。", lambda at: Q(status="unsent")),
    "received": Sort("已备案", "市主管部门已收并给了备案号的备案。", lambda at: Q(status="received")),
}


def counties_kept(user: User) -> list[Division]:
    """The counties whose filings one watches over; raises :class:`NotPermitted` when there are none."""
    found = list(counties_within(authority_of(user), *KEEPERS).order_by("code"))
    if not found:
        raise NotPermitted("备案由县区和市主管部门办理。")
    return found


def filings(request: HttpRequest) -> HttpResponse:
    """The numbers, the counties, and the filings behind one number."""
    user, (at, _) = signed_in(request), today_now()
    counties = counties_kept(user)
    sort, county = _asked(request, counties)
    here = ListFiling.objects.filter(edition__county__in=counties if county is None else [county])
    listed = here if sort == ALL else here.filter(SORTS[sort].where(at))
    page = keyset_page(
        _with_edition(listed), order=("-pk",), cursor=request.GET.get("cursor", ""), size=PAGE_SIZE
    )
    address = _address(sort, county)
    context = {
        "title": "清单备案",
        "tabs": tabs_for(user, "matters:filings"),
        "at": at,
        "stats": _stats(here, county, at=at),
        "counties": _county_rows(counties, at=at),
        "county": county,
        "sort": SORTS.get(sort),
        "total": listed.count(),
        "rows": [_row(filing, at=at) for filing in page.rows],
        "all_url": _address(ALL, county),
        "everywhere_url": _address(sort, None),
        "next_url": f"{address}&cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": address if request.GET.get("cursor") else "",
    }
    return render(request, "matters/filings.html", context)


def _asked(request: HttpRequest, counties: Sequence[Division]) -> tuple[str, Division | None]:
    """The kind and the county of the address; what the person does not watch over does not exist."""
    sort, code = request.GET.get("status", ALL), request.GET.get("county", "")
    if sort != ALL and sort not in SORTS:
        raise Http404
    county = next((each for each in counties if each.code == code), None)
    if code and county is None:
        raise Http404
    return sort, county


def _address(sort: str, county: Division | None) -> str:
    where = {"county": county.code} if county else {}
    return f"{reverse('matters:filings')}?{urlencode({'status': sort, **where})}"


def _stats(here: ListFilingQuerySet, county: Division | None, *, at: datetime) -> list[dict[str, Any]]:
    """The numbers, each counted by the condition that makes its list."""
    counts = here.aggregate(**{key: Count("pk", filter=sort.where(at)) for key, sort in SORTS.items()})
    return [
        {
            "name": sort.word,
            "value": counts[key],
            "unit": "件",
            "url": f"{_address(key, county)}#list",
            "definition": sort.definition,
            "light": sort.light if counts[key] else "",
        }
        for key, sort in SORTS.items()
    ]


def _county_rows(counties: Sequence[Division], *, at: datetime) -> list[dict[str, Any]]:
    """Every county with its numbers; two statements. Those longest overdue stand on top."""
    counted = (
        ListFiling.objects.filter(edition__county__in=counties)
        .order_by()
        .values("edition__county")
        .annotate(
            **{key: Count("pk", filter=sort.where(at)) for key, sort in SORTS.items()},
            oldest=Min("due_at", filter=SORTS["overdue"].where(at)),
            unfiled=Count("pk", filter=SORTS["overdue"].where(at) & Q(edition__in_force_on__lte=day_of(at))),
            reminded=Max("reminded_at"),
        )
    )
    by_county = {row["edition__county"]: row for row in counted}
    published = dict(
        MatterList.objects.published()
        .filter(county__in=counties)
        .order_by()
        .values_list("county")
        .annotate(count=Count("pk"))
    )
    rows = [
        _county_row(each, by_county.get(each.pk, {}), published.get(each.pk, 0), at=at) for each in counties
    ]
    return sorted(rows, key=lambda row: (not row["late"], -row["days"], row["code"]))


def _county_row(county: Division, counted: dict[str, Any], published: int, *, at: datetime) -> dict[str, Any]:
    oldest = counted.get("oldest")
    days = max(0, (day_of(at) - day_of(oldest)).days) if oldest else 0
    numbers = {key: counted.get(key, 0) for key in SORTS}
    return {
        "code": county.code,
        "name": county.name,
        "url": _address(ALL, county),
        "published": published,
        "numbers": [
            (numbers[key], f"{_address(key, county)}#list")
            for key in ("received", "sent", "returned", "unsent")
        ],
        "overdue": numbers["overdue"],
        "overdue_url": f"{_address('overdue', county)}#list",
        "late": (f"超期 {days} 天" if days else "超期") if oldest else "",
        "days": days,
        "unfiled": counted.get("unfiled", 0),
        "reminded": counted.get("reminded"),
    }


def _with_edition(rows: ListFilingQuerySet) -> ListFilingQuerySet:
    return rows.select_related("edition__county").defer("package", "edition__county__outline")


def _row(filing: ListFiling, *, at: datetime) -> dict[str, Any]:
    """One filing in the list."""
    owed = filing.status in ("unsent", "returned")
    return {
        "url": reverse("matters:filing", args=[filing.pk]),
        "title": f"{filing.edition.county.name} 第{filing.edition.edition}版",
        "document": filing.edition.document,
        "due_at": filing.due_at if owed else None,
        "sent_at": filing.sent_at,
        "receipt": filing.receipt,
        "reminded_at": filing.reminded_at,
        "filing": filing_words(filing, at=at),
    }
