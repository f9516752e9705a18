"""Places in the code as documents name them: ``folder/file.py:name``, or the file alone."""

from __future__ import annotations

import re

from puyang_grid.addresses import BASE_DIR

NAMED = re.compile(r"`([^`]+)`")


def is_there(place: str) -> bool:
    """Say whether the file exists and, where a name is given, defines it."""
    path, _, symbol = place.partition(":")
    if not symbol:
        return (BASE_DIR / path).exists()
    if not (BASE_DIR / path).is_file():
        return False
    source = (BASE_DIR / path).read_text(encoding="utf-8")
    return bool(re.search(rf"^(class|def) {symbol}\b|^{symbol}\b.* =", source, re.MULTILINE))
