"""One page of a list: rows in their order, piles with their counts, the links to the other pages, words if it is empty.

A noun keeps one :class:`Listing` and a template that extends templates/listing.html and says how one row looks.
A list with a page of its own kind, such as the desk, takes its rows and links from :func:`page_of`. Empty words in
what ``asked`` says of the address are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest

from common.numbers import whole_number
from common.records.keyset import keyset_page
from common.shapes import Context
from common.web.shapes import Link

RowT = TypeVar("RowT", bound=Model)
SeenT = TypeVar("SeenT", bound=QuerySet[Any])
PAGE_SIZE = 50
NEWEST = ("-pk",)


@dataclass(frozen=True)
class Empty:
    """What stands in place of rows: what there is none of, and what brings something here."""

    title: str
    text: str = ""


@dataclass(frozen=True)
class Pile:
    """One tab of a list. ``where`` makes its rows and its count; some conditions need the moment."""

    word: str
    where: Q | Callable[[datetime], Q]
    empty: Empty
    light: str = ""

    def condition(self, at: datetime | None) -> Q:
        """The condition at a moment."""
        if isinstance(self.where, Q):
            return self.where
        assert at is not None, self.word
        return self.where(at)


@dataclass(frozen=True)
class Leaf(Generic[RowT]):
    """One page of rows, with the links to the next page and to the first; an empty link leads nowhere."""

    rows: list[RowT]
    next_url: str
    first_url: str

    def links(self) -> dict[str, str]:
        """What templates/parts/pager.html shows."""
        return {"next_url": self.next_url, "first_url": self.first_url}


@dataclass(frozen=True)
class Listing:
    """What a noun says of its list. ``parameter`` is the word by which the address names the pile.

    ``empty`` is for a list without piles, ``narrowed`` for one that a search or a filter left empty.
    """

    label: str
    columns: tuple[str, ...] = ()
    piles: Mapping[str, Pile] = field(default_factory=dict)
    piles_label: str = ""
    empty: Empty | None = None
    narrowed: Empty | None = None
    parameter: str = "pile"
    order: tuple[str, ...] = NEWEST
    size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        if not self.piles and self.empty is None:
            raise ValueError(f"{self.label}: a list without piles needs words for when it is empty")

    def chosen(self, request: HttpRequest) -> str:
        """The pile that the address names, else the first. Raises Http404 if there is no such pile."""
        if not self.piles:
            return ""
        key = request.GET.get(self.parameter, next(iter(self.piles)))
        if key not in self.piles:
            raise Http404
        return key

    def counts(self, seen: QuerySet[Any], at: datetime | None = None) -> dict[str, int]:
        """How many rows each pile holds; one statement."""
        found: dict[str, int] = seen.aggregate(
            **{key: Count("pk", filter=pile.condition(at)) for key, pile in self.piles.items()}
        )
        return found

    def rows(self, seen: SeenT, key: str, at: datetime | None = None) -> SeenT:
        """The rows of a pile, by the condition that counts them."""
        return seen.filter(self.piles[key].condition(at)) if self.piles else seen

    def context(
        self,
        request: HttpRequest,
        seen: SeenT,
        *,
        shown: Callable[[list[Any]], Iterable[Any]] = list,
        named: Callable[[SeenT], QuerySet[Any]] | None = None,
        query: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> Context:
        """What templates/listing.html shows of the rows in sight.

        ``query`` is what else the address says, ``named`` fetches what a row shows, ``shown`` turns rows into what
        the template reads.
        """
        key = self.chosen(request)
        words = {name: word for name, word in (query or {}).items() if word}
        rows = self.rows(seen, key, at)
        leaf = page_of(
            request,
            named(rows) if named else rows,
            order=self.order,
            size=self.size,
            query={self.parameter: key, **words},
        )
        pile = self.piles.get(key)
        is_narrowed = bool(words) and self.narrowed is not None
        return {
            "listing": self,
            "pile": pile,
            "pile_key": key,
            "piles": self.tabs(request, self.counts(seen, at), key, words) if self.piles else [],
            "rows": list(shown(leaf.rows)),
            "is_narrowed": is_narrowed,
            "empty": self.narrowed if is_narrowed else pile.empty if pile else self.empty,
            **leaf.links(),
        }

    def tabs(
        self, request: HttpRequest, counts: Mapping[str, int], key: str, words: Mapping[str, str]
    ) -> list[Link]:
        """What templates/parts/piles.html shows."""
        return [
            Link(
                key=each,
                name=pile.word,
                url=address_with(request.path, **{self.parameter: each}, **words),
                count=counts[each],
                is_current=each == key,
            )
            for each, pile in self.piles.items()
        ]


def page_of(
    request: HttpRequest,
    rows: QuerySet[RowT],
    *,
    order: tuple[str, ...] = NEWEST,
    size: int = PAGE_SIZE,
    query: Mapping[str, str] | None = None,
    part: str = "",
) -> Leaf[RowT]:
    """The page of ``rows`` that the cursor of the address names; ``query`` is what else the address says."""
    cursor, words = request.GET.get("cursor", ""), query or {}
    page = keyset_page(rows, order=order, cursor=cursor, size=size)
    onward = address_with(request.path, **words, cursor=page.next_cursor) + part
    first = address_with(request.path, **words) + part
    return Leaf(page.rows, onward if page.next_cursor else "", first if cursor else "")


def lines_by_outcome(
    request: HttpRequest,
    lines: Iterable[Mapping[str, Any]],
    words: Mapping[str, str],
    counts: Mapping[str, int],
    *,
    row_of: Callable[[Any], Any],
) -> Context:
    """The lines of a file that was read, one outcome at a time, with the count of each; ``words`` name the outcomes.

    The lines are in memory already, so the pages have numbers.
    """
    pile, present = request.GET.get("show", ""), [key for key in words if counts.get(key)]
    shown = pile if pile in words else next(iter(present), "fault")
    pages = Paginator([line for line in lines if line["outcome"] == shown], PAGE_SIZE)
    page = pages.get_page(whole_number(request.GET.get("page", "1")) or 1)

    def address(number: int) -> str:
        return f"?{urlencode({'show': shown, 'page': number})}#list"

    return {
        "piles": [
            Link(url=f"?show={key}#list", name=words[key], count=counts[key], is_current=key == shown)
            for key in present
        ],
        "shown_word": words[shown],
        "page": page,
        "rows": [row_of(line) for line in page.object_list],
        "previous_url": address(page.number - 1) if page.has_previous() else "",
        "next_url": address(page.number + 1) if page.has_next() else "",
    }


def address_with(address: str, **fields: str) -> str:
    """An address with its query; empty words are left out."""
    query = urlencode({key: word for key, word in fields.items() if word})
    return f"{address}?{query}" if query else address
