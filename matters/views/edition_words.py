"""Editions, their matters and filings in words. Shapes for the templates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse

from common.templatetags.when import day as in_words
from matters import burden
from matters.comparison import Change, Difference
from matters.content import LIMITED_STEPS, LINES, MatterContent, content_of, limit_words
from matters.models import Matter, MatterList
from matters.views.beginning import Beginning

NEW_WORDS = ("否", "0")  # values that a new matter does not need to show


@dataclass(frozen=True, slots=True)
class EditionState:
    """The state of an edition: a key and its words."""

    key: str
    words: str


def state_of(edition: MatterList, *, editions: Iterable[MatterList], today: date) -> EditionState:
    """Returns the state of an edition, among the published ``editions`` of its county."""
    if edition.published_at is None:
        return EditionState(key="draft", words="在编")
    if edition.in_force_on > today:
        return EditionState(key="coming", words=f"已公布，{in_words(edition.in_force_on)}起施行")
    begun = [each for each in editions if each.edition > edition.edition and each.in_force_on <= today]
    if not begun:
        return EditionState(key="in_force", words="现行")
    heir = min(begun, key=lambda each: each.edition)
    return EditionState(key="superseded", words=f"已被第{heir.edition}版取代")


def limits_of(row: Matter | MatterContent) -> str:
    """Returns the limits that a matter sets, in words; empty if the settings by grade apply."""
    limits = (
        (word, limit_words(getattr(row, f"{step}_amount"), getattr(row, f"{step}_unit")))
        for step, word in LIMITED_STEPS.items()
    )
    return "，".join(f"{word} {limit}" for word, limit in limits if limit)


def term_of(row: Matter, *, today: date) -> str:
    """Returns ``临时，至…`` for a temporary matter; empty for the others."""
    if row.ends_on is None:
        return ""
    return (
        f"临时，已于{in_words(row.ends_on)}到期"
        if row.ends_on < today
        else f"临时，至{in_words(row.ends_on)}"
    )


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter as a row of a list."""

    url: str
    code: str
    name: str
    kind: str
    lead: str
    others: int
    severity: str
    limits: str
    term: str
    is_confidential: bool
    minutes: int
    beginning: Beginning | None = None


def row_of(row: Matter, *, today: date, beginning: Beginning | None = None) -> MatterRow:
    """Returns one matter as a row of a list, with what the user can begin at it."""
    content = content_of(row)
    return MatterRow(
        url=reverse("matters:matter", args=[row.edition_id, row.code]),
        code=row.code,
        name=row.name,
        kind=row.get_kind_display(),
        lead=row.lead_function,
        others=len(row.lead_functions) - 1,
        severity=row.get_severity_display(),
        limits=limits_of(row),
        term=term_of(row, today=today),
        is_confidential=row.confidential,
        minutes=content.minutes_per_month,
        beginning=beginning,
    )


@dataclass(frozen=True, slots=True)
class MatterGroup:
    """The matters of one category."""

    name: str
    rows: list[MatterRow]


def groups_of(
    rows: Iterable[Matter], *, today: date, begun_at: Mapping[str, Beginning] | None = None
) -> list[MatterGroup]:
    """Returns matters by category, in the order of the law. ``begun_at`` has what the user can begin, by code."""
    can_begin = begun_at or {}
    found: dict[int, list[MatterRow]] = {}
    for row in rows:
        found.setdefault(row.category, []).append(row_of(row, today=today, beginning=can_begin.get(row.code)))
    return [
        MatterGroup(name=Matter.Category(category).label, rows=found[category]) for category in sorted(found)
    ]


def burden_of(rows: Iterable[Matter]) -> int:
    """Returns the minutes per month that matters demand of one grid."""
    return burden.total(content_of(row) for row in rows)


def change_words(minutes: int) -> str:
    """Returns the change in words: ``+2 小时``, ``-30 分钟``, ``不变``."""
    if not minutes:
        return "不变"
    return f"{'+' if minutes > 0 else ''}{burden.hours_words(minutes)}"


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One line of a matter; a line without content has an empty text."""

    key: str
    word: str
    text: str


def lines_of(content: MatterContent) -> list[ContentLine]:
    """Returns every line of a matter. Lines without content stay empty."""
    return [ContentLine(key=line.key, word=line.word, text=line.says(content)) for line in LINES]


def new_lines(content: MatterContent) -> tuple[Change, ...]:
    """Returns the content of a new matter, as changes from nothing."""
    lines = ((line.word, line.says(content)) for line in LINES if line.key != "name")
    return tuple(Change(word, "", text) for word, text in lines if text and text not in NEW_WORDS)


@dataclass(frozen=True, slots=True)
class WordedDifference:
    """A difference between two lists with its word."""

    what: str
    word: str
    difference: Difference


def worded(difference: Difference, word: str, row: Matter | None) -> WordedDifference:
    """Returns a difference with its word; for a new matter ``row`` with its whole content."""
    if difference.what == "added" and row is not None:
        difference = replace(difference, changes=new_lines(content_of(row)))
    return WordedDifference(what=difference.what, word=word, difference=difference)


def counts_of(differences: Sequence[Difference]) -> dict[str, int]:
    """Returns how many are added, changed, ended."""
    found = {what: sum(each.what == what for each in differences) for what in ("added", "changed", "ended")}
    return {**found, "total": len(differences)}
