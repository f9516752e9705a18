"""Limits how often something may be done from one place or account; counted in PostgreSQL, so it works without Redis.

A name is counted from its first use until its period ends, in one statement; it is stored as a digest only.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from django.db import connection

from accounts.digests import keyed_digest
from accounts.models import Counter

MOST = 1_000_000_000
TABLE = Counter._meta.db_table
COUNT = f"""
INSERT INTO {TABLE} AS kept (key, uses, ends_at) VALUES (%(key)s, %(cost)s, %(ends_at)s)
ON CONFLICT (key) DO UPDATE SET
  uses = CASE WHEN kept.ends_at <= %(at)s THEN EXCLUDED.uses ELSE least(kept.uses + EXCLUDED.uses, {MOST}) END,
  ends_at = CASE WHEN kept.ends_at <= %(at)s THEN EXCLUDED.ends_at ELSE kept.ends_at END
RETURNING uses, ends_at
"""


def seconds_to_wait(name: str, *, limit: int, seconds: int, at: datetime, cost: int = 1) -> int:
    """Count ``cost`` more uses; return the seconds to wait if more than ``limit`` in ``seconds``, else 0."""
    ends_at = at + timedelta(seconds=seconds)
    values = {"key": keyed_digest("counter", name), "cost": cost, "at": at, "ends_at": ends_at}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        uses, ends_at = cursor.fetchone()
    return max(1, math.ceil((ends_at - at).total_seconds())) if uses > limit else 0
