"""When a message may be sent: the quiet hours of a person, and how long a row waits for its gateway. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from worktime.clocks import SHANGHAI

QUIET_FROM, QUIET_UNTIL = time(22, 0), time(7, 0)
DIGEST_HOUR = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(minutes=10)
MOST_ATTEMPTS = 8  # about half an hour; then a person looks at it
LEASE = timedelta(seconds=60)  # so long a row belongs to who is sending it; longer than any sending takes


def wait_after(attempts: int) -> timedelta:
    """Returns how long a row waits after so many attempts: 10 s, 20 s, 40 s … 10 minutes."""
    doubled: int = 1 << min(max(attempts - 1, 0), 10)
    return min(FIRST_WAIT * doubled, LONGEST_WAIT)


def after_quiet(at: datetime, start: time, end: time) -> datetime:
    """Returns ``at``, or the end of the quiet hours if it lies in them; they may pass midnight.

    Hours that end when they begin are none.
    """
    local = at.astimezone(SHANGHAI)
    now = local.time()
    is_quiet = start <= now < end if start <= end else now >= start or now < end
    if not is_quiet:
        return at
    day = local.date() if now < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, SHANGHAI)
