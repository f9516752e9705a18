"""Whom the reporter of an urgent matter has telephoned already (Art. 18). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

NOBODY = "none"
CALLED = {
    "110": "110 公安",
    "119": "119 消防",
    "120": "120 急救",
    "water": "供水抢修",
    "power": "供电抢修",
    "gas": "燃气抢修",
    NOBODY: "都还没打",
}


def sound_called(given: Iterable[str]) -> list[str]:
    """Returns what was ticked, in the order of the form; ``none`` only alone."""
    ticked = set(given)
    found = [key for key in CALLED if key in ticked]
    return [key for key in found if key != NOBODY] or found


def called_words(keys: Collection[str]) -> str:
    """Returns it in words: ``119 消防、供水抢修``; empty if it was not asked."""
    return "、".join(CALLED[key] for key in keys if key in CALLED)
