"""The one place that asks what time it is. The database clock decides legal effects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from django.db import connection

FRESH_SECONDS = 2.0
NEAR_SECONDS = 0.005  # a reading that took longer is used once and not kept: it may be off by as much


@dataclass
class _Reading:
    """The database's time, and when by this process's own steady clock it was read."""

    at: datetime | None = None
    read_at: float = 0.0


_kept = _Reading()


def now() -> datetime:
    """Return the database's present time (aware, UTC). Doors call it once and pass it down.

    The database is asked at most every two seconds for each process; between, this process's steady clock goes on
    from the last reading, so a clock that is set while we run is followed within two seconds.
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
    """Return this machine's present time, at no cost: for sessions and the like, never for a legal effect."""
    return datetime.now(UTC)
