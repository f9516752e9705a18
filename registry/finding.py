"""Finds records by a name, its letters, a telephone, an address or a number, within what the user sees (Art. 20).

The text is turned into keyed digests; the tables are never searched for a text. What nobody may count is not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from accounts.models import User
from common.initials import person_readings
from common.phones import phone_in
from common.typed import identity_in, plain
from registry.keys import LONGEST_NAME, address_parts, alike, lookups, normalised
from registry.models import Record, SearchKey
from registry.policies import grids_of
from registry.querysets import RecordQuerySet

LONGEST = 60
NUMBER = re.compile(r"[0-9A-Z]{8,18}")
LETTERS = re.compile(r"[a-z]{2,40}")
DIGITS = re.compile(r"\d")


def found_by(user: User, text: str) -> RecordQuerySet:
    """Returns the current records in sight that a text names, none for an empty text."""
    seen = Record.objects.visible_to(user).current()
    townships = {grid.village.parent_id for grid in grids_of(user) if grid.village.parent_id}
    digests = list(digests_of(text, sorted(townships)))
    if not digests:
        return seen.none()
    return seen.filter(pk__in=SearchKey.objects.filter(digest__in=digests).values("record"))


def digests_of(text: str, townships: Iterable[int]) -> Iterator[bytes]:
    """Yields the digests under which a typed text may be stored, in each of the townships."""
    places = list(townships)
    for field, what, word in readings_of(plain(text)[:LONGEST]):
        for township in places:
            yield from lookups(field, what, word, township=township)


def readings_of(typed: str) -> Iterator[tuple[str, str, str]]:
    """Yields (field, what, word) for everything that a typed text may mean: a number, a telephone, a name. Pure."""
    text = typed.strip()
    if len(text) < 2:
        return
    code = identity_in(text)
    if NUMBER.fullmatch(code):
        yield "number", "whole", code
        yield "credit_code", "whole", code
    if (phone := phone_in(text)) is not None:
        yield "phone", "whole", phone.text
        return
    letters = text.lower().replace(" ", "")
    if LETTERS.fullmatch(letters):
        for field in ("name", "title", "place"):
            yield field, "sound", letters
            yield field, "letters", letters
        return
    if DIGITS.search(text) or len(text) > LONGEST_NAME:
        yield "address", "whole", normalised("address", text)
        yield from _parts_of_address(text)
        return
    yield from _names(text)


def _parts_of_address(text: str) -> Iterator[tuple[str, str, str]]:
    words, numbers = address_parts(normalised("address", text))
    if words and numbers:
        yield "address", "door", f"{words}|{'-'.join(numbers)}"
    if words and len(numbers) == 1:
        yield "address", "house", f"{words}|{numbers[0]}"


def _names(text: str) -> Iterator[tuple[str, str, str]]:
    name = normalised("name", text)
    for field in ("name", "title", "place"):
        yield field, "whole", name
        yield field, "part", name
    for reading in person_readings(name):
        yield "name", "alike", "".join(map(alike, reading.syllables))
    yield "address", "street", normalised("address", text)
