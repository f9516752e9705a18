"""Texts that a spreadsheet program would take for formulas: marked on the way out, unmarked on the way in. Pure."""

from __future__ import annotations

STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MARK = "'"


def safe_text(text: str) -> str:
    """A text that no spreadsheet program takes for a formula, also after it was saved as CSV."""
    return MARK + text if text.lstrip(MARK).startswith(STARTS) else text


def original_text(text: str) -> str:
    """What :func:`safe_text` was given."""
    return text[1:] if text.startswith(MARK) and text.lstrip(MARK).startswith(STARTS) else text
