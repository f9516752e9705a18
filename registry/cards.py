"""How a record is shown: its name, its fields with day and source, the people of a household (Art. 15, 20).

Personal texts are masked here; only the page that reveals shows them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from common.privacy.masking import mask
from common.shapes import Shown
from common.templatetags.when import day as day_words
from registry.circles import Circle, Held, is_due
from registry.cleaning import years_on
from registry.fields import NAMES, SOURCES, fields_of
from registry.kinds import KINDS, PERSON, RELATIONS, ROLES
from registry.models import Record, Relation, Value
from worktime.clocks import day_of

NAMELESS = {PERSON: "姓名已清除"}


@dataclass(frozen=True, slots=True)
class FieldLine(Shown):
    """One field on a card. ``key`` opens the page that reveals it; empty where nothing is masked."""

    field: str
    label: str
    words: str
    key: str = ""
    known: str = ""  # 11月3日 当面询问
    by: str = ""
    is_due: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Member(Shown):
    """A record related to the one on the card."""

    url: str
    name: str
    words: str
    relation: Relation
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class AlikeRow(Shown):
    """A record that looks like what is typed: its name, and what agrees and what differs."""

    record: Record
    name: str
    words: str


def shown(value: Value) -> str:
    """Returns a value as the card shows it: in words, or masked where it is personal."""
    declared, text = value.declared, value.plain()
    return declared.words(text) if declared.is_plain else mask(text, kind=declared.mask)


def lines_of(record: Record, held: Held, *, day: date) -> list[FieldLine]:
    """Returns the fields of a record that are known, and those that anybody may know and that are missing."""
    lines = []
    for declared in fields_of(record.kind):
        value = held.get(declared.key)
        if value is None:
            if not declared.verb:
                lines.append(FieldLine(declared.key, declared.label, "", is_missing=True))
            continue
        masked = not declared.is_plain
        lines.append(
            FieldLine(
                field=declared.key,
                label=declared.label,
                words=shown(value),
                key=f"value:{value.pk}" if masked else "",
                known=known_words(value),
                by=value.by.name if value.by else value.supplier,
                is_due=is_due(declared, value, day=day),
            )
        )
    return lines


def known_words(value: Value) -> str:
    """Returns since when and from where a value is known: ``11月3日核对，当面询问``."""
    source = value.supplier or SOURCES[value.source]
    is_fresh = value.confirmed_at > value.at
    return f"{day_words(day_of(value.confirmed_at))}{'核对' if is_fresh else ''} {source}"


def name_of(record: Record, held: Held) -> str:
    """Returns the name of a record as the card shows it; its kind and number where it has none."""
    value = held.get(NAMES[record.kind])
    words = shown(value) if value is not None else ""
    if record.kind == "household":
        return f"{words or KINDS[record.kind]} {record.number}"
    return words or f"{KINDS[record.kind]} {record.number}"


def title_of(circle: Circle) -> str:
    """Returns the heading of a card: a household is named by its address and its householder."""
    record = circle.record
    if record.kind != "household":
        return name_of(record, circle.held(record))
    houses = [each.target for each in circle.outward if each.kind == "dwells"]
    heads = [each.source for each in circle.inward if each.role == "head"]
    names = [name_of(each, circle.held(each)) for each in (*houses, *heads)]
    return " ".join(names) or name_of(record, circle.held(record))


def members_of(circle: Circle, *, day: date) -> list[Member]:
    """Returns the records on the other end of each present relation of the record, the householder first."""
    found = [
        *(
            _member(each, each.source, circle, RELATIONS[each.kind].inverse, day=day)
            for each in circle.inward
        ),
        *(_member(each, each.target, circle, RELATIONS[each.kind].word, day=day) for each in circle.outward),
    ]
    return sorted(found, key=lambda each: (each.relation.role != "head", each.relation.pk))


def _member(relation: Relation, other: Record, circle: Circle, word: str, *, day: date) -> Member:
    held = circle.held(other)
    about = [ROLES[relation.role] if relation.role else word, *_about(other, held, day=day)]
    return Member(
        url=reverse("registry:record", args=[other.pk]),
        name=name_of(other, held),
        words=" · ".join(filter(None, about)),
        relation=relation,
        is_due=any(
            is_due(each, held.get(each.key), day=day) for each in fields_of(other.kind) if not each.verb
        ),
    )


def _about(record: Record, held: Held, *, day: date) -> Iterable[str]:
    if record.kind != PERSON:
        return
    if "sex" in held:
        yield shown(held["sex"])
    if "born" in held and (born := held["born"].plain()):
        yield age_words(years_on(day, born=date.fromisoformat(born)))
    if "residence" in held:
        yield shown(held["residence"])


def age_words(years: int) -> str:
    """Returns an age by decades: a day of birth is sensitive, ``四十多岁`` helps at the door."""
    if years < 18:
        return "未成年"
    return f"{years // 10 * 10} 多岁" if years < 90 else "90 岁以上"
