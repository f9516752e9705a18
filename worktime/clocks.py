"""The four clocks and their calendar. Pure: no database, time is an argument.

All arithmetic happens in Asia/Shanghai (UTC+8, no daylight saving); results are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache, partial
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from worktime.holidays import statutory_holidays

Spans = tuple[tuple[time, time], ...]
SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
ONE_DAY, ONE_MINUTE, NO_TIME = timedelta(days=1), timedelta(minutes=1), timedelta()
# Limits are at most some years long; a calendar without a workday in this time is broken.
LONGEST_SEARCH = timedelta(days=20 * 366)


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
                return _hours(self.amount)
            case Clock.AROUND_THE_CLOCK:
                whole = self.amount % 60 == 0
                return f"{self.amount // 60} 小时" if whole else f"{self.amount} 分钟"


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if not rest % 30:
        return f"{minutes / 60:g} 工时"
    return f"{hours} 工时 {rest} 分钟" if hours else f"{rest} 分钟办公时间"


OFFICE_CLOCKS = (Clock.WORKING_HOURS, Clock.WORKING_DAYS)


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One day of a calendar, prepared: ``open_spans`` are its office hours, none on a day off, of ``open_time`` in all.

    ``note`` says why it is special: the holiday's name, 调休, 周末, or an empty text.
    """

    on: date
    is_workday: bool
    open_spans: tuple[tuple[datetime, datetime], ...]
    open_time: timedelta
    note: str


class _Days(dict[date, Day]):
    """The days of a calendar, each prepared when it is first asked for: a million deadlines ask for the same few."""

    def __init__(self, prepared: Callable[[date], Day]) -> None:
        super().__init__()
        self.prepared = prepared

    def __missing__(self, day: date) -> Day:
        found = self[day] = self.prepared(day)
        return found


@dataclass(frozen=True)
class Calendar:
    """Which days are workdays and when the office is open.

    ``days`` overrides Monday–Friday: True is a make-up workday (调休), False a holiday. ``known_years`` are the years
    whose holiday notice has been entered; in other years the holidays by law are free, and a deadline there is
    provisional. ``hours`` are office hours with their first day, in order; before them ``spans`` hold.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    names: Mapping[date, str] = field(default_factory=dict)
    spans: Spans = ((time(8, 30), time(12, 0)), (time(14, 30), time(18, 0)))
    hours: tuple[tuple[date, Spans], ...] = ()
    known_years: frozenset[int] = frozenset()
    version: str = ""

    @cached_property
    def day(self) -> _Days:
        """Every day of this calendar: ``calendar.day[date(2026, 10, 1)]``."""
        return _Days(self._prepared)

    @cached_property
    def after_working_days(self) -> Callable[[date, int], tuple[datetime, tuple[Day, ...]]]:
        """The close of the n-th workday after a day, and the special days on the way; kept for those asked for last."""
        return lru_cache(maxsize=10_000)(partial(_after_working_days, self))

    def _prepared(self, day: date) -> Day:
        works = self.days[day] if day in self.days else day.weekday() < 5 and not self._free_by_law(day)
        spans = self.spans_on(day) if works else ()
        return Day(
            day,
            works,
            tuple(
                (datetime.combine(day, opens, SHANGHAI), datetime.combine(day, shuts, SHANGHAI))
                for opens, shuts in spans
            ),
            length_of(spans),
            self.day_note(day),
        )

    def _free_by_law(self, day: date) -> str:
        """The holiday that a day is by law, as long as its year has no notice."""
        return "" if day.year in self.known_years else statutory_holidays(day.year).get(day, "")

    def is_workday(self, day: date) -> bool:
        """Whether the office works on ``day``."""
        return self.day[day].is_workday

    def spans_on(self, day: date) -> Spans:
        """The office hours that hold on ``day``, if it is a workday."""
        return next((spans for first, spans in reversed(self.hours) if first <= day), self.spans)

    def open_spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The office hours of ``day`` as aware datetimes, none on a day off."""
        return self.day[day].open_spans

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at a moment."""
        return any(opens <= at < shuts for opens, shuts in self.open_spans(day_of(at)))

    def closes_at(self, day: date) -> datetime:
        """The end of office hours on ``day``."""
        return datetime.combine(day, self.spans_on(day)[-1][1], SHANGHAI)

    def day_note(self, day: date) -> str:
        """Why ``day`` is special: the holiday's name, 调休, 周末, or an empty text."""
        if day in self.days:
            name = self.names.get(day, "")
            return f"{name}调休上班" if self.days[day] else (name or "放假")
        return self._free_by_law(day) or ("周末" if day.weekday() >= 5 else "")


@lru_cache(maxsize=64)
def length_of(spans: Spans) -> timedelta:
    """The office time of a workday with these hours."""
    day = date.min
    return sum(
        (datetime.combine(day, shuts) - datetime.combine(day, opens) for opens, shuts in spans), timedelta()
    )


@dataclass(frozen=True)
class Deadline:
    """When something is due, and how that was calculated."""

    started_at: datetime
    due_at: datetime
    limit: Limit
    skipped: tuple[Day, ...]  # the special days on the way that gave it no time
    calendar_version: str
    provisional: bool
    is_rest: bool = False  # what an interrupted stay had left
    extension: Limit | None = None  # what was granted beyond the limit

    def explain(self) -> str:
        """Explain in one line: ``自11月20日16:30起 4 工时 → 11月23日11:00（11月21日周末…）``."""
        passed = _skipped_words(self.skipped)
        rest = "接着剩下的 " if self.is_rest else ""
        more = f"（含延期 {self.extension.words()}）" if self.extension else ""
        line = f"自{_moment(self.started_at)}起 {rest}{self.limit.words()}{more} → {_moment(self.due_at)}"
        if passed:
            line += f"（跳过{passed}）"
        if self.provisional:
            line += "；下一年度节假日安排未录入，暂按周一至周五和法定节日推算"
        return line


def _moment(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日{local.hour:02}:{local.minute:02}"


@lru_cache(maxsize=10_000)
def _skipped_words(skipped: tuple[Day, ...]) -> str:
    """Join neighbouring days that are skipped for the same reason."""
    spans = []
    for note, days in groupby(skipped, key=attrgetter("note")):
        for first, last in _runs(day.on for day in days):
            until = "" if last == first else f"至{last.month}月{last.day}日"
            spans.append(f"{first.month}月{first.day}日{until}{note}")
    return "；".join(spans)


def _runs(days: Iterable[date]) -> Iterator[tuple[date, date]]:
    """The first and the last of days that follow each other."""
    first = last = None
    for day in days:
        if last is not None and first is not None and day - last != ONE_DAY:
            yield first, last
            first = day
        first, last = first or day, day
    if first is not None and last is not None:
        yield first, last


def due(started_at: datetime, limit: Limit, *, calendar: Calendar) -> Deadline:
    """Return when ``limit`` ends if it starts at ``started_at``.

    Working hours count only inside office hours. ``n`` working days end at the close of the n-th workday after the day
    of the start; ``n`` natural days at the end (24:00) of the n-th day after it.
    """
    end, skipped = _end_of(started_at, limit, calendar)
    return _deadline(started_at, end, limit, skipped, calendar)


def end_of(started_at: datetime, limit: Limit, *, calendar: Calendar) -> datetime:
    """Return when ``limit`` ends, as :func:`due`, without the explanation."""
    return _end_of(started_at, limit, calendar)[0]


def _end_of(started_at: datetime, limit: Limit, calendar: Calendar) -> tuple[datetime, tuple[Day, ...]]:
    start = started_at.astimezone(SHANGHAI)
    match limit.clock:
        case Clock.AROUND_THE_CLOCK:
            return start + timedelta(minutes=limit.amount), ()
        case Clock.NATURAL_DAYS:
            midnight = datetime.combine(start.date(), time(0), SHANGHAI)
            return midnight + timedelta(days=limit.amount + 1), ()
        case Clock.WORKING_DAYS:
            return calendar.after_working_days(start.date(), limit.amount)
        case Clock.WORKING_HOURS:
            return _after_open_time(start, timedelta(minutes=limit.amount), calendar)


def _deadline(
    started_at: datetime, end: datetime, limit: Limit, skipped: tuple[Day, ...], calendar: Calendar
) -> Deadline:
    return Deadline(
        started_at=started_at,
        due_at=end,
        limit=limit,
        skipped=skipped,
        calendar_version=calendar.version,
        provisional=limit.clock in OFFICE_CLOCKS and end.year not in calendar.known_years,
    )


def due_with_rest(
    started_at: datetime, *, clock: Clock, interrupted_at: datetime, was_due_at: datetime, calendar: Calendar
) -> Deadline:
    """Return when a stay is due that goes on with what it had left: of office time if its clock counts that.

    If it was late already, nothing is left and it is due at once.
    """
    start = started_at.astimezone(SHANGHAI)
    if clock in OFFICE_CLOCKS:
        left = max(open_time_between(interrupted_at, was_due_at, calendar=calendar), timedelta())
        end, skipped = _after_open_time(start, left, calendar) if left else (start, ())
        limit = Limit(Clock.WORKING_HOURS, _minutes(left))
    else:
        left = max(was_due_at - interrupted_at, timedelta())
        end, skipped = start + left, ()
        limit = Limit(Clock.AROUND_THE_CLOCK, _minutes(left))
    return replace(_deadline(started_at, end, limit, skipped, calendar), is_rest=True)


def with_office_time(deadline: Deadline, *, calendar: Calendar) -> Deadline:
    """Return the deadline, moved to the end of the next workday if there is no office time before it."""
    if open_time_between(deadline.started_at, deadline.due_at, calendar=calendar):
        return deadline
    for day in _days_from(day_of(deadline.due_at - timedelta(microseconds=1))):
        end = datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)
        if open_time_between(deadline.started_at, end, calendar=calendar):
            return replace(deadline, due_at=end, provisional=end.year not in calendar.known_years)
    raise AssertionError("unreachable")


def _days_from(day: date) -> Iterator[date]:
    for offset in range(LONGEST_SEARCH.days):
        yield day + timedelta(days=offset)
    raise ValueError("no workday within twenty years: the calendar is broken")


def _after_working_days(calendar: Calendar, start: date, amount: int) -> tuple[datetime, tuple[Day, ...]]:
    days, skipped, left = calendar.day, list[Day](), amount
    for each in _days_from(start + ONE_DAY):
        day = days[each]
        if day.is_workday:
            left -= 1
        elif day.note:
            skipped.append(day)
        if not left:
            return calendar.closes_at(each), tuple(skipped)
    raise AssertionError("unreachable")


def _after_open_time(
    start: datetime, left: timedelta, calendar: Calendar
) -> tuple[datetime, tuple[Day, ...]]:
    days, skipped, is_first = calendar.day, list[Day](), True
    for each in _days_from(start.date()):
        day = days[each]
        if not is_first and day.open_time < left:  # the whole day counts, or nothing of it
            left -= day.open_time
            if day.note and not day.open_time:
                skipped.append(day)
            continue
        before, is_first = left, False
        for opens, shuts in day.open_spans:
            begin = max(opens, start)
            if begin >= shuts:
                continue
            if begin + left <= shuts:
                if day.note and before < ONE_MINUTE:
                    skipped.append(day)
                return begin + left, tuple(skipped)
            left -= shuts - begin
        if day.note and before - left < ONE_MINUTE:
            skipped.append(day)
    raise AssertionError("unreachable")


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def working_minutes_between(start: datetime, end: datetime, *, calendar: Calendar) -> int:
    """Return the office minutes between two moments; negative when ``end`` is before ``start``."""
    if end < start:
        return -working_minutes_between(end, start, calendar=calendar)
    return _minutes(open_time_between(start, end, calendar=calendar))


def open_time_between(start: datetime, end: datetime, *, calendar: Calendar) -> timedelta:
    """Return the office time between two moments; none if ``end`` is before ``start``."""
    if end < start:
        return NO_TIME
    start, end = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)  # of one zone they are compared at once
    first, last, days = start.date(), end.date(), calendar.day
    total = _open_between(start, end, days[first])
    if first < last:
        total += _open_between(start, end, days[last])
        for number in range(1, (last - first).days):
            total += days[first + timedelta(days=number)].open_time
    return total


def _open_between(start: datetime, end: datetime, day: Day) -> timedelta:
    """The office time of ``day`` that lies between two moments."""
    total = NO_TIME
    for opens, shuts in day.open_spans:
        total += max(min(shuts, end) - max(opens, start), NO_TIME)
    return total


def point_of_share(deadline: Deadline, percent: int, *, calendar: Calendar) -> datetime:
    """The moment at which ``percent`` of the time has passed: of the office time for office clocks, else of all."""
    start, end = deadline.started_at, deadline.due_at
    if deadline.limit.clock not in OFFICE_CLOCKS:
        return start + (end - start) * percent / 100
    share = open_time_between(start, end, calendar=calendar) * percent / 100
    return _after_open_time(start.astimezone(SHANGHAI), share, calendar)[0] if share else end
