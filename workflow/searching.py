"""Search over every case that a user may see: numbers, words of its texts, names of what it concerns, readings.

A place is found by its official and its short name and by every local reading, a matter also by what people say of it.

All words must be found, in whichever field. What is out of sight is not counted either (Art. 20): a condition made
here only narrows what ``visible_to`` returns.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Concat

from common.initials import place_letters
from common.typed import code_in
from grids.divisions import spoken_names
from grids.models import Division, Grid
from grids.search import FULL_READING, place_like
from matters.everyday import meant_by, plain
from matters.models import Matter
from personnel.models import Organization
from workflow.models import Case
from workflow.text_index import texts_have_pieces, texts_say

NUMBER = re.compile(r"(?:\d{8}-)?0*(\d{1,15})")
LETTERS = re.compile(r"[a-z]+")
LONGEST_TEXT = 60  # characters
MOST_WORDS = 6
MOST_NAMES = 300  # what more names contain is no name: such a word is looked for in the texts alone
SHORTEST_INITIALS = 2
PLACES = ("city", "county", "township", "village")
UNIT_LETTERS = 200
COLUMNS = {
    "matter": ("matter_id",),
    "grid": ("grid_id",),
    "unit": ("unit_id",),
    "township": ("township_id", "reported_township_id"),
    "county": ("county_id", "reported_county_id"),
}


@dataclass(frozen=True)
class Named:
    """Something with a name that a case has: its matter, grid, unit, or a place by its level.

    ``more`` is what else it is known by: the readings of a place, the words of a matter.
    """

    kind: str
    pk: int
    name: str
    initials: str
    more: str

    def is_meant_by(self, word: str) -> bool:
        """Whether the word is part of the name, of its readings or initials, or means the matter."""
        small = word.lower()
        if any(each in self.name for each in spoken_names(word)) or (
            is_initials(small) and small in self.initials
        ):
            return True
        if self.kind == "matter":
            return any(each in plain(self.more) for each in meant_by(plain(word)))
        return self.kind in PLACES and (
            self._ends(word) or (FULL_READING.fullmatch(small) is not None and small in plain(self.more))
        )

    def _ends(self, word: str) -> bool:
        """Whether the word is the full name of the place; that the places above fit, the database has seen to."""
        return any(len(each) > len(self.name) and each.endswith(self.name) for each in spoken_names(word))


def words_of(text: str) -> tuple[str, ...]:
    """Returns the words of a search, at most ``MOST_WORDS``; what is too long is cut."""
    return tuple(text.replace("\x00", " ").strip()[:LONGEST_TEXT].split()[:MOST_WORDS])


def is_initials(word: str) -> bool:
    """Whether a word can be the initials of a name."""
    return len(word) >= SHORTEST_INITIALS and LETTERS.fullmatch(word) is not None


def cases_that_say(text: str, names: Sequence[Named] | None = None) -> Q:
    """Returns the condition that a case is meant by every word.

    It costs a statement, unless there is no word or ``names``, which the words may mean, are known already.
    """
    words = words_of(text)
    if not words:
        return Q()
    names = names_meant_by(words) if names is None else names
    found = {word: _concerned(word, [name for name in names if name.is_meant_by(word)]) for word in words}
    wanted = Q()
    for word, concerned in found.items():
        wanted &= concerned | texts_say(word)  # in this order: comparing numbers is cheap
    # The index is asked for one word: for a second, each text that the first has found would be cut into pairs again.
    rarest = max(found, key=len)
    return wanted & (found[rarest] | texts_have_pieces(rarest))


def _concerned(word: str, names: Sequence[Named]) -> Q:
    """Returns the condition that a case is meant by ``word`` otherwise than by its texts."""
    concerned = _concerns(names)
    if number := NUMBER.fullmatch(code_in(word)):
        concerned |= Q(pk=int(number[1]))
    for source, label in Case.Source.choices:
        if len(word) > 1 and word in label:
            concerned |= Q(source=source)
    return concerned


def _concerns(names: Iterable[Named]) -> Q:
    by_column: dict[str, list[int]] = defaultdict(list)
    for name in names:
        for column in COLUMNS.get(name.kind, (f"{name.kind}_id",)):
            by_column[column].append(name.pk)
    return reduce(
        or_,
        (
            Q(**{f"{column}__in": sorted(found)})
            for column, found in by_column.items()
            if len(found) <= MOST_NAMES
        ),
        Q(pk__in=[]),
    )


def names_meant_by(words: Sequence[str]) -> list[Named]:
    """Returns the matters, places, grids and units that the words mean, in one statement."""
    whole, short, places, matters = Q(), Q(), Q(), Q(code__in=words)
    for word in words:
        for each in spoken_names(word):
            whole |= Q(name__contains=each)
        for each in meant_by(plain(word)):
            matters |= Q(find__contains=each)
        if is_initials(word.lower()):
            short |= Q(initials__contains=word.lower())
        places |= place_like(word.lower())
    columns = ("sort", "pk", "name", "short", "more")
    either = whole | short
    nothing = Value("", TextField())
    units = Organization.objects.all() if short else Organization.objects.filter(whole)
    found = (
        Division.objects.filter(either | places)
        .annotate(sort=F("level"), short=F("initials"), more=F("sort_key"))
        .values_list(*columns)
    ).union(
        Grid.objects.filter(either)
        .annotate(sort=Value("grid"), short=F("initials"), more=nothing)
        .values_list(*columns),
        Matter.objects.filter(either | matters)
        .annotate(sort=Value("matter"), short=F("initials"), more=F("find"))
        .values_list("sort", "pk", Concat("name", Value(" "), "code"), "short", "more"),
        units.annotate(sort=Value("unit"), short=Value(""), more=nothing).values_list(*columns),
        all=True,
    )
    return [
        Named(
            kind, pk, name, short or (place_letters(name, most=UNIT_LETTERS) if kind == "unit" else ""), more
        )
        for kind, pk, name, short, more in found
    ]
