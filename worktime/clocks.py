"""The four clocks and their calendar. Pure: no database, time is an argument.

All arithmetic happens in Asia/Shanghai (UTC+8, no daylight saving); results are aware datetimes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from worktime.holidays import statutory_holidays

Spans = tuple[tuple[time, time], ...]
SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"
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


@dataclass(frozen=True, slots=True)
class OfficeDay:
    """What a calendar says of one day: whether the office works, why not, when it is open, and for how long."""

    is_workday: bool
    note: str
    spans: tuple[tuple[datetime, datetime], ...]
    length: timedelta


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

    def is_workday(self, day: date) -> bool:
        """Whether the office works on ``day``."""
        return self._on(day).is_workday

    def spans_on(self, day: date) -> Spans:
        """The office hours that hold on ``day``, if it is a workday."""
        return next((spans for first, spans in reversed(self.hours) if first <= day), self.spans)

    def open_spans(self, day: date) -> Sequence[tuple[datetime, datetime]]:
        """The office hours of ``day`` as aware datetimes, empty on a day off."""
        return self._on(day).spans

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at a moment."""
        return any(opens <= at < shuts for opens, shuts in self.open_spans(day_of(at)))

    def open_time_on(self, day: date) -> timedelta:
        """The office time of ``day``."""
        return self._on(day).length

    def closes_at(self, day: date) -> datetime:
        """The end of office hours on ``day``."""
        return datetime.combine(day, self.spans_on(day)[-1][1], SHANGHAI)

    def day_note(self, day: date) -> str:
        """Why ``day`` is special: the holiday's name, 调休, 周末, or an empty text."""
        return self._on(day).note

    @cached_property
    def _days(self) -> dict[date, OfficeDay]:
        """The days that were asked for: millions of deadlines lie on a few hundred days."""
        return {}

    def _on(self, day: date) -> OfficeDay:
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._made(day)
        return found

    def _made(self, day: date) -> OfficeDay:
        by_law = "" if day.year in self.known_years else statutory_holidays(day.year).get(day, "")
        worked = self.days[day] if day in self.days else day.weekday() < 5 and not by_law
        if day in self.days:
            name = self.names.get(day, "")
            note = f"{name}调休上班" if worked else (name or "放假")
        else:
            note = by_law or ("周末" if day.weekday() >= 5 else "")
        hours = self.spans_on(day) if worked else ()
        spans = tuple(
            (datetime.combine(day, opens, SHANGHAI), datetime.combine(day, shuts, SHANGHAI))
            for opens, shuts in hours
        )
        return OfficeDay(worked, note, spans, length_of(hours))


@lru_cache(maxsize=64)
def length_of(spans: Spans) -> timedelta:
    """The office time of a workday with these hours."""
    day = date.min
    return sum(
        (datetime.combine(day, shuts) - datetime.combine(day, opens) for opens, shuts in spans), timedelta()
    )


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
    is_rest: bool = False  # what an interrupted stay had left
    extension: Limit | None = None  # what was granted beyond the limit

    def explain(self) -> str:
        """Explain in one line: ``自11月20日16:30起 4 工时 → 11月23日11:00（11月21日周末…）``."""
        skipped = [share for share in self.shares if share.minutes == 0 and share.note]
        passed = "；".join(_skipped_words(skipped))
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
            end, shares = _after_open_time(start, timedelta(minutes=limit.amount), calendar)
    return _deadline(started_at, end, limit, shares, calendar)


def _deadline(
    started_at: datetime, end: datetime, limit: Limit, shares: list[DayShare], calendar: Calendar
) -> Deadline:
    return Deadline(
        started_at=started_at,
        due_at=end,
        limit=limit,
        shares=tuple(shares),
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
        end, shares = _after_open_time(start, left, calendar) if left else (start, [])
        limit = Limit(Clock.WORKING_HOURS, _minutes(left))
    else:
        left = max(was_due_at - interrupted_at, timedelta())
        end, shares = start + left, []
        limit = Limit(Clock.AROUND_THE_CLOCK, _minutes(left))
    return replace(_deadline(started_at, end, limit, shares, calendar), is_rest=True)


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


def _after_open_time(start: datetime, left: timedelta, calendar: Calendar) -> tuple[datetime, list[DayShare]]:
    shares: list[DayShare] = []
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
    return _minutes(open_time_between(start, end, calendar=calendar))


def open_time_between(start: datetime, end: datetime, *, calendar: Calendar) -> timedelta:
    """Return the office time between two moments; none if ``end`` is before ``start``."""
    if end < start:
        return timedelta()
    first, last = day_of(start), day_of(end)
    total = _open_between(start, end, first, calendar)
    if first < last:
        total += _open_between(start, end, last, calendar)
        between = (first + timedelta(days=number) for number in range(1, (last - first).days))
        total += sum(map(calendar.open_time_on, between), timedelta())
    return total


def _open_between(start: datetime, end: datetime, day: date, calendar: Calendar) -> timedelta:
    """The office time of ``day`` that lies between two moments."""
    return sum(
        (max(min(shuts, end) - max(opens, start), timedelta()) for opens, shuts in calendar.open_spans(day)),
        timedelta(),
    )


def point_of_share(deadline: Deadline, percent: int, *, calendar: Calendar) -> datetime:
    """The moment at which ``percent`` of the time has passed: of the office time for office clocks, else of all."""
    start, end = deadline.started_at, deadline.due_at
    if deadline.limit.clock not in OFFICE_CLOCKS:
        return start + (end - start) * percent / 100
    share = open_time_between(start, end, calendar=calendar) * percent / 100
    return _after_open_time(start.astimezone(SHANGHAI), share, calendar)[0] if share else end
