"""The differences between two lists, by matter and field (Art. 16). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matters.content import LINES, MatterContent


@dataclass(frozen=True)
class Change:
    """One line of a matter, before and after, in words."""

    word: str
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """One matter that is added, changed or ended. ``changes`` is filled only if it is changed."""

    code: str
    name: str
    what: str
    changes: tuple[Change, ...] = ()


WHAT = {"added": "新增", "changed": "调整", "ended": "退出"}


def changes_between(before: MatterContent, after: MatterContent) -> tuple[Change, ...]:
    """Returns the lines that read differently, in the order of the content."""
    lines = ((line.word, line.says(before), line.says(after)) for line in LINES)
    return tuple(Change(word, old, new) for word, old, new in lines if old != new)


def compare(before: Mapping[str, MatterContent], after: Mapping[str, MatterContent]) -> list[Difference]:
    """Returns every matter that differs, by code. Both sides are code → content."""
    found = []
    for code in sorted({*before, *after}):
        old, new = before.get(code), after.get(code)
        if old is None and new is not None:
            found.append(Difference(code, new.name, "added"))
        elif new is None and old is not None:
            found.append(Difference(code, old.name, "ended"))
        elif old is not None and new is not None and (changes := changes_between(old, new)):
            found.append(Difference(code, new.name, "changed", changes))
    return found
