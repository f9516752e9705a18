"""Finds records that look like one that is typed, and pairs of records that look like one person (Art. 15).

Candidates are found by keyed digests in the township; the values of the few that are found are opened and compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.fields import NAMES
from registry.keys import key_texts, lookups
from registry.kinds import PERSON
from registry.likeness import EVIDENCE, PROPOSED_FROM, SHOWN_FROM, Likeness, likeness
from registry.models import Pair, Record, SearchKey, Value

MOST_CANDIDATES, MOST_SHOWN = 60, 5
# Letters alone, and a common day of birth, find half a township.
BY = ("whole", "sound", "alike", "part")
MOST_IN_ONE_KEY = 40


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that looks like another."""

    record: Record
    likeness: Likeness


def look_alikes(kind: str, typed: Mapping[str, str], *, township: int, but: int | None = None) -> list[Alike]:
    """Returns the current records of a township that look like what is typed, the most alike first; three statements.

    They are all of them: the caller leaves out what its user may not see.
    """
    counted: Counter[int] = Counter()
    digests = [
        digest
        for field, text in typed.items()
        if text
        for what, word in key_texts(field, text)
        if what in BY
        for digest in lookups(field, what, word, township=township)
    ]
    rows = SearchKey.objects.filter(digest__in=digests, record__status="current", record__kind=kind)
    counted.update(rows.exclude(record=but).values_list("record", flat=True)[: MOST_CANDIDATES * 10])
    numbers = [pk for pk, _ in counted.most_common(MOST_CANDIDATES)]
    values = opened(numbers)
    if kind != PERSON:
        return _named_alike(kind, typed, numbers, values)
    found = [(likeness(typed, values[pk]), pk) for pk in numbers]
    best = sorted((each for each in found if each[0].weight >= SHOWN_FROM), key=lambda each: -each[0].weight)
    records = Record.objects.with_place().in_bulk([pk for _, pk in best[:MOST_SHOWN]])
    return [Alike(records[pk], like) for like, pk in best[:MOST_SHOWN]]


def _named_alike(
    kind: str, typed: Mapping[str, str], numbers: Iterable[int], values: Mapping[int, Mapping[str, str]]
) -> list[Alike]:
    """Records of other kinds look alike by the same name, the same address or the same code."""
    found = []
    for pk in numbers:
        same = [
            key
            for key in (NAMES[kind], "credit_code")
            if typed.get(key) and values[pk].get(key) == typed[key]
        ]
        if same:
            found.append((pk, Likeness(SHOWN_FROM, tuple("名称" for _ in same[:1]), ())))
    records = Record.objects.with_place().in_bulk([pk for pk, _ in found[:MOST_SHOWN]])
    return [Alike(records[pk], like) for pk, like in found[:MOST_SHOWN]]


COMPARED = (*EVIDENCE, *NAMES.values(), "credit_code")


def opened(records: Collection[int], fields: Collection[str] = COMPARED) -> dict[int, dict[str, str]]:
    """Returns the present values of these fields, opened, by record; one statement."""
    rows = Value.objects.present().filter(record__in=records, field__in=fields, erased_at=None)
    found: dict[int, dict[str, str]] = {pk: {} for pk in records}
    for value in rows:
        found[value.record_id][value.field] = value.plain()
    return found


def doubles_in(township: int) -> Iterator[tuple[int, int, Likeness]]:
    """Yields pairs of current persons of a township that look like one, each once, the smaller number first.

    Pairs that share a key of a number, a telephone or a name are compared; pairs about which a person has decided, and
    those that are proposed already, are left out.
    """
    known = set(Pair.objects.filter(first__township=township).values_list("first", "second"))
    pairs: set[tuple[int, int]] = set()
    for group in _groups(township):
        members = sorted(group)
        pairs.update((one, other) for place, one in enumerate(members) for other in members[place + 1 :])
    values: dict[int, dict[str, str]] = {}
    for one, other in sorted(pairs - known):
        if one not in values or other not in values:
            values = opened(_next(sorted(pairs - known), one))
        like = likeness(values[one], values[other])
        if like.weight >= PROPOSED_FROM:
            yield one, other, like


def _next(pairs: list[tuple[int, int]], start: int, most: int = 4000) -> set[int]:
    """The records of the next pairs from ``start`` on, so that not all of a township is open at once."""
    after = [pair for pair in pairs if pair[0] >= start][:most]
    return {pk for pair in after for pk in pair}


def _groups(township: int) -> Iterator[set[int]]:
    """The records of a township that share a key; a key that many share says nothing."""
    keys = SearchKey.objects.filter(
        record__township=township,
        record__status="current",
        record__kind=PERSON,
        field__in=("name", "number", "phone", "born"),
    )
    groups: defaultdict[bytes, set[int]] = defaultdict(set)
    for digest, pk in keys.values_list("digest", "record").iterator(chunk_size=5000):
        groups[bytes(digest)].add(pk)
    for group in groups.values():
        if 1 < len(group) <= MOST_IN_ONE_KEY:
            yield group
