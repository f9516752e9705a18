"""What counties owe the city, have sent and got back: numbers, counties, and the filings behind each number.

The same overview serves the filing of grids (Art. 7) and of lists (Art. 14, 16); an :class:`Overview` holds the
differences.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse

from common.shapes import Context
from common.web.listing import Empty, Listing, Pile, address_with
from common.web.shapes import Stat
from filing.life import OWED, Filing, FilingWords, days_late, filing_words, late_words

ALL = "all"
COUNTED = ("received", "sent", "returned", "unsent")  # the columns of the counties' table


class County(Protocol):
    """A county, as the overview needs it."""

    pk: int
    code: str
    name: str


SORTS = {
    "overdue": Pile(
        "超期",
        lambda at: Q(status__in=OWED, due_at__lt=at),
        Empty("没有超期的备案", "过了应报时间还没有报送或补正的备案。"),
        "late",
    ),
    "returned": Pile(
        "退回补正",
        Q(status="returned"),
        Empty("没有退回补正的备案", "市主管部门退回、县区还没有重新报送的备案。"),
    ),
    "sent": Pile("待收", Q(status="sent"), Empty("没有待收的备案", "县区已报送、市主管部门还没有收的备案。")),
    "unsent": Pile("待报送", Q(status="unsent"), Empty("没有待报送的备案", "已公布、县区还没有报送的备案。")),
    "received": Pile(
        "已备案",
        Q(status="received"),
        Empty("没有已备案的备案", "市主管部门已收并给了备案号的备案。"),
    ),
}
EVERYTHING = Pile("全部备案", Q(), Empty("还没有备案", "公布以后，这里列出应向市主管部门报送的备案。"))
LISTING = Listing(
    label="备案",
    columns=("备案", "应报", "报送", "备案号", "最近提醒"),
    piles={ALL: EVERYTHING, **SORTS},
    parameter="status",
)


@dataclass(frozen=True, slots=True)
class Filed:
    """What names the object that is filed."""

    url: str
    title: str
    more: str


@dataclass(frozen=True, slots=True)
class FilingRow(Filed):
    """One filing in the list."""

    due_at: datetime | None
    sent_at: datetime | None
    receipt: str
    reminded_at: datetime | None
    filing: FilingWords


@dataclass(frozen=True, slots=True)
class CountyRow:
    """The numbers of one county; ``numbers`` are the counts of COUNTED with the address of each list."""

    code: str
    name: str
    url: str
    published: int
    numbers: list[tuple[int, str]]
    overdue: int
    overdue_url: str
    late: str
    days: int
    unfiled: int
    reminded: datetime | None


@dataclass(frozen=True)
class Overview:
    """The filings of one kind. ``subject`` is the field for the filed object, which has a ``county``.

    ``in_force`` returns the condition for filings whose object is in force at a moment; if overdue, they are listed
    first.
    """

    route: str
    subject: str
    in_force: Callable[[datetime], Q]
    filed: Callable[[Any], Filed]  # names the object of a filing

    def context(
        self,
        request: HttpRequest,
        filings: QuerySet[Any],
        published: QuerySet[Any],
        counties: Sequence[County],
        *,
        at: datetime,
    ) -> Context:
        """The context of templates/filings.html; ``published`` are the objects that had to be filed.

        Raises :class:`Http404` for a kind that does not exist and a county that the user does not supervise.
        """
        county = self._county_of(request, counties)
        watched = [each.pk for each in counties] if county is None else [county.pk]
        here = filings.filter(**{f"{self.subject}__county__in": watched})
        where = {"county": county.code} if county else {}
        listed = LISTING.context(
            request,
            here,
            shown=lambda rows: [_row(filing, self.filed(filing), at=at) for filing in rows],
            query=where,
            at=at,
        )
        key, counts = listed["pile_key"], {pile.key: pile.count for pile in listed["piles"]}
        return {
            "at": at,
            "stats": self._stats(counts, county),
            "counties": self._county_rows(filings, published, counties, at=at),
            "county": county,
            "total": counts[key],
            "all_url": self._address(ALL, county),
            "everywhere_url": self._address(key, None),
            **listed,
        }

    def _county_of(self, request: HttpRequest, counties: Sequence[County]) -> County | None:
        """The county of the address, None for all. Raises Http404 if the person does not watch over it."""
        code = request.GET.get("county", "")
        county = next((each for each in counties if each.code == code), None)
        if code and county is None:
            raise Http404
        return county

    def _address(self, sort: str, county: County | None) -> str:
        return address_with(reverse(self.route), status=sort, county=county.code if county else "")

    def _stats(self, counts: Mapping[str, int], county: County | None) -> list[Stat]:
        """The numbers, each counted by the condition that makes its list."""
        return [
            Stat(
                name=sort.word,
                value=counts[key],
                unit="件",
                url=f"{self._address(key, county)}#list",
                definition=sort.empty.text,
                light=sort.light if counts[key] else "",
            )
            for key, sort in SORTS.items()
        ]

    def _county_rows(
        self, filings: QuerySet[Any], published: QuerySet[Any], counties: Sequence[County], *, at: datetime
    ) -> list[CountyRow]:
        """Every county with its numbers, in two statements. Overdue filings already in force come first."""
        field, watched = f"{self.subject}__county", [each.pk for each in counties]
        overdue = SORTS["overdue"].condition(at)
        counted = (
            filings.filter(**{f"{field}__in": watched})
            .order_by()
            .values(field)
            .annotate(
                **{key: Count("pk", filter=sort.condition(at)) for key, sort in SORTS.items()},
                oldest=Min("due_at", filter=overdue),
                unfiled=Count("pk", filter=overdue & self.in_force(at)),
                reminded=Max("reminded_at"),
            )
        )
        by_county = {row[field]: row for row in counted}
        had_to_be = published.filter(county__in=watched).order_by().values_list("county")
        totals = dict(had_to_be.annotate(count=Count("pk")))
        rows = [
            self._county_row(each, by_county.get(each.pk, {}), totals.get(each.pk, 0), at=at)
            for each in counties
        ]
        return sorted(rows, key=lambda row: (not row.unfiled, not row.late, -row.days, row.code))

    def _county_row(
        self, county: County, counted: Mapping[str, Any], published: int, *, at: datetime
    ) -> CountyRow:
        oldest = counted.get("oldest")
        days = days_late(oldest, at=at) if oldest else 0
        numbers = {key: counted.get(key, 0) for key in SORTS}
        return CountyRow(
            code=county.code,
            name=county.name,
            url=self._address(ALL, county),
            published=published,
            numbers=[(numbers[key], f"{self._address(key, county)}#list") for key in COUNTED],
            overdue=numbers["overdue"],
            overdue_url=f"{self._address('overdue', county)}#list",
            late=late_words(days) if oldest else "",
            days=days,
            unfiled=counted.get("unfiled", 0),
            reminded=counted.get("reminded"),
        )


def _row(filing: Filing, filed: Filed, *, at: datetime) -> FilingRow:
    return FilingRow(
        url=filed.url,
        title=filed.title,
        more=filed.more,
        due_at=filing.due_at if filing.status in OWED else None,
        sent_at=filing.sent_at,
        receipt=filing.receipt,
        reminded_at=filing.reminded_at,
        filing=filing_words(filing, at=at),
    )
