"""The limits and the calendar in force, read from the database at most every two seconds per process.

A report needs them within its statement budget. A changed setting takes effect after at most two seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from time import monotonic

from common.clock import now
from matters.content import limit_of
from matters.models import Matter
from workflow.deadlines import LimitBook
from workflow.models import StepLimit
from worktime.calendars import current_calendar
from worktime.clocks import Calendar, Clock, Limit, day_of

FRESH_SECONDS = 2.0


@dataclass(frozen=True)
class Rulebook:
    """The data that deadlines are calculated with."""

    book: LimitBook
    calendar: Calendar


class _Shelf:
    """The last rulebook that was read, and when it was read."""

    rulebook: Rulebook | None = None
    read_at = 0.0


def current_rulebook() -> Rulebook:
    """Returns the rulebook in force."""
    if _Shelf.rulebook is None or monotonic() - _Shelf.read_at > FRESH_SECONDS:
        today = day_of(now())
        _Shelf.rulebook = Rulebook(read_limits(today), current_calendar())
        _Shelf.read_at = monotonic()
    return _Shelf.rulebook


def forget_rulebook() -> None:
    """Makes the next call read the settings again. Call it after a setting was changed."""
    _Shelf.rulebook = None


def read_limits(day: date) -> LimitBook:
    """Returns the newest limit of each step, purpose and urgency that has begun by ``day``."""
    rows = (
        StepLimit.objects.filter(effective_on__lte=day)
        .order_by("step", "purpose", "urgent", "-effective_on")
        .distinct("step", "purpose", "urgent")
    )
    return LimitBook(
        {(row.step, row.purpose, row.urgent): Limit(Clock(row.clock), row.amount) for row in rows}
    )


def finish_limit(matter: Matter | None) -> Limit | None:
    """Returns the matter's own finish limit, or None if the list leaves it to the setting by grade."""
    return limit_of(matter.finish_amount, matter.finish_unit) if matter is not None else None


# Steps of a case for which a matter of the list may set a limit of its own.
LISTED_STEPS = {"self_handling": "first", "awaiting_signature": "sign", "awaiting_verification": "check"}


def own_limit(matter: Matter | None, step: str) -> Limit | None:
    """Returns what the list sets for a step of a matter, or None if the settings apply."""
    name = LISTED_STEPS.get(step)
    if matter is None or name is None:
        return None
    return limit_of(getattr(matter, f"{name}_amount"), getattr(matter, f"{name}_unit"))
