"""How headings are compared: without spaces, line breaks, punctuation, brackets, and the notes in brackets. Pure."""

from __future__ import annotations

import re

from common.typed import plain

NOTE = re.compile(r"[(\[【〔<].*?[)\]】〕>]")
IGNORED = re.compile(r"[\s*_/、,:：;.\-()\[\]【】〔〕<>]")


def spellings_of(heading: str) -> tuple[str, str]:
    """A heading as it is compared: with the words in its brackets, and without them."""
    text = plain(heading).lower()
    return IGNORED.sub("", text), IGNORED.sub("", NOTE.sub("", text))
