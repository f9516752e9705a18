"""The mechanism of a state table: which verb leads from which status to which.

A table is a tuple of :class:`Move`. A verb may lead to several targets (a returned case goes back to the person who
returned it); the action then names its target, and the table decides whether it is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from common.errors import IllegalMove


@dataclass(frozen=True)
class Move:
    """One verb, the statuses in which it may start and the statuses to which it may lead; none if it moves nothing."""

    verb: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]


class MoveTable:
    """All moves of one kind of record. Pure: no database, no clock, no person."""

    def __init__(self, moves: Iterable[Move], *, labels: dict[str, str], verbs: dict[str, str]) -> None:
        self.moves = {move.verb: move for move in moves}
        self.labels = labels
        self.verbs = verbs

    def __contains__(self, verb: str) -> bool:
        return verb in self.moves

    def allows(self, verb: str, *, status: str) -> bool:
        """Whether ``verb`` is allowed in ``status``."""
        return status in self.moves[verb].sources

    def require(self, verb: str, *, status: str) -> None:
        """Raise :class:`IllegalMove` with a sentence unless ``verb`` is allowed in ``status``."""
        if not self.allows(verb, status=status):
            raise IllegalMove(
                f"现在是“{self.labels.get(status, status)}”，不能{self.verbs[verb]}。请刷新后按页面上的按钮操作。",
                status=status,
                verb=verb,
            )

    def target_of(self, verb: str, *, status: str, to: str | None = None) -> str:
        """Return the status to which ``verb`` leads.

        ``to`` selects one of several targets. Raises :class:`IllegalMove` when the table has no such move.
        """
        self.require(verb, status=status)
        move = self.moves[verb]
        target = to if to is not None else move.targets[0]
        if target not in move.targets:
            raise IllegalMove(f"{self.verbs[verb]}不能转到“{self.labels.get(target, target)}”。", verb=verb)
        return target

    def edges(self) -> frozenset[tuple[str, str]]:
        """Every (source, target) pair, for the guard in the database and for diagrams."""
        return frozenset(
            (source, target)
            for move in self.moves.values()
            for source in move.sources
            for target in move.targets
            if source
        )
