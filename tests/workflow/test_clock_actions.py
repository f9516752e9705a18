"""What the clock does by itself (Art. 17, 18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from notifications.models import Outbox
from tests.cases import STEP, case_in, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.clock import ring, sweep_clocks
from workflow.models import Case, StageEffect

LATER = MONDAY + 10 * STEP


def alarm(case: Case, rule: str) -> datetime:
    return dict(case.stages.running().get().pending_alarms())[rule]


def swept(case: Case, at: datetime) -> Case:
    sweep_clocks(at=at)
    return Case.objects.get(pk=case.pk)


def effects(case: Case) -> list[str]:
    return list(StageEffect.objects.filter(stage__case=case).order_by("pk").values_list("rule", flat=True))


def test_nothing_rings_before_its_time(town: Town) -> None:
    case = reported(town)
    assert sweep_clocks(at=alarm(case, "remind") - timedelta(seconds=1)) == 0
    assert effects(case) == []


@pytest.mark.article(17)
def test_a_reminder_comes_when_a_quarter_of_the_time_is_left(town: Town) -> None:
    case = reported(town)
    case = swept(case, alarm(case, "remind"))
    assert (case.light, case.status, case.version) == ("near", "awaiting_leader", 1)
    assert Outbox.objects.filter(topic="remind").get().audience == f"coordinate:division:{case.village_id}"


@pytest.mark.article(18)
def test_an_overdue_step_is_flagged_once_however_often_the_sweep_comes(town: Town) -> None:
    case = case_in("in_hand", town)
    moment = case.due_at
    assert moment is not None
    for again in range(4):
        case = swept(case, moment + timedelta(seconds=30 * again))
    assert case.light == "late"
    assert effects(case).count("overdue") == 1
    assert [event.verb for event in case.events.all()].count("flag_overdue") == 1


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("start", "to", "level"),
    [
        ("awaiting_leader", "awaiting_acceptance", "township"),
        ("coordinating", "awaiting_acceptance", "township"),
        ("awaiting_acceptance", "awaiting_acceptance", "county"),
        ("awaiting_assignment", "awaiting_acceptance", "county"),
    ],
)
def test_what_nobody_moves_climbs_one_level(town: Town, start: str, to: str, level: str) -> None:
    case = case_in(start, town)
    case = swept(case, alarm(case, "escalate"))
    assert (case.status, case.level, case.escalations) == (to, level, 1)
    assert case.events.latest("seq").verb == "escalate_overdue"
    assert case.light == "late", "being passed up is no work: the light does not go back to green"


def test_the_light_of_a_late_case_goes_out_when_somebody_acts(town: Town) -> None:
    case = case_in("awaiting_leader", town)
    case = swept(case, alarm(case, "escalate"))
    at = case.events.latest("seq").at + timedelta(minutes=5)
    assert actions.accept_case(case, by=town.zhao, at=at).light == "normal"


def test_a_worker_s_forgotten_case_goes_to_the_leader_first(town: Town) -> None:
    case = reported(town, outcome="handling")
    case = swept(case, alarm(case, "escalate"))
    assert case.status == "awaiting_leader"


@pytest.mark.article(18)
@pytest.mark.parametrize("status", ["awaiting_signature", "in_hand", "awaiting_verification"])
def test_what_a_unit_or_verifier_holds_is_reported_up_and_stays(town: Town, status: str) -> None:
    case = case_in(status, town)
    case = swept(case, alarm(case, "escalate"))
    assert (case.status, case.level) == (status, "township")
    assert "report_up" in [event.verb for event in case.events.all()]
    above = f"dispatch:division:{case.county_id}"
    assert Outbox.objects.filter(audience=above, topic="overdue").exists()


@pytest.mark.article(18)
def test_far_overdue_is_supervised(town: Town) -> None:
    case = case_in("in_hand", town)
    case = swept(case, alarm(case, "supervise"))
    assert case.light == "supervised"
    assert effects(case) == ["remind", "overdue", "escalate", "supervise"]


def test_at_the_city_there_is_nobody_above(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    case = actions.escalate_case(case, note="跨街道", by=town.zhao, at=LATER)
    case = actions.escalate_case(case, note="跨县区", by=town.hua, at=LATER + STEP)
    case = swept(case, alarm(case, "escalate"))
    assert (case.level, case.status) == ("city", "awaiting_acceptance")


@pytest.mark.article(18)
def test_missed_time_is_caught_up_in_one_pass_and_in_order(town: Town) -> None:
    """The platform was down for a month."""
    case = swept(case_in("in_hand", town), MONDAY + timedelta(days=30))
    assert effects(case) == ["remind", "overdue", "escalate", "supervise"]
    assert not case.stages.running().get().next_action_at


def test_a_report_that_nobody_mends_closes_itself(town: Town) -> None:
    case = actions.return_for_correction(reported(town), note="哪栋楼", by=town.wang, at=LATER)
    case = swept(case, alarm(case, "lapse"))
    assert case.status == "withdrawn"


def test_silence_is_unrated_and_never_satisfied(town: Town) -> None:
    case = case_in("awaiting_verification", town, for_resident=True)
    case = actions.pass_check(case, by=town.chen, at=LATER)
    case = swept(case, alarm(case, "close_unrated"))
    assert (case.status, case.rating) == ("closed", "")


def test_ringing_an_ended_stage_does_nothing(town: Town) -> None:
    case = reported(town)
    stage = case.stages.get()
    actions.take_up_case(case, by=town.wang, at=LATER)
    assert ring(stage.pk, at=MONDAY + timedelta(days=30)) == 0


@pytest.mark.parametrize("act", [lambda case, town: actions.take_up_case(case, by=town.wang, at=LATER)])
def test_the_clock_s_notes_do_not_make_people_s_pages_stale(
    town: Town, act: Callable[[Case, Town], Case]
) -> None:
    case = reported(town)
    seen = Case.objects.get(pk=case.pk)
    swept(case, alarm(case, "remind"))
    assert act(seen, town).status == "coordinating"
