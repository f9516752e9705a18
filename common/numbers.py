"""Whole numbers that people or programs have written."""

from __future__ import annotations

LONGEST = 15  # digits; above it no number of ours can lie, and the database could not compare it


def whole_number(text: str) -> int | None:
    """Return the number that ``text`` spells in plain digits, or None: no sign, no ``²``, not too long."""
    is_plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST
    return int(text) if is_plain else None
