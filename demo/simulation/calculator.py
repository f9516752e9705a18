"""Deadlines, calculated a second time and in another way: with sums of office time instead of a walk from day to day.

It knows nothing of the product. A moment is a whole number of microseconds of Beijing time since 2000-01-01; a limit is
a clock with minutes or days, as in the table of limits.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

MINUTE, DAY = 60_000_000, 86_400_000_000
FIRST_DAY = date(2000, 1, 1)
ZERO = datetime(1999, 12, 31, 16, tzinfo=UTC)
ROUND, HOURS, WORKDAYS, DAYS = "around_the_clock", "working_hours", "working_days", "natural_days"
BY_OFFICE = (HOURS, WORKDAYS)
Spans = Sequence[tuple[int, int]]  # minutes of the day


def moment_of(at: datetime) -> int:
    """The moment of an aware datetime."""
    return (at - ZERO) // timedelta(microseconds=1)


def datetime_of(moment: int) -> datetime:
    """The aware datetime (UTC) of a moment."""
    return ZERO + timedelta(microseconds=moment)


def number_of(day: date) -> int:
    """How many days after 2000-01-01 a day is."""
    return (day - FIRST_DAY).days


@dataclass(frozen=True)
class Limit:
    """A length of time: minutes for the hour clocks, days for the day clocks."""

    clock: str
    amount: int


class Office:
    """The office time of some years, summed up once: every question is then a look-up in sorted lists."""

    def __init__(
        self, days: Iterable[date], *, is_worked: Callable[[date], bool], spans_on: Callable[[date], Spans]
    ):
        self.workdays: list[int] = []
        self._closes: list[int] = []
        self._opens: list[int] = []
        self._shuts: list[int] = []
        self._sums: list[int] = [0]  # the office time before each span
        for day in days:
            if not is_worked(day):
                continue
            midnight = number_of(day) * DAY
            for opens, shuts in spans_on(day):
                self._opens.append(midnight + opens * MINUTE)
                self._shuts.append(midnight + shuts * MINUTE)
                self._sums.append(self._sums[-1] + (shuts - opens) * MINUTE)
            self.workdays.append(number_of(day))
            self._closes.append(self._shuts[-1])

    def worked_before(self, moment: int) -> int:
        """The office time that has passed before a moment."""
        place = bisect_right(self._opens, moment)
        if not place:
            return 0
        return self._sums[place - 1] + min(moment, self._shuts[place - 1]) - self._opens[place - 1]

    def when_worked(self, amount: int) -> int:
        """The first moment before which ``amount`` of office time has passed."""
        place = bisect_left(self._sums, amount) - 1
        return self._opens[place] + amount - self._sums[place]

    def between(self, start: int, end: int) -> int:
        """The office time from one moment to another, none if they are in the other order."""
        return max(self.worked_before(end) - self.worked_before(start), 0)

    def end_of(self, start: int, limit: Limit) -> int:
        """When a limit ends that begins at ``start``."""
        if limit.clock == ROUND:
            return start + limit.amount * MINUTE
        if limit.clock == DAYS:
            return (start // DAY + limit.amount + 1) * DAY
        if limit.clock == HOURS:
            return self.when_worked(self.worked_before(start) + limit.amount * MINUTE)
        return self._closes[bisect_right(self.workdays, start // DAY) + limit.amount - 1]

    def kept_in_office(self, start: int, end: int) -> int:
        """``end``, or the midnight after the next workday if no office time lies before it."""
        if self.between(start, end):
            return end
        return (self.when_worked(self.worked_before(start) + 1) // DAY + 1) * DAY

    def end_of_rest(self, start: int, *, clock: str, stopped: int, was_due: int) -> int:
        """When something ends that goes on at ``start`` with what it had left when it was stopped."""
        if clock not in BY_OFFICE:
            return start + max(was_due - stopped, 0)
        left = self.between(stopped, was_due)
        return self.when_worked(self.worked_before(start) + left) if left else start

    def part_of(self, start: int, end: int, *, clock: str, percent: int) -> int:
        """When ``percent`` of the time has passed: of the office time by an office clock; the end if there is none."""
        if clock not in BY_OFFICE:
            return start + _percent(end - start, percent)
        part = _percent(self.between(start, end), percent)
        return self.when_worked(self.worked_before(start) + part) if part else end


def _percent(length: int, percent: int) -> int:
    """A part of a length, rounded to the nearest microsecond and a half to the even one."""
    whole, left = divmod(length * percent, 100)
    return whole + (left > 50 or (left == 50 and whole % 2 == 1))
