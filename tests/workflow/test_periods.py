"""Periods and the period of the same length before them."""

from __future__ import annotations

from datetime import datetime

import pytest

from workflow.periods import read_period
from worktime.clocks import SHANGHAI

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=SHANGHAI)


def local(month: int, day: int, hour: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("key", "start", "before_start", "before_end"),
    [
        ("day", local(11, 24), local(11, 23), local(11, 23, 12)),
        ("week", local(11, 23), local(11, 16), local(11, 17, 12)),
        ("month", local(11, 1), local(10, 1), local(10, 24, 12)),
        ("quarter", local(10, 1), local(7, 1), local(8, 24, 12)),
        ("year", local(1, 1), local(1, 1, year=2025), local(11, 24, 12, year=2025)),
    ],
)
def test_a_running_span_is_compared_with_as_much_of_the_one_before(
    key: str, start: datetime, before_start: datetime, before_end: datetime
) -> None:
    period = read_period(key, at=NOON)
    assert period is not None
    assert (period.start, period.end) == (start, NOON)
    assert (period.before_start, period.before_end) == (before_start, before_end)


def test_the_span_before_never_reaches_into_the_present_one() -> None:
    period = read_period("month", at=datetime(2026, 3, 31, 12, tzinfo=SHANGHAI))
    assert period is not None
    assert period.before_end == period.start


def test_a_month_by_name_is_whole_and_compared_with_the_whole_month_before() -> None:
    period = read_period("2026-10", at=NOON)
    assert period is not None
    assert (period.start, period.end, period.before_start) == (local(10, 1), local(11, 1), local(9, 1))
    assert period.words() == "2026年10月1日至31日"


@pytest.mark.parametrize("key", ["", "century", "2026-13", "2026-1", "1999-01", "2026-10-01"])
def test_any_other_word_is_not_a_span(key: str) -> None:
    assert read_period(key, at=NOON) is None


@pytest.mark.parametrize(
    ("key", "words"),
    [("day", "2026年11月24日"), ("month", "2026年11月1日至24日"), ("quarter", "2026年10月1日至11月24日")],
)
def test_the_heading_names_the_days(key: str, words: str) -> None:
    period = read_period(key, at=NOON)
    assert period is not None
    assert period.words() == words
