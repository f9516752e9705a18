"""The only module that reads the time. The database clock decides legal effects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from django.db import connection

FRESH_SECONDS = 2.0
NEAR_SECONDS = 0.005  # a slower reading is used once and not kept, because it may be wrong by that much


@dataclass
class _Reading:
    """The database time, and the time of this process's steady clock when it was read."""

    at: datetime | None = None
    read_at: float = 0.0


_kept = _Reading()


def now() -> datetime:
    """Return the current database time (aware, UTC). Doors call it once and pass it down.

    Each process asks the database at most every two seconds; in between, its own steady clock continues from the last
    reading. A change of the database clock is therefore followed within two seconds.
    """
    since = monotonic() - _kept.read_at
    if _kept.at is not None and since < FRESH_SECONDS:
        return _kept.at + timedelta(seconds=since)
    began = monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    ended = monotonic()
    _kept.at, _kept.read_at = (moment, ended) if ended - began <= NEAR_SECONDS else (None, 0.0)
    read: datetime = moment
    return read


def machine_now() -> datetime:
    """Return the current time of this machine, at no cost: for sessions and the like, never for a legal effect."""
    return datetime.now(UTC)
