"""What must always be true of the data, said as sentences that `manage.py verify` checks one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SHOWN = 5


@dataclass(frozen=True)
class Invariant:
    """A sentence and a function that yields every fault it finds, as words."""

    sentence: str
    faults: Callable[[], Iterable[str]]


@dataclass(frozen=True)
class Finding:
    """What one check found."""

    sentence: str
    count: int
    shown: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return self.count == 0


def examine(invariant: Invariant) -> Finding:
    """Run one check; keeps the first few faults and counts the rest."""
    count = 0
    shown: list[str] = []
    for fault in invariant.faults():
        count += 1
        if len(shown) < SHOWN:
            shown.append(fault)
    return Finding(invariant.sentence, count, tuple(shown))
