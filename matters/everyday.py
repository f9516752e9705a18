"""Which matters a word of everyday speech means: 噪音 the matter 噪声扰民, 没水 a burst pipe or the water supply.

``seed/everyday_words.csv`` says what people say, which words of a list it means, and why. A county's own words stand in
its list, as a matter's other names (``synonyms``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.db.models import Q

from matters.models import Matter

TABLE = Path(__file__).parent / "seed" / "everyday_words.csv"
SAME, MEANT, ALIKE, OTHER = range(4)
SHORTEST_PHRASE = 4  # characters; a shorter text is found by its words or not at all
ENOUGH = 0.5  # of the pairs of characters of a phrase that a matter's own phrase must have


@dataclass(frozen=True, slots=True)
class EverydayWord:
    """What people say, and the words in a list of which each matter that is meant has at least one."""

    phrase: str
    means: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def everyday_words() -> tuple[EverydayWord, ...]:
    """Returns the table."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            EverydayWord(row["phrase"], tuple(row["means"].split(";")), row["source"])
            for row in csv.DictReader(lines)
        )


def plain(text: str) -> str:
    """Returns the text as it is compared: small letters, no spaces."""
    return "".join(text.lower().split())


@lru_cache(maxsize=2_000)
def meant_by(word: str) -> tuple[str, ...]:
    """Returns the words of a list that a typed text means; of two sayings, one inside the other, the longer counts."""
    found = [row for row in everyday_words() if row.phrase in word]
    longest = [
        row for row in found if not any(row.phrase in other.phrase for other in found if other is not row)
    ]
    return tuple(dict.fromkeys(meaning for row in longest for meaning in row.means))


def pairs_of(word: str) -> frozenset[str]:
    """Returns the pairs of neighbouring characters of a phrase; nothing for a short text or one of letters."""
    if len(word) < SHORTEST_PHRASE or word.isascii():
        return frozenset()
    return frozenset(word[at : at + 2] for at in range(len(word) - 1))


def may_mean(word: str, column: str) -> Q:
    """Returns the condition under which ``kinship`` is worth asking, on a column without spaces."""
    wanted = Q(**{f"{column}__contains": word})
    for each in (*meant_by(word), *sorted(pairs_of(word))):
        wanted |= Q(**{f"{column}__contains": each})
    return wanted


def kinship(find: str, word: str) -> int:
    """Returns how a matter's words answer a text: it stands there, is meant, is said alike, or none of these."""
    words = plain(find)
    if word in words:
        return SAME
    if any(each in words for each in meant_by(word)):
        return MEANT
    pairs = pairs_of(word)
    if pairs and any(
        sum(pair in phrase for pair in pairs) >= ENOUGH * len(pairs) for phrase in words.split("|")
    ):
        return ALIKE
    return OTHER


def found_by(matters: Iterable[Matter], text: str) -> list[Matter]:
    """Returns the matters that a text means, in the order given; those said alike only if nothing else is found."""
    word = plain(text)
    near = [(kinship(matter.find, word), matter) for matter in matters]
    found = [matter for how, matter in near if how <= MEANT]
    return found or [matter for how, matter in near if how == ALIKE]


@lru_cache(maxsize=2_000)
def other_words_for(find: str) -> str:
    """Returns what people say of a matter beyond its own words, for a search that runs in the browser."""
    words = plain(find)
    return "|".join(row.phrase for row in everyday_words() if any(each in words for each in row.means))
