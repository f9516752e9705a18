"""The clocks against a calculator that was written independently and works in another way: no difference.

The run of all tests compares 2,000 drawn inputs; ``DEADLINES=100000`` that many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from demo.simulation import calculator
from demo.simulation.calculator import Office, datetime_of, moment_of
from tests.faults import assert_none
from workflow.deadlines import REMIND_AT_PERCENT
from worktime.clocks import (
    SHANGHAI,
    Calendar,
    Clock,
    Limit,
    due,
    due_with_rest,
    open_time_between,
    point_of_share,
    with_office_time,
)

COUNT = int(os.environ.get("DEADLINES", "2000"))
SEED = 20261130
FIRST, YEARS = date(2020, 1, 1), 20
OF_ONE_CALENDAR = 1_000  # inputs that share a calendar, because it takes longer to draw than they do
MOST = {Clock.AROUND_THE_CLOCK: 60 * 24 * 30, Clock.WORKING_HOURS: 60 * 8 * 40, Clock.WORKING_DAYS: 60}
MINUTES_OF_DAY = 24 * 60
BEYOND = 3000  # days: with the shortest hours a limit that begins on the last day takes years


@dataclass(frozen=True)
class Drawn:
    """One input: a start, a limit, and a pause: when it began and how long it was."""

    start: datetime
    limit: Limit
    paused_after: timedelta
    pause: timedelta


def drawn_calendar(random: Random) -> tuple[Calendar, Office]:
    """Twenty years with drawn holidays and make-up days, and office hours that change some times."""
    days = [FIRST + timedelta(days=number) for number in range(YEARS * 365 + BEYOND)]
    special: dict[date, bool] = {}
    for _ in range(YEARS * random.randint(2, 8)):
        first, length, worked = random.choice(days), random.randint(1, 9), random.random() < 0.3
        special |= {first + timedelta(days=more): worked for more in range(length)}
    changes = sorted(random.sample(days, random.randint(0, 4)))
    hours = [(first, _drawn_hours(random)) for first in (FIRST, *changes)]
    calendar = Calendar(
        days=special,
        hours=tuple(
            (first, tuple((_time(opens), _time(shuts)) for opens, shuts in spans)) for first, spans in hours
        ),
        known_years=frozenset(range(2020, 2060)),
    )
    return calendar, Office(
        days,
        is_worked=lambda day: special.get(day, day.weekday() < 5),
        spans_on=lambda day: [spans for first, spans in hours if first <= day][-1],
    )


def _drawn_hours(random: Random) -> list[tuple[int, int]]:
    edges = sorted(random.sample(range(6 * 60, 22 * 60, 15), random.choice((2, 4, 4, 6))))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def drawn_inputs(random: Random) -> Iterator[Drawn]:
    while True:
        day = FIRST + timedelta(days=random.randrange(YEARS * 365))
        second = random.choice((0, 0, random.randrange(60)))
        minute = random.choice((random.randrange(MINUTES_OF_DAY), 8 * 60 + 30, 12 * 60, 18 * 60, 0))
        start = datetime.combine(day, time(0), SHANGHAI) + timedelta(minutes=minute, seconds=second)
        clock = random.choice(list(Clock))
        least = 0 if clock == Clock.NATURAL_DAYS else 1
        limit = Limit(clock, random.randint(least, random.choice((5, MOST.get(clock, 60)))))
        paused_after = timedelta(
            seconds=random.randrange(20 * 24 * 3600), microseconds=random.randrange(10**6)
        )
        yield Drawn(start, limit, paused_after, timedelta(minutes=random.randrange(60 * 24 * 40)))


def both(one: Drawn, calendar: Calendar, office: Office) -> dict[str, tuple[datetime, datetime]]:
    """What the clocks and the second calculator say: the end, the reminder, the end after a pause, what is kept."""
    deadline = due(one.start, one.limit, calendar=calendar)
    start, clock = moment_of(one.start), one.limit.clock.value
    end = office.end_of(start, calculator.Limit(clock, one.limit.amount))
    stopped, resumed = one.start + one.paused_after, one.start + one.paused_after + one.pause
    rest = due_with_rest(
        resumed, clock=one.limit.clock, interrupted_at=stopped, was_due_at=deadline.due_at, calendar=calendar
    )
    kept = with_office_time(deadline, calendar=calendar)
    mine = office.end_of_rest(moment_of(resumed), clock=clock, stopped=moment_of(stopped), was_due=end)
    left = open_time_between(one.start, stopped, calendar=calendar)
    return {
        "due": (deadline.due_at, datetime_of(end)),
        "remind": (
            point_of_share(deadline, REMIND_AT_PERCENT, calendar=calendar),
            datetime_of(office.part_of(start, end, clock=clock, percent=75)),
        ),
        "rest": (rest.due_at, datetime_of(mine)),
        "kept": (kept.due_at, datetime_of(office.kept_in_office(start, end))),
        "open": (one.start + left, datetime_of(start + office.between(start, moment_of(stopped)))),
    }


@pytest.mark.article(17)
@pytest.mark.article(18)
def test_a_second_calculator_finds_no_other_moment() -> None:
    random, compared, differences = Random(SEED), 0, []
    while compared < COUNT:
        calendar, office = drawn_calendar(random)
        for _, one in zip(range(min(OF_ONE_CALENDAR, COUNT - compared)), drawn_inputs(random), strict=False):
            compared += 1
            found = both(one, calendar, office)
            differences += [f"{one} {what}: {pair}" for what, pair in found.items() if pair[0] != pair[1]]
    assert_none(differences)
    assert compared == COUNT
