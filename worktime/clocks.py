"""The four clocks and their calendar. Pure: no database, time is an argument.

All arithmetic happens in Asia/Shanghai (UTC+8, no daylight saving); results are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
LONGEST_SEARCH = timedelta(days=800)


def day_of(at: datetime) -> date:
    """The calendar day of a moment in Puyang."""
    return at.astimezone(SHANGHAI).date()


class Clock(StrEnum):
    """The kinds of time for a limit (紧急, 工时, 工作日, 自然日)."""

    AROUND_THE_CLOCK = "around_the_clock"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    NATURAL_DAYS = "natural_days"


@dataclass(frozen=True)
class Limit:
    """A length of time. ``amount`` is minutes for the hour clocks and days for the day clocks."""

    clock: Clock
    amount: int

    def words(self) -> str:
        """The limit as people write it: ``4 工时``, ``30 分钟``, ``3 个工作日``."""
        match self.clock:
            case Clock.WORKING_DAYS:
                return f"{self.amount} 个工作日"
            case Clock.NATURAL_DAYS:
                return f"{self.amount} 天" if self.amount else "当天"
            case Clock.WORKING_HOURS:
                return f"{_hours(self.amount)} 工时"
            case Clock.AROUND_THE_CLOCK:
                whole = self.amount % 60 == 0
                return f"{self.amount // 60} 小时" if whole else f"{self.amount} 分钟"


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g}"


@dataclass(frozen=True)
class Calendar:
    """Which days are workdays and when the office is open.

    ``days`` overrides Monday–Friday: True is a make-up workday (调休), False a holiday. ``known_years`` are the years
    whose holiday notice has been entered; a deadline that goes beyond them is provisional.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)
    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
    known_years: frozenset[int] = frozenset()
    version: str = ""

    def is_workday(self, day: date) -> bool:
        """Whether the office works on ``day``."""
        return self.days.get(day, day.weekday() < 5)

    def open_spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """The office hours of ``day`` as aware datetimes, empty on a day off."""
        if not self.is_workday(day):
            return []
        return [
            (datetime.combine(day, opens, SHANGHAI), datetime.combine(day, shuts, SHANGHAI))
            for opens, shuts in self.spans
        ]

    @cached_property
    def open_per_day(self) -> timedelta:
        """The office time of a whole workday."""
        day = date.min
        return sum(
            (datetime.combine(day, shuts) - datetime.combine(day, opens) for opens, shuts in self.spans),
            timedelta(),
        )

    def closes_at(self, day: date) -> datetime:
        """The end of office hours on ``day``."""
        return datetime.combine(day, self.spans[-1][1], SHANGHAI)

    def day_note(self, day: date) -> str:
        """Why ``day`` is special: the holiday's name, 调休, 周末, or an empty text."""
        if day in self.days:
            name = self.names.get(day, "")
            return f"{name}调休上班" if self.days[day] else (name or "放假")
        return "周末" if day.weekday() >= 5 else ""


@dataclass(frozen=True)
class DayShare:
    """What one day contributed to a deadline; ``minutes`` is 0 for a day that was skipped."""

    day: date
    minutes: int
    note: str


@dataclass(frozen=True)
class Deadline:
    """When something is due, and how that was calculated."""

    started_at: datetime
    due_at: datetime
    limit: Limit
    shares: tuple[DayShare, ...]
    calendar_version: str
    provisional: bool

    def explain(self) -> str:
        """Explain in one line: ``自11月20日16:30起 4 工时 → 11月23日11:00（11月21日周末…）``."""
        skipped = [share for share in self.shares if share.minutes == 0 and share.note]
        passed = "；".join(_skipped_words(skipped))
        line = f"自{_moment(self.started_at)}起 {self.limit.words()} → {_moment(self.due_at)}"
        if passed:
            line += f"（跳过{passed}）"
        if self.provisional:
            line += "；下一年度节假日安排未录入，暂按周一至周五推算"
        return line


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def _skipped_words(shares: list[DayShare]) -> Iterator[str]:
    """Join neighbouring days that are skipped for the same reason."""
    run: list[DayShare] = []
    for share in [*shares, None]:
        if run and (share is None or share.note != run[-1].note or (share.day - run[-1].day).days != 1):
            first, last = run[0].day, run[-1].day
            span = f"{first.month}月{first.day}日"
            if last != first:
                span += f"至{last.month}月{last.day}日"
            yield f"{span}{run[0].note}"
            run = []
        if share is not None:
            run.append(share)


def due(started_at: datetime, limit: Limit, *, calendar: Calendar) -> Deadline:
    """Return when ``limit`` ends if it starts at ``started_at``.

    Working hours count only inside office hours. ``n`` working days end at the close of the n-th workday after the day
    of the start; ``n`` natural days at the end (24:00) of the n-th day after it.
    """
    start = started_at.astimezone(SHANGHAI)
    shares: list[DayShare] = []
    match limit.clock:
        case Clock.AROUND_THE_CLOCK:
            end = start + timedelta(minutes=limit.amount)
        case Clock.NATURAL_DAYS:
            midnight = datetime.combine(start.date(), time(0), SHANGHAI)
            end = midnight + timedelta(days=limit.amount + 1)
        case Clock.WORKING_DAYS:
            end, shares = _after_working_days(start, limit.amount, calendar)
        case Clock.WORKING_HOURS:
            end, shares = _after_working_minutes(start, limit.amount, calendar)
    return Deadline(
        started_at=started_at,
        due_at=end,
        limit=limit,
        shares=tuple(shares),
        calendar_version=calendar.version,
        provisional=limit.clock in (Clock.WORKING_DAYS, Clock.WORKING_HOURS)
        and end.year not in calendar.known_years,
    )


def _days_from(day: date) -> Iterator[date]:
    for offset in range(LONGEST_SEARCH.days):
        yield day + timedelta(days=offset)
    raise ValueError("no workday within two years: the calendar is broken")


def _after_working_days(start: datetime, amount: int, calendar: Calendar) -> tuple[datetime, list[DayShare]]:
    shares: list[DayShare] = []
    counted = 0
    for day in _days_from(start.date() + timedelta(days=1)):
        worked = calendar.is_workday(day)
        counted += worked
        shares.append(DayShare(day, 1 if worked else 0, calendar.day_note(day)))
        if counted == amount:
            return calendar.closes_at(day), shares
    raise AssertionError("unreachable")


def _after_working_minutes(
    start: datetime, amount: int, calendar: Calendar
) -> tuple[datetime, list[DayShare]]:
    shares: list[DayShare] = []
    left = timedelta(minutes=amount)
    for day in _days_from(start.date()):
        before = left
        for opens, shuts in calendar.open_spans(day):
            begin = max(opens, start)
            if begin >= shuts:
                continue
            if begin + left <= shuts:
                shares.append(DayShare(day, _minutes(before), calendar.day_note(day)))
                return begin + left, shares
            left -= shuts - begin
        shares.append(DayShare(day, _minutes(before - left), calendar.day_note(day)))
    raise AssertionError("unreachable")


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def working_minutes_between(start: datetime, end: datetime, *, calendar: Calendar) -> int:
    """Return the office minutes between two moments; negative when ``end`` is before ``start``."""
    if end < start:
        return -working_minutes_between(end, start, calendar=calendar)
    first, last = day_of(start), day_of(end)
    total = _open_between(start, end, first, calendar)
    if first < last:
        total += _open_between(start, end, last, calendar)
        between = (first + timedelta(days=number) for number in range(1, (last - first).days))
        total += calendar.open_per_day * sum(map(calendar.is_workday, between))
    return _minutes(total)


def _open_between(start: datetime, end: datetime, day: date, calendar: Calendar) -> timedelta:
    """The office time of ``day`` that lies between two moments."""
    return sum(
        (max(min(shuts, end) - max(opens, start), timedelta()) for opens, shuts in calendar.open_spans(day)),
        timedelta(),
    )


def point_of_share(deadline: Deadline, percent: int) -> datetime:
    """The moment at which ``percent`` of the span between start and due has passed on the wall clock."""
    span = deadline.due_at - deadline.started_at
    return deadline.started_at + span * percent / 100
