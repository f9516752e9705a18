"""What the grid does by itself, and the way to the township (Art. 18, first paragraph)."""

from __future__ import annotations

import pytest

from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from tests.cases import STEP, case_in, photo, refused, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case

LATER = MONDAY + STEP


@pytest.mark.article(11)
def test_the_leader_takes_up_and_settles(town: Town) -> None:
    case = actions.take_up_case(reported(town), by=town.wang, at=LATER)
    assert case.status == "coordinating"
    case = actions.settle_case(case, result="两家和好", by=town.wang, at=LATER + STEP)
    assert (case.status, case.handled_by) == ("awaiting_verification", "leader")


@pytest.mark.parametrize("other", ["chen", "li", "zhao", "mei", "wu"])
def test_nobody_else_takes_up(town: Town, other: str) -> None:
    case = reported(town)
    with refused(NotPermitted) as caught:
        actions.take_up_case(case, by=getattr(town, other), at=LATER)
    assert "网格长" in caught.value.sentence


@pytest.mark.article(18)
def test_what_the_leader_cannot_solve_goes_up_with_a_reason(town: Town) -> None:
    case = case_in("coordinating", town)
    with refused(RuleViolation):
        actions.send_up_case(case, note="  ", by=town.wang, at=LATER + STEP)
    case = actions.send_up_case(case, note="没有清运车", by=town.wang, at=LATER + STEP)
    assert (case.status, case.level) == ("awaiting_acceptance", "township")


@pytest.mark.article(18)
def test_a_worker_who_cannot_finish_hands_it_to_the_leader(town: Town) -> None:
    case = reported(town, outcome="handling")
    assert case.status == "self_handling"
    assert actions.pass_to_leader(case, note="劝不动", by=town.chen, at=LATER).status == "awaiting_leader"


@pytest.mark.article(18)
def test_a_worker_cannot_send_his_case_past_the_leader(town: Town) -> None:
    case = reported(town, outcome="handling")
    with refused(NotPermitted) as caught:
        actions.send_up_case(case, note="快", by=town.chen, at=LATER)
    assert "逐级上报" in caught.value.sentence


def test_a_colleague_of_the_grid_does_not_settle_another_s_case(town: Town) -> None:
    case = reported(town, outcome="handling")
    with refused(NotPermitted):
        actions.settle_case(case, result="好了", by=town.lin, at=LATER)


def test_a_stale_page_changes_nothing_and_says_who_was_faster(town: Town) -> None:
    case = reported(town)
    seen = Case.objects.get(pk=case.pk)
    actions.take_up_case(case, by=town.wang, at=LATER)
    with refused(StaleVersion) as caught:
        actions.take_up_case(seen, by=town.wang, at=LATER)
    assert "Wang 11月16日 09:10 办过这件事" in caught.value.sentence
    assert caught.value.details["version"] == 2


def test_a_verb_at_the_wrong_moment_leaves_the_case_as_it_was(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    with refused(IllegalMove) as caught:
        actions.take_up_case(case, by=town.wang, at=LATER + 3 * STEP)
    assert "现在是“待受理”，不能接办" in caught.value.sentence
    assert Case.objects.get(pk=case.pk).version == 3


def test_a_returned_report_is_mended_and_goes_back_to_who_returned_it(town: Town) -> None:
    case = actions.return_for_correction(reported(town), note="在哪栋楼", by=town.wang, at=LATER)
    assert case.status == "returned_for_correction"
    mended = actions.Correction(description="3号楼2单元")
    with refused(NotPermitted):
        actions.resubmit_case(case, correction=mended, by=town.lin, at=LATER + STEP)
    case = actions.resubmit_case(case, correction=mended, by=town.chen, at=LATER + STEP)
    assert (case.status, case.description) == ("awaiting_leader", "3号楼2单元")


def test_a_report_returned_by_the_desk_goes_back_to_the_desk(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    case = actions.return_for_correction(case, note="补照片", by=town.zhao, at=LATER + 3 * STEP)
    case = actions.resubmit_case(case, correction=actions.Correction(), by=town.chen, at=LATER + 4 * STEP)
    assert case.status == "awaiting_acceptance"


def test_only_the_reporter_withdraws_and_only_before_acceptance(town: Town) -> None:
    case = reported(town)
    with refused(NotPermitted):
        actions.withdraw_case(case, note="误报", by=town.wang, at=LATER)
    assert actions.withdraw_case(case, note="误报", by=town.chen, at=LATER).status == "withdrawn"
    accepted = case_in("awaiting_assignment", town)
    with refused(IllegalMove):
        actions.withdraw_case(accepted, note="误报", by=town.chen, at=LATER + 5 * STEP)


@pytest.mark.article(17)
def test_the_instructor_checks_what_a_worker_settled_and_the_worker_may_not(town: Town) -> None:
    case = reported(town, outcome="solved", result="已劝和")
    for wrong in (town.chen, town.lin, town.wang):
        with refused(NotPermitted) as caught:
            actions.pass_check(case, by=wrong, at=LATER)
        assert "办理人不能核查自己办的事" in caught.value.sentence
    assert actions.pass_check(case, by=town.li, at=LATER).status == "closed"


def test_a_failed_check_goes_back_to_whoever_did_the_work(town: Town) -> None:
    by_worker = reported(town, outcome="solved", result="已劝和")
    assert actions.fail_check(by_worker, note="又吵起来", by=town.li, at=LATER).status == "self_handling"
    by_leader = actions.settle_case(
        case_in("coordinating", town), result="和好", photos=[photo(town.wang)], by=town.wang, at=LATER + STEP
    )
    assert actions.fail_check(by_leader, note="没有", by=town.chen, at=LATER + STEP).status == "coordinating"
