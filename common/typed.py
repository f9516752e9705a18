"""Texts as people type them: full-width letters, marks that nobody sees, spaces where they help the eye. Pure.

Numbers, codes, days and telephones are stored and compared in one spelling; the functions here make it.
"""

from __future__ import annotations

import re
import unicodedata

UNSEEN = ("Cc", "Cf", "Cs")  # control characters, marks that change the text direction, half characters
SPACES = re.compile(r"\s+")
WIDE = {
    code: code - 0xFEE0
    for first, last in ("０９", "ＡＺ", "ａｚ")
    for code in range(ord(first), ord(last) + 1)
}
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")


def tidy(text: str) -> str:
    """A text without invisible characters, with single spaces."""
    seen = "".join(" " if letter in "\t\r\n" else letter for letter in text)
    return SPACES.sub(
        " ", "".join(letter for letter in seen if unicodedata.category(letter) not in UNSEEN)
    ).strip()


def plain(text: str) -> str:
    """A text without invisible characters, with half-width digits and letters and single spaces."""
    return tidy(unicodedata.normalize("NFKC", text))


def code_in(text: str) -> str:
    """A code or number in half-width characters, with plain hyphens and without any spaces."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(plain(text).split()).translate(DASHES)


def reference_in(text: str) -> str:
    """The number of a document: half-width digits and letters, its brackets as they are."""
    return tidy(text.translate(WIDE))


def identity_in(text: str) -> str:
    """An identity number in its one spelling: half-width, without spaces, the last letter a capital."""
    return code_in(text).upper()
