"""Reminds people who are late once a day, row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.timezone import localdate

from sweeps.actions import sweep_rows


def remind_daily(
    name: str, rows: models.QuerySet[Any, Any], tell: Callable[..., object], *, at: datetime
) -> int:
    """Call ``tell`` for each of ``rows`` without a reminder today (in Puyang); returns how many.

    A row stores ``reminded_at`` and counts ``reminders`` if it has such a column.
    """
    waiting = rows.exclude(reminded_at__date__gte=localdate(at))

    def remind(pk: int) -> bool:
        row = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        if row is None:
            return False
        row.reminded_at, names = at, ["reminded_at"]
        if hasattr(row, "reminders"):
            row.reminders += 1
            names.append("reminders")
        row.save(update_fields=names)
        tell(row, at=at)
        return True

    return sweep_rows(name, waiting.order_by("pk"), remind, at=at).done
