"""Texts that a spreadsheet program would take for something else: marked going out, unmarked coming in. Pure."""

from __future__ import annotations

import re

STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MARK = "'"
CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how a workbook writes letters that XML has no place for


def safe_text(text: str) -> str:
    """A text that no spreadsheet program takes for a formula, also after it was saved as CSV."""
    return MARK + text if text.lstrip(MARK).startswith(STARTS) else text


def original_text(text: str) -> str:
    """What :func:`safe_text` was given."""
    return text[1:] if text.startswith(MARK) and text.lstrip(MARK).startswith(STARTS) else text


def decoded(text: str) -> str:
    """A text of a workbook with its coded letters put back."""
    return CODED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
