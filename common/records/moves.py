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
    """One verb, the statuses in which it may start and the statuses to which it may lead; none if it moves nothing.

    ``pairs`` are the (source, target) pairs of a verb where not every source leads to every target.
    """

    verb: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    pairs: frozenset[tuple[str, str]] = frozenset()

    def edges(self) -> frozenset[tuple[str, str]]:
        """Every (source, target) pair of the verb."""
        return self.pairs or frozenset((source, target) for source in self.sources for target in self.targets)

    def leads(self, source: str, target: str) -> bool:
        """Whether the verb may lead from ``source`` to ``target``; a verb that moves nothing leads to where it was."""
        if not self.targets:
            return source in self.sources and source == target
        return (source, target) in self.edges()


def along(verb: str, pairs: Iterable[tuple[str, str]]) -> Move:
    """Returns the verb that leads along these (source, target) pairs and no others."""
    edges = frozenset(pairs)
    sources, targets = (tuple(dict.fromkeys(end)) for end in zip(*sorted(edges), strict=True))
    return Move(verb, sources, targets, edges)


def back(verb: str, pairs: Iterable[tuple[str, str]]) -> Move:
    """Returns the verb that takes back what led along ``pairs``."""
    return along(verb, ((target, source) for source, target in pairs))


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
        if not move.leads(status, target):
            raise IllegalMove(f"{self.verbs[verb]}不能转到“{self.labels.get(target, target)}”。", verb=verb)
        return target

    def edges(self) -> frozenset[tuple[str, str]]:
        """Every (source, target) pair, for the guard in the database and for diagrams."""
        return frozenset(
            (source, target) for move in self.moves.values() for source, target in move.edges() if source
        )
