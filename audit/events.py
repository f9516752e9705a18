"""The line of events of a record, for the people concerned, and the link of the trace for each event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from audit.actions import append_entries, committed
from audit.versions import Versioned, append_link
from common.records.append_only import AppendOnly
from common.records.many import alike, insert_rows


class Event(AppendOnly):
    """One event of a record: who did what, when. ``seq`` counts without gaps from 1."""

    seq = models.PositiveIntegerField("序号")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="操作人"
    )
    post = models.CharField("以何身份", max_length=120, blank=True)
    at = models.DateTimeField("时间")
    note = models.TextField("说明", blank=True)

    class Meta(AppendOnly.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"#{self.seq} {self.verb}"  # type: ignore[attr-defined]


class WithEvents(Versioned):
    """A record with a line of events (``events``), counted in ``event_count``."""

    class Meta:
        abstract = True

    def event_columns(self) -> Mapping[str, Any]:
        """The columns of an event that describe the record, apart from its status."""
        return {}

    def linked(self, verb: str, note: str) -> Mapping[str, Any]:
        """The content of a link. Free text enters the chain only as a digest, so that it can be erased later."""
        return {"seq": self.event_count, "to": self.status, "note": committed(note)}  # type: ignore[attr-defined]


def write_event(
    row: Any,
    verb: str,
    *,
    by: models.Model | None,
    at: datetime,
    post: str = "",
    note: str = "",
    record: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Any:
    """Append an event to the line of a :class:`WithEvents` record, and its link to the chain; returns the event.

    The caller holds the row lock, has raised ``event_count`` (the event's number) and has saved everything else.
    ``record`` is further content for the link, ``columns`` are further columns of the event.
    """
    same = {"actor": by, "verb": verb, "post": post[:120], "at": at, "note": note}
    event = row.events.create(**same, **_columns_of(row), **columns)
    append_link(row, verb, by=by, at=at, note=note, record=record, first=event.seq == 1)
    return event


def write_events(
    model: type[Any],
    rows: Sequence[Any],
    verb: str,
    *,
    by_id: int | None,
    at: datetime,
    post: str = "",
    note: str = "",
    columns: Callable[[Any], Mapping[str, Any]],
    record: Callable[[Any], Mapping[str, Any]],
) -> None:
    """Append the same event to the lines of many records, with a link to the chain of each, in few statements.

    As :func:`write_event`: the rows are locked, counted and saved. ``columns`` are further columns of an event, among
    them its record; ``record`` is further content for its link.
    """
    same = model(actor_id=by_id, verb=verb, post=post[:120], at=at, note=note)
    insert_rows([alike(same, **_columns_of(row) | columns(row)) for row in rows])
    records = {row.chain_key: {**row.linked(verb, note), **record(row)} for row in rows}
    append_entries(records, verb=verb, at=at, actor_id=by_id)


def _columns_of(row: Any) -> dict[str, Any]:
    """What every event says of its record."""
    return {"seq": row.event_count, "to_status": row.status, **row.event_columns()}
