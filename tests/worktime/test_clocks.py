"""The four clocks, against dates that people of Puyang remember and against an independent calculator."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleViolation
from worktime.actions import read_special_days
from worktime.calendars import missing_year, parse_spans
from worktime.clocks import SHANGHAI, Calendar, Clock, Limit, due, working_minutes_between

SEED = Path(__file__).resolve().parents[2] / "worktime/seed/calendar_days.csv"
DAYS = read_special_days(SEED)
CALENDAR = Calendar(
    days={day.day: day.is_workday for day in DAYS},
    names={day.day: day.name for day in DAYS},
    known_years=frozenset({2024, 2025, 2026}),
    version="2026.1",
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.article(17)
@pytest.mark.parametrize(
    ("clock", "amount", "start", "end"),
    [
        (Clock.WORKING_HOURS, 240, "2026-11-20 16:30", "2026-11-23 11:00"),  # over a weekend
        (Clock.WORKING_HOURS, 240, "2026-11-23 09:00", "2026-11-23 15:30"),  # over the noon break
        (Clock.WORKING_HOURS, 60, "2026-11-23 22:00", "2026-11-24 09:30"),  # reported at night
        (Clock.WORKING_HOURS, 210, "2026-11-23 08:30", "2026-11-23 12:00"),  # ends with the morning
        (Clock.WORKING_HOURS, 60, "2026-02-13 17:30", "2026-02-14 09:00"),  # Saturday worked (调休)
        (Clock.WORKING_DAYS, 1, "2026-11-20 09:00", "2026-11-23 18:00"),
        (Clock.WORKING_DAYS, 3, "2026-09-30 09:00", "2026-10-10 18:00"),  # 国庆, and a Saturday worked
        (Clock.WORKING_DAYS, 1, "2026-02-14 09:00", "2026-02-24 18:00"),  # the whole 春节
        (Clock.NATURAL_DAYS, 0, "2026-11-20 09:00", "2026-11-21 00:00"),  # the same day
        (Clock.NATURAL_DAYS, 5, "2026-11-20 09:00", "2026-11-26 00:00"),
        (Clock.AROUND_THE_CLOCK, 10, "2026-11-20 23:55", "2026-11-21 00:05"),
    ],
)
def test_a_limit_runs_out_when_people_say_it_does(clock: Clock, amount: int, start: str, end: str) -> None:
    expected = at(end)
    if clock == Clock.WORKING_DAYS and start.startswith("2026-09-30"):
        # 10-08 and 10-09 are workdays after the holiday, the Saturday 10-10 is made up
        assert [CALENDAR.is_workday(date(2026, 10, day)) for day in (7, 8, 9, 10, 11)] == [
            False, True, True, True, False,
        ]  # fmt: skip
    assert due(at(start), Limit(clock, amount), calendar=CALENDAR).due_at == expected


@pytest.mark.article(17)
def test_a_deadline_explains_itself() -> None:
    told = due(at("2026-11-20 16:30"), Limit(Clock.WORKING_HOURS, 240), calendar=CALENDAR).explain()
    assert told == "自11月20日16:30起 4 工时 → 11月23日11:00（跳过11月21日至11月22日周末）"


def test_a_deadline_names_the_holiday_it_skips() -> None:
    told = due(at("2026-09-24 17:00"), Limit(Clock.WORKING_DAYS, 2), calendar=CALENDAR).explain()
    assert "9月25日至9月27日中秋节" in told


def test_a_deadline_beyond_the_known_years_says_that_it_is_provisional() -> None:
    deadline = due(at("2026-12-31 09:00"), Limit(Clock.WORKING_DAYS, 2), calendar=CALENDAR)
    assert deadline.provisional
    assert "节假日安排未录入" in deadline.explain()
    assert not due(at("2026-12-31 09:00"), Limit(Clock.NATURAL_DAYS, 2), calendar=CALENDAR).provisional


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2027, 1, 4), 2027),
        (date(2025, 12, 1), None),
    ],
)
def test_the_banner_asks_for_next_year_from_november_on(today: date, expected: int | None) -> None:
    assert missing_year(today, CALENDAR) == expected


def is_open(moment: datetime) -> bool:
    """An independent reading of the office hours, minute by minute."""
    day = moment.date()
    workday = {d.day: d.is_workday for d in DAYS}.get(day, day.weekday() < 5)
    clock = moment.time()
    return workday and (time(8, 30) <= clock < time(12) or time(14, 30) <= clock < time(18))


@pytest.mark.article(17)
@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 30)).map(
        lambda moment: moment.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
    ),
    minutes=st.integers(1, 900),
)
def test_working_hours_agree_with_counting_minute_by_minute(start: datetime, minutes: int) -> None:
    moment, left = start, minutes
    while left:
        left -= is_open(moment)
        moment += timedelta(minutes=1)
    assert due(start, Limit(Clock.WORKING_HOURS, minutes), calendar=CALENDAR).due_at == moment


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1)).map(lambda m: m.replace(tzinfo=SHANGHAI)),
    days=st.integers(1, 40),
)
def test_working_days_agree_with_counting_day_by_day(start: datetime, days: int) -> None:
    day, left = start.date(), days
    while left:
        day += timedelta(days=1)
        left -= is_open(datetime.combine(day, time(9)))
    assert due(start, Limit(Clock.WORKING_DAYS, days), calendar=CALENDAR).due_at == at(f"{day} 18:00")


def test_the_office_minutes_between_two_moments_are_counted_both_ways() -> None:
    first, last = at("2026-11-20 17:00"), at("2026-11-23 09:00")
    assert working_minutes_between(first, last, calendar=CALENDAR) == 90
    assert working_minutes_between(last, first, calendar=CALENDAR) == -90


@given(
    start=st.datetimes(datetime(2026, 1, 25), datetime(2026, 3, 10)).map(
        lambda m: m.replace(tzinfo=SHANGHAI)
    ),
    length=st.timedeltas(timedelta(), timedelta(days=30)),
)
def test_the_office_minutes_of_whole_days_are_those_of_their_hours(
    start: datetime, length: timedelta
) -> None:
    """The days around the Spring Festival, day by day and span by span."""
    end, counted = start + length, timedelta()
    for number in range((end.date() - start.date()).days + 1):
        for opens, shuts in CALENDAR.open_spans(start.date() + timedelta(days=number)):
            counted += max(min(shuts, end) - max(opens, start), timedelta())
    assert working_minutes_between(start, end, calendar=CALENDAR) == counted // timedelta(minutes=1)


def test_office_hours_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="out of order"):
        parse_spans("14:30-18:00,08:30-12:00")


def test_a_holiday_file_names_the_line_it_cannot_read(tmp_path: Path) -> None:
    broken = tmp_path / "days.csv"
    broken.write_text("day,is_workday,name\n2027-01-01,0,元旦\n2027-13-01,0,元旦\n", encoding="utf-8")
    with pytest.raises(RuleViolation, match="第 3 行"):
        read_special_days(broken)
