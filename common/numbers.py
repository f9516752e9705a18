"""Whole numbers written by people or programs."""

from __future__ import annotations

LONGEST = 15  # digits; no number of ours is longer, and the database could not compare a longer one


def whole_number(text: str) -> int | None:
    """Return the number that ``text`` gives in plain digits, or None if it has a sign, a ``²`` or too many digits."""
    is_plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return int(text) if is_plain else None
