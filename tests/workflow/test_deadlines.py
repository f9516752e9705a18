"""When the clock of a step rings."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.defaults import DEFAULTS
from tests.town import MONDAY
from workflow.deadlines import Interrupted, LimitBook, StagePlan, half_of, plan_stage
from worktime.clocks import SHANGHAI, Calendar, Clock, Limit

BOOK = LimitBook(
    {
        (step, purpose, urgent): Limit(Clock(clock), amount)
        for step, purpose, urgent, clock, amount in DEFAULTS
    }
)
CALENDAR = Calendar(known_years=frozenset({2026}))


def planned(
    step: str,
    *,
    urgent: bool = False,
    matter_limit: Limit | None = None,
    interrupted: Interrupted | None = None,
) -> StagePlan:
    return plan_stage(
        step,
        started_at=MONDAY,
        urgent=urgent,
        matter_limit=matter_limit,
        book=BOOK,
        calendar=CALENDAR,
        interrupted=interrupted,
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
    assert moments[0] == datetime(2026, 11, 16, 12, 0, tzinfo=SHANGHAI)  # three of the four working hours


def test_nothing_left_of_an_interrupted_stay_is_overdue_without_a_reminder() -> None:
    before = Interrupted(Clock.WORKING_HOURS, MONDAY, MONDAY - timedelta(hours=1))
    plan = planned("awaiting_acceptance", interrupted=before)
    assert plan.deadline.due_at == MONDAY
    assert [rule for rule, _ in plan.alarms] == ["overdue", "escalate", "supervise"]


def test_an_interrupted_stay_that_has_become_urgent_has_its_urgent_time() -> None:
    before = Interrupted(Clock.WORKING_HOURS, MONDAY, MONDAY + timedelta(hours=1))
    assert planned("awaiting_acceptance", interrupted=before).deadline.due_at == MONDAY + timedelta(hours=1)
    urgent = planned("awaiting_acceptance", urgent=True, interrupted=before)
    assert urgent.deadline.due_at == MONDAY + timedelta(minutes=10)


@pytest.mark.article(18)
def test_who_begins_at_night_has_the_next_workday_and_the_matter_s_own_first_response_comes_first() -> None:
    night = datetime(2026, 11, 16, 22, 10, tzinfo=SHANGHAI)
    known = {"started_at": night, "urgent": False, "matter_limit": None, "book": BOOK, "calendar": CALENDAR}
    plan = plan_stage("self_handling", **known)
    assert plan.deadline.due_at == datetime(2026, 11, 18, tzinfo=SHANGHAI)
    assert plan.alarms[0][1] > datetime(2026, 11, 17, 9, tzinfo=SHANGHAI)
    own = plan_stage("self_handling", own_limit=Limit(Clock.NATURAL_DAYS, 2), **known)
    assert own.deadline.due_at == datetime(2026, 11, 19, tzinfo=SHANGHAI)
    hours = plan_stage("self_handling", own_limit=Limit(Clock.WORKING_HOURS, 120), **known)
    assert hours.deadline.due_at == datetime(2026, 11, 17, 10, 30, tzinfo=SHANGHAI)


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
