"""The four clocks, against known dates and against an independent calculation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleViolation
from worktime.actions import read_special_days
from worktime.calendars import missing_year, parse_spans
from worktime.clocks import (
    SHANGHAI,
    Calendar,
    Clock,
    Limit,
    due,
    due_with_rest,
    point_of_share,
    with_office_time,
    working_minutes_between,
)

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
    sentence = due(at("2026-11-20 16:30"), Limit(Clock.WORKING_HOURS, 240), calendar=CALENDAR).explain()
    assert sentence == "自11月20日16:30起 4 工时 → 11月23日11:00（跳过11月21日至11月22日周末）"


def test_a_deadline_names_the_holiday_it_skips() -> None:
    sentence = due(at("2026-09-24 17:00"), Limit(Clock.WORKING_DAYS, 2), calendar=CALENDAR).explain()
    assert "9月25日至9月27日中秋节" in sentence


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


@pytest.mark.article(17)
@pytest.mark.parametrize(
    ("start", "clock", "amount", "end"),
    [
        ("2026-12-31 17:30", Clock.WORKING_DAYS, 1, "2027-01-04 18:00"),  # 元旦 on a Friday, then a weekend
        ("2026-12-31 17:30", Clock.WORKING_HOURS, 60, "2027-01-04 09:00"),
        (
            "2027-02-04 17:00",
            Clock.WORKING_DAYS,
            1,
            "2027-02-09 18:00",
        ),  # 除夕 is Friday the 5th, 初三 Monday the 8th
        ("2027-04-02 17:00", Clock.WORKING_DAYS, 1, "2027-04-06 18:00"),  # 清明 on Monday
        ("2027-06-08 17:00", Clock.WORKING_DAYS, 1, "2027-06-10 18:00"),  # 端午 on Wednesday
        ("2027-09-14 17:00", Clock.WORKING_DAYS, 1, "2027-09-16 18:00"),  # 中秋 on Wednesday
        ("2027-09-30 17:00", Clock.WORKING_DAYS, 1, "2027-10-04 18:00"),  # 国庆 from Friday to Sunday
    ],
)
def test_the_holidays_of_the_law_are_free_before_the_notice_of_their_year(
    start: str, clock: Clock, amount: int, end: str
) -> None:
    deadline = due(at(start), Limit(clock, amount), calendar=CALENDAR)
    assert deadline.due_at == at(end)
    assert deadline.provisional and "暂按周一至周五和法定节日推算" in deadline.explain()


def test_a_notice_stands_above_the_days_of_the_law() -> None:
    noticed = Calendar(days={date(2027, 5, 2): True}, known_years=frozenset({2027}))
    assert noticed.is_workday(date(2027, 10, 1)) and noticed.is_workday(date(2027, 5, 2))
    assert CALENDAR.day_note(date(2027, 1, 1)) == "元旦" and not CALENDAR.is_workday(date(2027, 1, 1))


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("start", "clock", "amount", "reminded"),
    [
        ("2026-11-20 17:30", Clock.WORKING_HOURS, 60, "2026-11-23 08:45"),  # Friday, 1 工时: not on Sunday
        ("2026-11-20 16:30", Clock.WORKING_HOURS, 240, "2026-11-23 10:00"),
        ("2026-11-23 09:00", Clock.WORKING_HOURS, 240, "2026-11-23 12:00"),
        ("2026-11-20 09:00", Clock.WORKING_DAYS, 1, "2026-11-23 14:37:30"),  # 13.5 hours of office time
        ("2026-09-30 17:00", Clock.WORKING_DAYS, 1, "2026-10-08 16:00"),  # over 国庆
        ("2026-11-20 22:00", Clock.AROUND_THE_CLOCK, 60, "2026-11-20 22:45"),
        ("2026-11-20 00:00", Clock.NATURAL_DAYS, 3, "2026-11-23 00:00"),
    ],
)
def test_a_reminder_comes_at_its_share_of_the_time_that_counts(
    start: str, clock: Clock, amount: int, reminded: str
) -> None:
    deadline = due(at(start), Limit(clock, amount), calendar=CALENDAR)
    assert point_of_share(deadline, 75, calendar=CALENDAR) == at(reminded)


@pytest.mark.article(18)
@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2026, 11, 1)).map(lambda m: m.replace(tzinfo=SHANGHAI)),
    limit=st.one_of(
        st.builds(Limit, st.just(Clock.WORKING_HOURS), st.integers(1, 3000)),
        st.builds(Limit, st.just(Clock.WORKING_DAYS), st.integers(1, 20)),
    ),
)
def test_no_reminder_of_an_office_clock_comes_outside_office_hours(start: datetime, limit: Limit) -> None:
    deadline = due(start, limit, calendar=CALENDAR)
    moment = point_of_share(deadline, 75, calendar=CALENDAR)
    assert start < moment < deadline.due_at
    assert any(opens <= moment <= shuts for opens, shuts in CALENDAR.open_spans(moment.date()))


@pytest.mark.parametrize("amount", [700, 1000])
def test_a_limit_of_some_years_is_computed(amount: int) -> None:
    deadline = due(at("2026-11-20 09:00"), Limit(Clock.WORKING_DAYS, amount), calendar=CALENDAR)
    day, left = date(2026, 11, 20), amount
    while left:
        day += timedelta(days=1)
        left -= CALENDAR.is_workday(day)
    assert deadline.due_at == at(f"{day} 18:00")
    assert due(
        at("2026-11-20 09:00"), Limit(Clock.WORKING_HOURS, 366 * 24 * 60), calendar=CALENDAR
    ).provisional


def test_a_calendar_without_a_workday_is_refused_and_not_searched_for_ever() -> None:
    day, closed = date(2026, 11, 20), {}
    for number in range(21 * 366):
        closed[day + timedelta(days=number)] = False
    with pytest.raises(ValueError, match="calendar is broken"):
        due(at("2026-11-20 09:00"), Limit(Clock.WORKING_DAYS, 1), calendar=Calendar(days=closed))


SUMMER = ((time(8, 0), time(12, 0)), (time(15, 0), time(18, 30)))


def test_office_hours_hold_from_their_day() -> None:
    calendar = Calendar(
        days=CALENDAR.days, known_years=CALENDAR.known_years, hours=((date(2026, 11, 23), SUMMER),)
    )
    friday = due(at("2026-11-19 09:00"), Limit(Clock.WORKING_DAYS, 1), calendar=calendar)
    assert friday.due_at == at("2026-11-20 18:00")
    monday = due(at("2026-11-20 17:30"), Limit(Clock.WORKING_DAYS, 1), calendar=calendar)
    assert monday.due_at == at("2026-11-23 18:30")
    hour = due(at("2026-11-20 17:30"), Limit(Clock.WORKING_HOURS, 60), calendar=calendar)
    assert hour.due_at == at("2026-11-23 08:30")
    days = working_minutes_between(at("2026-11-20 08:00"), at("2026-11-25 00:00"), calendar=calendar)
    assert days == 7 * 60 + 2 * 450


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("clock", "stopped", "was_due", "again", "end"),
    [
        (Clock.WORKING_HOURS, "2026-11-20 16:41", "2026-11-20 18:00", "2026-11-23 08:30", "2026-11-23 09:49"),
        (Clock.WORKING_HOURS, "2026-11-20 16:41", "2026-11-20 18:00", "2026-11-23 11:30", "2026-11-23 15:19"),
        (Clock.WORKING_DAYS, "2026-11-20 16:00", "2026-11-23 18:00", "2026-11-25 14:30", "2026-11-26 16:30"),
        (
            Clock.AROUND_THE_CLOCK,
            "2026-11-20 22:04",
            "2026-11-20 22:15",
            "2026-11-20 23:55",
            "2026-11-21 00:06",
        ),
        (Clock.WORKING_HOURS, "2026-11-20 17:00", "2026-11-20 16:00", "2026-11-21 10:00", "2026-11-21 10:00"),
    ],
)
def test_an_interrupted_time_goes_on_with_its_rest(
    clock: Clock, stopped: str, was_due: str, again: str, end: str
) -> None:
    deadline = due_with_rest(
        at(again), clock=clock, interrupted_at=at(stopped), was_due_at=at(was_due), calendar=CALENDAR
    )
    assert deadline.due_at == at(end)
    assert "接着剩下的" in deadline.explain()


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-11-19 22:10", 0, "2026-11-21 00:00"),  # Thursday night: Friday's end, not midnight
        ("2026-11-20 22:10", 0, "2026-11-24 00:00"),  # Friday night: Monday's end
        ("2026-11-20 22:10", 1, "2026-11-24 00:00"),
        ("2026-11-20 09:00", 0, "2026-11-21 00:00"),
        ("2026-11-19 22:10", 1, "2026-11-21 00:00"),
    ],
)
def test_a_day_that_has_no_office_time_left_is_extended_to_the_next_workday(
    start: str, amount: int, end: str
) -> None:
    deadline = due(at(start), Limit(Clock.NATURAL_DAYS, amount), calendar=CALENDAR)
    assert with_office_time(deadline, calendar=CALENDAR).due_at == at(end)


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
