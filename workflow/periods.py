"""Periods that numbers are counted over, each with the comparable period before it. Pure; days are Puyang's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from worktime.clocks import SHANGHAI, day_of

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
PERIODS = {"day": "今天", "week": "本周", "month": "本月", "quarter": "本季", "year": "今年"}
BEFORE = {
    "day": "昨天同时",
    "week": "上周同期",
    "month": "上月同期",
    "quarter": "上季同期",
    "year": "去年同期",
}
DEFAULT = "month"


@dataclass(frozen=True)
class Period:
    """A half-open period, and the period before it for comparison, which has the same length as has passed so far."""

    key: str
    name: str
    start: datetime
    end: datetime
    before_name: str
    before_start: datetime
    before_end: datetime

    def words(self) -> str:
        """Returns the days that have passed so far, as ``2026年11月1日至23日``."""
        first, last = self.start.astimezone(SHANGHAI), (self.end - timedelta(seconds=1)).astimezone(SHANGHAI)
        if first.date() == last.date():
            return f"{first.year}年{first.month}月{first.day}日"
        end = (
            f"{last.day}日"
            if (first.year, first.month) == (last.year, last.month)
            else _day(last, first.year)
        )
        return f"{first.year}年{first.month}月{first.day}日至{end}"


def _day(moment: datetime, year: int) -> str:
    day = f"{moment.month}月{moment.day}日"
    return day if moment.year == year else f"{moment.year}年{day}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), SHANGHAI)


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def read_period(key: str, *, at: datetime) -> Period | None:
    """Returns the period of a key (``day`` to ``year``, or a month such as ``2026-10``) at a moment, or None."""
    today = day_of(at)
    named = MONTH.fullmatch(key)
    if named:
        return _whole_month(key, date(int(named[1]), int(named[2]), 1), at=at)
    if key not in PERIODS:
        return None
    first = _first_day(key, today)
    before = _first_day_before(key, first)
    start, ran = _midnight(first), at - _midnight(first)
    before_start = _midnight(before)
    before_end = min(before_start + ran, start)
    return Period(key, PERIODS[key], start, at, BEFORE[key], before_start, before_end)


def _first_day(key: str, today: date) -> date:
    match key:
        case "week":
            return today - timedelta(days=today.weekday())
        case "month":
            return today.replace(day=1)
        case "quarter":
            return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return today.replace(month=1, day=1)
    return today


def _first_day_before(key: str, first: date) -> date:
    match key:
        case "week":
            return first - timedelta(days=7)
        case "month":
            return _month_before(first)
        case "quarter":
            return _month_before(_month_before(_month_before(first)))
        case "year":
            return first.replace(year=first.year - 1)
    return first - timedelta(days=1)


def _whole_month(key: str, first: date, *, at: datetime) -> Period:
    after = (first + timedelta(days=32)).replace(day=1)
    before = _month_before(first)
    end = min(_midnight(after), at) if _midnight(first) < at else _midnight(after)
    name = f"{first.year}年{first.month}月"
    return Period(key, name, _midnight(first), end, f"{before.month}月", _midnight(before), _midnight(first))
