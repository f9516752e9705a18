"""The steps that the verbs of every noun share: lock the version read, authorize, check the state; move, save, write.

A noun declares in one line which rows it locks, who may act (``policies``), when (``states``) and on which conditions.
Each action consists of ``begin``, the changes of the verb, ``move`` and the notices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from django.db.models import QuerySet

from accounts.models import User
from audit.events import WithEvents, write_event
from audit.versions import Row, append_link, lock
from common.records.moves import MoveTable
from personnel.rules import Rules


@dataclass(frozen=True)
class Life(Generic[Row]):
    """The rows, rules and moves of one noun, and the steps that its verbs share."""

    rows: Callable[[], QuerySet[Row]]
    rules: Rules[Row]
    moves: MoveTable
    conditions: Mapping[str, Callable[[Row], None]] = field(default_factory=dict)
    """By verb, what else must hold: raises :class:`IllegalMove` with the sentence. Asked before anything is written."""

    def lock(self, row: Row) -> Row:
        """Lock the row in the version that was read. Raises :class:`StaleVersion`."""
        return lock(self.rows(), row)

    def begin(self, row: Row, verb: str, *, by: User) -> Row:
        """Lock the row in the version that was read, authorize, check the state.

        Raises :class:`StaleVersion`, :class:`NotPermitted` or, in the wrong state, :class:`IllegalMove`.
        """
        locked = self.lock(row)
        self.require_open(locked, verb, by=by)
        return locked

    def require_open(self, row: Row, verb: str, *, by: User) -> None:
        """Raise :class:`NotPermitted` or :class:`IllegalMove` unless the user may run the verb now."""
        self.rules.require(verb, by, row)
        self.moves.require(verb, status=row.status)  # type: ignore[attr-defined]
        if verb in self.conditions:
            self.conditions[verb](row)

    def move(
        self, row: Row, verb: str, *, by: User | None, at: datetime, to: str | None = None, **fields: Any
    ) -> Row:
        """Move a locked row along its state table, save it and write the step; ``to`` picks one of several targets."""
        row.status = self.moves.target_of(verb, status=row.status, to=to)  # type: ignore[attr-defined]
        return write_step(row, verb, by=by, at=at, **fields)


def write_step(
    row: Row,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    post: str = "",
    note: str = "",
    record: Mapping[str, Any] | None = None,
) -> Row:
    """Raise the version of a locked row, save it, and write its event, if it has events, and its chain entry."""
    row.version += 1
    return note_step(row, verb, by=by, at=at, post=post, note=note, record=record)


def note_step(
    row: Row,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    post: str = "",
    note: str = "",
    record: Mapping[str, Any] | None = None,
) -> Row:
    """Do the same without raising the version: for what the clock notes, so that open pages stay valid."""
    if not isinstance(row, WithEvents):
        row.save()
        append_link(row, verb, by=by, at=at, note=note, record=record)
        return row
    row.event_count += 1  # type: ignore[attr-defined]
    row.save()
    write_event(row, verb, by=by, at=at, post=post, note=note, record=record)
    return row
