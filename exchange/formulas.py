"""Marks texts that a spreadsheet program would read as a formula, and removes the marks again. Pure."""

from __future__ import annotations

import re

STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MARK = "'"
CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # how a workbook writes characters that XML does not allow


def safe_text(text: str) -> str:
    """A text that no spreadsheet program reads as a formula, even after it was saved as CSV."""
    return MARK + text if text.lstrip(MARK).startswith(STARTS) else text


def original_text(text: str) -> str:
    """The text that was given to :func:`safe_text`."""
    return text[1:] if text.startswith(MARK) and text.lstrip(MARK).startswith(STARTS) else text


def decoded(text: str) -> str:
    """A text of a workbook with its escaped characters decoded."""
    return CODED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
