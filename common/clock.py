"""The one place that asks what time it is. The database clock decides legal effects."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """Return the database's present time (aware, UTC). Doors call it once and pass it down."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: datetime = row[0]
    return moment


def machine_now() -> datetime:
    """Return this machine's present time, at no cost: for sessions and the like, never for a legal effect."""
    return datetime.now(UTC)
