"""The pinyin of a name, for sorting and for search: the plain reading, and every reading of a place or a person.

``readings.csv`` says how places of Puyang and surnames are read, each with its source; it goes before the dictionary of
pypinyin, and what it leaves open is read by that dictionary.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

from pypinyin import Style, lazy_pinyin

TABLE = Path(__file__).with_name("readings.csv")
PLACE, SURNAME = "place", "surname"
KINDS = {PLACE: (PLACE,), SURNAME: (SURNAME,), "both": (PLACE, SURNAME)}
MOST = 8  # readings of one name; a name with more ways to be read does not occur
BETWEEN = "|"


@lru_cache(maxsize=20_000)
def full_reading(text: str) -> str:
    """Return the pinyin without tones as the dictionary has it: ``pu cheng zhen``."""
    return " ".join(lazy_pinyin(text)).lower()


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """Return the first letters as the dictionary has them: ``pcz``."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name: its syllables, and their first letters."""

    syllables: tuple[str, ...]
    letters: str

    @property
    def spaced(self) -> str:
        """The syllables with spaces between: ``nan le xian``."""
        return " ".join(self.syllables)

    @property
    def together(self) -> str:
        """The syllables as people type them: ``nanlexian``."""
        return "".join(self.syllables)

    def __add__(self, other: Reading) -> Reading:
        return Reading(self.syllables + other.syllables, self.letters + other.letters)


@dataclass(frozen=True, slots=True)
class LocalReading:
    """A row of the table: how a word is read in names of places or as a surname, the usual reading first."""

    text: str
    readings: tuple[Reading, ...]
    kinds: tuple[str, ...]
    source: str


@lru_cache(maxsize=1)
def local_readings() -> tuple[LocalReading, ...]:
    """Return the rows of ``readings.csv``."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            LocalReading(row["text"], tuple(_ways(row["reading"])), KINDS[row["kind"]], row["source"])
            for row in csv.DictReader(lines)
        )


def _ways(written: str) -> Iterator[Reading]:
    for way in written.split("/"):
        syllables = tuple(way.split())
        yield Reading(syllables, "".join(syllable[0] for syllable in syllables))


@lru_cache(maxsize=2)
def _words_of(kind: str) -> dict[str, tuple[Reading, ...]]:
    return {row.text: row.readings for row in local_readings() if kind in row.kinds}


@lru_cache(maxsize=20_000)
def place_readings(name: str) -> tuple[Reading, ...]:
    """Return every reading of a place's name, the local one first and the dictionary's last."""
    return _combined(_pieces_of_place(name), name)


@lru_cache(maxsize=20_000)
def person_readings(name: str) -> tuple[Reading, ...]:
    """Return every reading of a person's name: the surname by the table, the rest by the dictionary."""
    words = _words_of(SURNAME)
    surname = next((name[:length] for length in (2, 1) if name[:length] in words), "")
    return _combined([words[surname], (_plain(name[len(surname) :]),)] if surname else [], name)


def _combined(pieces: list[tuple[Reading, ...]], name: str) -> tuple[Reading, ...]:
    empty = Reading((), "")
    ways = (sum(chosen, empty) for chosen in islice(product(*pieces), MOST)) if pieces else ()
    return tuple(dict.fromkeys([*ways, _plain(name)]))


def _pieces_of_place(name: str) -> list[tuple[Reading, ...]]:
    """Return the ways to read each piece of the name: the longest words of the table, and what lies between."""
    words, pieces, rest, at = _words_of(PLACE), [], "", 0
    longest = max(map(len, words))
    while at < len(name):
        found = next((name[at : at + n] for n in range(longest, 0, -1) if name[at : at + n] in words), "")
        if not found:
            rest, at = rest + name[at], at + 1
            continue
        pieces += [(_plain(rest),), words[found]] if rest else [words[found]]
        rest, at = "", at + len(found)
    return [*pieces, (_plain(rest),)] if rest else pieces


def _plain(text: str) -> Reading:
    return Reading(tuple(full_reading(text).split()), initials(text))


def place_letters(name: str, *, most: int) -> str:
    """Return the first letters of every reading, at most ``most`` characters: ``dft|tft``."""
    return _within(name, lambda way: way.letters, most=most)


def place_sounds(name: str, *, most: int) -> str:
    """Return every reading with spaces, the local one first, so that it also sorts: ``nan le xian|nan yue xian``."""
    return _within(name, lambda way: way.spaced, most=most)


def _within(name: str, spelled: Callable[[Reading], str], *, most: int) -> str:
    """Join what fits; the first reading is cut rather than left out."""
    joined = ""
    for each in dict.fromkeys(spelled(way) for way in place_readings(name)):
        longer = f"{joined}{BETWEEN}{each}" if joined else each[:most]
        if len(longer) > most:
            break
        joined = longer
    return joined
