"""Writes the acts of the calendar into the trace (Art. 18, 25)."""

from __future__ import annotations

from datetime import datetime

from audit.actions import append_entry
from worktime.models import CalendarEdition, OfficeHours


def trace_edition(edition: CalendarEdition, *, by_id: int | None, at: datetime) -> None:
    """Record a new edition of a year's holiday arrangement."""
    record = {"year": edition.year, "number": edition.number, "document": edition.document}
    append_entry(f"calendar:{edition.pk}", verb="publish", at=at, actor_id=by_id, record=record, first=True)


def trace_hours(hours: OfficeHours, *, by_id: int | None, at: datetime) -> None:
    """Record new office hours."""
    record = {"hours": hours.pk, "spans": hours.spans, "on": hours.effective_on.isoformat()}
    append_entry("office_hours", verb="publish", at=at, actor_id=by_id, record=record)
