"""The desk and the responsible unit (Art. 17–19)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import IllegalMove, NotPermitted, RuleViolation
from notifications.models import Outbox
from personnel.models import Organization
from tests.cases import STEP, case_in, photo, refused, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.clock import sweep_clocks
from workflow.models import Case
from workflow.suggestions import suggest_unit

LATER = MONDAY + 10 * STEP


@pytest.mark.article(18)
def test_the_promise_runs_from_acceptance_however_long_assignment_takes(town: Town) -> None:
    case = case_in("awaiting_acceptance", town, matter_id=town.matter("消费纠纷").pk)
    case = actions.accept_case(case, by=town.zhao, at=LATER)
    case = actions.assign_case(
        case, unit=town.chengguan, reason="合同纠纷涉占道", by=town.zhao, at=LATER + timedelta(hours=4)
    )
    case = actions.sign_case(case, by=town.sun, at=LATER + timedelta(days=1))
    assert case.finish_due_at == case.due_at
    assert "自11月16日10:40起 7 个工作日" in case.stages.running().get().explanation


def test_accept_and_assign_in_one_act_leave_two_events(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    case = actions.accept_and_assign(case, unit=town.chengguan, reason="属城管", by=town.zhao, at=LATER)
    assert case.status == "awaiting_signature"
    assert list(case.events.order_by("seq").values_list("verb", flat=True))[-2:] == ["accept", "assign"]


@pytest.mark.article(5)
@pytest.mark.parametrize("other", ["duan", "hua", "feng", "wu", "zheng", "sun", "wang", "chen"])
def test_only_the_desk_of_the_present_level_accepts(town: Town, other: str) -> None:
    """Supervision is not dispatch: an authority supervises, the institution acts."""
    case = case_in("awaiting_acceptance", town)
    with refused(NotPermitted):
        actions.accept_case(case, by=getattr(town, other), at=LATER)


@pytest.mark.article(18)
def test_a_case_climbs_township_county_city_and_no_further(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    case = actions.escalate_case(case, note="跨街道", by=town.zhao, at=LATER)
    assert (case.level, case.status) == ("county", "awaiting_acceptance")
    with refused(NotPermitted):
        actions.accept_case(case, by=town.zhao, at=LATER)
    case = actions.escalate_case(case, note="跨县区", by=town.hua, at=LATER + STEP)
    assert case.level == "city"
    with refused(RuleViolation) as caught:
        actions.escalate_case(case, note="再高", by=town.feng, at=LATER + 2 * STEP)
    assert "已在市级" in caught.value.sentence


@pytest.mark.article(14)
def test_the_list_s_lead_department_is_suggested_with_its_reason(town: Town) -> None:
    case = case_in("awaiting_acceptance", town, matter_id=town.matter("路灯故障").pk)
    suggestion = suggest_unit(case)
    assert suggestion is not None
    assert suggestion.unit == town.chengguan
    assert suggestion.reason == "事项清单 6-08 主办：城市管理"


def test_a_unit_of_another_county_and_an_authority_get_nothing(town: Town) -> None:
    case = case_in("awaiting_assignment", town)
    for code, sentence in (("qf-chengguan", "不服务中原路街道"), ("auth-hlq", "不承办事项")):
        unit = Organization.objects.get(code=code)
        with refused(RuleViolation) as caught:
            actions.assign_case(case, unit=unit, by=town.zhao, at=LATER)
        assert sentence in caught.value.sentence


@pytest.mark.parametrize("action", [actions.refuse_case, actions.void_case])
def test_ending_a_case_needs_a_reason_that_the_reporter_reads(town: Town, action: object) -> None:
    case = case_in("awaiting_acceptance", town)
    with refused(RuleViolation):
        action(case, note="", by=town.zhao, at=LATER)  # type: ignore[operator]
    case = action(case, note="不属本辖区", by=town.zhao, at=LATER)  # type: ignore[operator]
    assert not case.is_open
    assert "不属本辖区" in Outbox.objects.filter(audience=f"user:{town.chen.pk}").latest("pk").sentence


def test_a_repeated_report_is_merged_into_the_first(town: Town) -> None:
    first, second = case_in("in_hand", town), case_in("awaiting_acceptance", town)
    merged = actions.merge_case(second, into=first, by=town.zhao, at=LATER)
    assert (merged.status, merged.merged_into) == ("merged", first)


def test_a_case_is_not_merged_into_itself_nor_into_an_ended_one(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    with refused(RuleViolation):
        actions.merge_case(case, into=case, by=town.zhao, at=LATER)
    ended = actions.withdraw_case(reported(town), note="误报", by=town.chen, at=LATER)
    with refused(RuleViolation) as caught:
        actions.merge_case(case, into=ended, by=town.zhao, at=LATER)
    assert "正在办理" in caught.value.sentence


def test_undo_within_ten_seconds_takes_the_notice_back(town: Town) -> None:
    case = case_in("awaiting_assignment", town, at=MONDAY - timedelta(days=3))
    case = actions.assign_case(case, unit=town.chengguan, reason="属城管", by=town.zhao, at=LATER)
    notices = Outbox.objects.filter(audience__startswith="handle:")
    assert notices.get().next_attempt_at == LATER + timedelta(seconds=10)
    case = actions.undo_last(case, by=town.zhao, at=LATER + timedelta(seconds=9))
    assert (case.status, case.unit) == ("awaiting_assignment", None)
    assert not notices.exists()


@pytest.mark.article(18)
def test_undo_does_not_stop_the_clock_nor_whiten_the_light(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    due_at = case.due_at
    assert due_at is not None
    late = due_at + timedelta(minutes=5)
    sweep_clocks(at=late)
    case = actions.accept_case(Case.objects.get(pk=case.pk), by=town.zhao, at=late)
    assert case.light == "normal"
    case = actions.undo_last(case, by=town.zhao, at=late + timedelta(seconds=5))
    assert (case.status, case.light, case.due_at) == ("awaiting_acceptance", "late", due_at)
    stage = case.stages.running().get()
    assert [rule for rule, moment in stage.pending_alarms() if moment == stage.next_action_at] == ["escalate"]
    sweep_clocks(at=late + timedelta(seconds=30))
    assert [event.verb for event in case.events.all()].count("flag_overdue") == 1


def test_after_ten_seconds_or_by_somebody_else_there_is_no_undo(town: Town) -> None:
    case = actions.accept_case(case_in("awaiting_acceptance", town), by=town.zhao, at=LATER)
    with refused(IllegalMove) as caught:
        actions.undo_last(case, by=town.zhao, at=LATER + timedelta(seconds=11))
    assert "已超过 10 秒" in caught.value.sentence
    with refused(NotPermitted):
        actions.undo_last(case, by=town.hua, at=LATER + timedelta(seconds=1))


@pytest.mark.article(17)
def test_only_the_assigned_unit_signs(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    for other in (town.qian, town.zhao, town.wu):
        with refused(NotPermitted):
            actions.sign_case(case, by=other, at=LATER)
    assert actions.sign_case(case, by=town.sun, at=LATER).status == "in_hand"


@pytest.mark.article(17)
def test_an_upheld_return_goes_to_another_unit_whose_time_starts_afresh(town: Town) -> None:
    case = actions.hand_back_case(case_in("awaiting_signature", town), note="属公安", by=town.sun, at=LATER)
    assert (case.status, case.return_count, case.level) == ("return_review", 1, "township")
    with refused(RuleViolation):
        actions.uphold_return(case, unit=town.chengguan, reason="", by=town.zhao, at=LATER)
    case = actions.uphold_return(case, unit=town.gongan, reason="治安", by=town.zhao, at=LATER + STEP)
    assert (case.status, case.unit, case.promised_from_at) == (
        "awaiting_signature",
        town.gongan,
        LATER + STEP,
    )
    assert case.assignments.count() == 2


@pytest.mark.article(18)
def test_nothing_is_finished_without_a_result_and_the_evidence_the_list_demands(town: Town) -> None:
    case = case_in("in_hand", town, matter_id=town.matter("路灯故障").pk)
    with refused(RuleViolation) as caught:
        actions.feed_back_case(case, result=" ", by=town.sun, at=LATER)
    assert caught.value.field == "result"
    with refused(RuleViolation) as caught:
        actions.feed_back_case(case, result="已修好", by=town.sun, at=LATER)
    assert caught.value.field == "photo"
    case = actions.feed_back_case(case, result="已修好", photos=[photo(town.sun)], by=town.sun, at=LATER)
    assert (case.status, case.finished_at) == ("awaiting_verification", LATER)


@pytest.mark.article(18)
def test_the_third_failed_check_goes_up_and_is_supervised(town: Town) -> None:
    case = case_in("awaiting_verification", town)
    for failure in (1, 2, 3):
        case = actions.fail_check(case, note="没修好", by=town.chen, at=LATER + failure * STEP)
        assert case.status == "rework"
        if failure < 3:
            assert case.level == "township"
            case = actions.feed_back_case(case, result="又修", by=town.sun, at=LATER + failure * STEP)
    assert (case.level, case.light, case.failed_checks) == ("county", "supervised", 3)


def test_a_resident_s_case_is_rated_and_dissatisfaction_gives_one_rework(town: Town) -> None:
    case = case_in("awaiting_verification", town, for_resident=True)
    case = actions.pass_check(case, by=town.chen, at=LATER)
    assert case.status == "awaiting_rating"
    with refused(RuleViolation):
        actions.rate_by_resident(case.rating_code, rating="dissatisfied", at=LATER)
    case = actions.rate_by_resident(case.rating_code, rating="dissatisfied", note="又坏了", at=LATER)
    assert case.status == "rework"
    case = actions.feed_back_case(case, result="换了新灯", by=town.sun, at=LATER + STEP)
    case = actions.pass_check(case, by=town.chen, at=LATER + STEP)
    case = actions.rate_case(case, rating="dissatisfied", note="还是不行", by=town.chen, at=LATER + STEP)
    assert (case.status, case.rating) == ("closed", "dissatisfied")


def test_the_whole_way_leaves_one_ended_stage_for_each_stay(town: Town) -> None:
    case = actions.pass_check(case_in("awaiting_verification", town), by=town.chen, at=LATER)
    assert case.status == "closed"
    assert Case.objects.get(pk=case.pk).due_at is None
    assert [stage.status for stage in case.stages.order_by("pk")] == [
        "awaiting_leader",
        "coordinating",
        "awaiting_acceptance",
        "awaiting_assignment",
        "awaiting_signature",
        "in_hand",
        "awaiting_verification",
    ]
    assert not case.stages.running().exists()
