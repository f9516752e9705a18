"""The pinyin of a Chinese name, for sorting and for search by initials (``pcz`` finds 濮城镇)."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=20_000)
def full_reading(text: str) -> str:
    """Return the pinyin without tones: ``pu cheng zhen``."""
    return " ".join(lazy_pinyin(text)).lower()


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """Return the first letters: ``pcz``."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()
