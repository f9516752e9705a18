"""When the clock of a step rings."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.defaults import DEFAULTS
from tests.town import MONDAY
from workflow.deadlines import LimitBook, StagePlan, half_of, plan_stage
from worktime.clocks import SHANGHAI, Calendar, Clock, Limit

BOOK = LimitBook(
    {
        (step, purpose, urgent): Limit(Clock(clock), amount)
        for step, purpose, urgent, clock, amount in DEFAULTS
    }
)
CALENDAR = Calendar(known_years=frozenset({2026}))


def planned(step: str, *, urgent: bool = False, matter_limit: Limit | None = None) -> StagePlan:
    return plan_stage(
        step, started_at=MONDAY, urgent=urgent, matter_limit=matter_limit, book=BOOK, calendar=CALENDAR
    )


@pytest.mark.article(18)
def test_an_ordinary_acceptance_is_due_after_four_working_hours() -> None:
    assert planned("awaiting_acceptance").deadline.due_at == datetime(2026, 11, 16, 15, 30, tzinfo=SHANGHAI)


@pytest.mark.article(18)
def test_an_urgent_acceptance_is_due_after_ten_minutes() -> None:
    assert planned("awaiting_acceptance", urgent=True).deadline.due_at == MONDAY + timedelta(minutes=10)


@pytest.mark.article(18)
def test_a_step_reminds_then_runs_out_then_is_pressed_upward_then_supervised() -> None:
    plan = planned("awaiting_acceptance")
    assert [rule for rule, _ in plan.alarms] == ["remind", "overdue", "escalate", "supervise"]
    moments = [moment for _, moment in plan.alarms]
    assert moments == sorted(moments)
    assert moments[1] == plan.deadline.due_at
    assert moments[0] - MONDAY == (plan.deadline.due_at - MONDAY) * 0.75


def test_a_report_returned_for_correction_lapses_and_is_never_escalated() -> None:
    assert [rule for rule, _ in planned("returned_for_correction").alarms] == ["remind", "overdue", "lapse"]


def test_silence_about_a_rating_only_closes() -> None:
    assert [rule for rule, _ in planned("awaiting_rating").alarms] == ["close_unrated"]


@pytest.mark.article(17)
def test_the_matter_s_own_limit_rules_the_unit_and_half_of_it_the_rework() -> None:
    limit = Limit(Clock.WORKING_DAYS, 5)
    assert planned("matter", matter_limit=limit).deadline.limit == limit
    assert planned("rework", matter_limit=limit).deadline.limit == Limit(Clock.WORKING_DAYS, 3)
    assert planned("matter").deadline.limit == Limit(Clock.WORKING_DAYS, 5)


@pytest.mark.parametrize(
    ("whole", "half"),
    [
        (Limit(Clock.WORKING_DAYS, 1), Limit(Clock.WORKING_DAYS, 1)),
        (Limit(Clock.WORKING_DAYS, 15), Limit(Clock.WORKING_DAYS, 8)),
        (Limit(Clock.AROUND_THE_CLOCK, 30), Limit(Clock.AROUND_THE_CLOCK, 30)),
        (Limit(Clock.AROUND_THE_CLOCK, 120), Limit(Clock.AROUND_THE_CLOCK, 60)),
    ],
)
def test_rework_gets_half_of_the_original_and_at_least_a_day(whole: Limit, half: Limit) -> None:
    assert half_of(whole) == half


def test_a_step_without_a_limit_is_a_mistake_not_an_endless_wait() -> None:
    with pytest.raises(LookupError, match="unknown_step"):
        planned("unknown_step")
