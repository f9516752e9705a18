"""Two returns call a conference, whose ruling binds; a desk may reassign; a holder is pressed (Art. 17, 18)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation
from common.records.invariants import examine
from notifications.models import Outbox
from personnel.models import Organization
from tests.cases import STEP, case_in, refused
from tests.town import MONDAY, Town
from workflow import actions
from workflow.actions.clock import sweep_clocks
from workflow.invariants import INVARIANTS
from workflow.models import Assignment, Case

LATER = MONDAY + timedelta(hours=3)


def in_conference(town: Town) -> Case:
    """A case that the same unit has returned twice."""
    case = case_in("awaiting_signature", town)
    case = actions.hand_back_case(case, note="不归我", by=town.sun, at=LATER)
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=LATER + STEP)
    return actions.hand_back_case(case, note="仍不归我", by=town.sun, at=LATER + 2 * STEP)


def sees(person: User, case: Case) -> bool:
    return Case.objects.visible_to(User.objects.get(pk=person.pk)).filter(pk=case.pk).exists()


def sentences_to(unit: Organization) -> list[str]:
    """What the staff of a unit were told."""
    rows = Outbox.objects.filter(audience__contains=f"organization:{unit.pk}")
    return list(rows.order_by("pk").values_list("sentence", flat=True))


def is_sound() -> bool:
    findings = [examine(one) for one in INVARIANTS if one.sentence != "到点的时钟都已执行"]
    return all(finding.holds for finding in findings)


@pytest.mark.article(17)
def test_the_second_return_calls_a_conference_one_level_up(town: Town) -> None:
    case = in_conference(town)
    assert (case.status, case.level, case.return_count) == ("conference", "county", 2)
    with refused(NotPermitted):
        actions.name_lead(case, unit=town.gongan, reason="纪要", by=town.zhao, at=LATER + 3 * STEP)
    with refused(IllegalMove):
        actions.reject_return(case, note="驳回", by=town.hua, at=LATER + 3 * STEP)


@pytest.mark.article(17)
@pytest.mark.article(20)
def test_invited_units_read_the_case_until_the_lead_is_named(town: Town) -> None:
    case = in_conference(town)
    assert not sees(town.qian, case)
    version = case.version
    case = actions.convene_conference(
        case, units=[town.gongan, town.chengguan], note="下午三点视频会商", by=town.hua, at=LATER + 3 * STEP
    )
    assert (case.status, case.version) == ("conference", version)
    assert sees(town.qian, case)
    assert [sentence for sentence in sentences_to(town.gongan) if "请参加会商" in sentence]
    assert "下午三点视频会商" in case.events.get(verb="convene").note
    assert is_sound()
    case = actions.name_lead(case, unit=town.chengguan, reason="均认可", by=town.hua, at=LATER + 4 * STEP)
    assert (case.status, case.unit) == ("awaiting_signature", town.chengguan)
    assert not sees(town.qian, case)
    assert Assignment.objects.current().filter(case=case).count() == 1
    assert is_sound()


@pytest.mark.article(17)
def test_the_ruling_binds_and_is_cited_to_whoever_returns_a_third_time(town: Town) -> None:
    case = in_conference(town)
    case = actions.name_lead(
        case, unit=town.gongan, reason="治安管辖，由公安主办", by=town.hua, at=LATER + 3 * STEP
    )
    with refused(RuleViolation) as caught:
        actions.hand_back_case(case, note="也不归我", by=town.qian, at=LATER + 4 * STEP)
    sentence = caught.value.sentence
    assert (
        "华龙区11月16日裁定" in sentence and "治安管辖，由公安主办" in sentence and "不能再退单" in sentence
    )


@pytest.mark.article(17)
def test_another_lead_has_its_own_time_and_the_same_one_goes_on_where_it_was(town: Town) -> None:
    given = in_conference(town)
    given = actions.name_lead(given, unit=town.gongan, reason="纪要", by=town.hua, at=LATER + 3 * STEP)
    assert given.promised_from_at == LATER + 3 * STEP
    case = case_in("in_hand", town)
    case = actions.hand_back_case(case, note="签收后发现不归我", by=town.sun, at=LATER)
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=LATER)
    due_at = case.due_at
    case = actions.hand_back_case(case, note="仍不归我", by=town.sun, at=LATER)
    case = actions.name_lead(case, unit=town.chengguan, reason="纪要", by=town.hua, at=LATER)
    assert (case.status, case.unit, case.due_at) == ("in_hand", town.chengguan, due_at)
    assert is_sound()


@pytest.mark.article(17)
def test_a_unit_named_twice_is_invited_once(town: Town) -> None:
    case = in_conference(town)
    actions.convene_conference(
        case, units=[town.gongan, town.gongan], note="三点", by=town.hua, at=LATER + 3 * STEP
    )
    assert Assignment.objects.current().filter(case=case, is_lead=False).count() == 1


@pytest.mark.article(17)
def test_a_unit_that_a_desk_names_after_a_ruling_may_return_it_to_a_conference(town: Town) -> None:
    case = in_conference(town)
    case = actions.name_lead(case, unit=town.chengguan, reason="纪要", by=town.hua, at=LATER + 3 * STEP)
    case = actions.reassign_case(case, unit=town.gongan, reason="另有发现", by=town.hua, at=LATER + 4 * STEP)
    case = actions.hand_back_case(case, note="不归公安", by=town.qian, at=LATER + 5 * STEP)
    assert case.status == "conference"


@pytest.mark.article(17)
@pytest.mark.parametrize("count", [0, 13])
def test_nobody_is_invited_to_an_empty_or_endless_conference(town: Town, count: int) -> None:
    case = in_conference(town)
    with refused(RuleViolation) as caught:
        actions.convene_conference(
            case, units=[town.gongan] * count, note="三点", by=town.hua, at=LATER + 3 * STEP
        )
    assert caught.value.field == "units"


@pytest.mark.article(17)
def test_a_conference_that_is_late_is_reported_to_the_city(town: Town) -> None:
    case = in_conference(town)
    sweep_clocks(at=LATER + timedelta(days=5))
    case.refresh_from_db()
    assert case.status == "conference" and case.light in ("late", "supervised")
    assert case.events.filter(verb="report_up").exists()


@pytest.mark.article(17)
def test_a_unit_that_signed_by_mistake_may_still_hand_back_and_goes_on_where_it_was(town: Town) -> None:
    case = case_in("in_hand", town)
    due_at = case.due_at
    case = actions.hand_back_case(case, note="签收后发现属物业", by=town.sun, at=LATER)
    assert case.status == "return_review"
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=LATER)
    assert (case.status, case.due_at) == ("in_hand", due_at)


@pytest.mark.article(17)
@pytest.mark.parametrize("status", ["awaiting_signature", "in_hand"])
def test_a_desk_reassigns_with_a_reason_and_both_units_are_told(town: Town, status: str) -> None:
    case = case_in(status, town)
    with refused(RuleViolation) as caught:
        actions.reassign_case(case, unit=town.gongan, reason=" ", by=town.zhao, at=LATER)
    assert caught.value.field == "reason"
    with refused(RuleViolation):
        actions.reassign_case(case, unit=town.chengguan, reason="重派", by=town.zhao, at=LATER)
    with refused(NotPermitted):
        actions.reassign_case(case, unit=town.gongan, reason="归公安", by=town.sun, at=LATER)
    case = actions.reassign_case(case, unit=town.gongan, reason="夜间归公安", by=town.zhao, at=LATER)
    assert (case.status, case.unit, case.promised_from_at) == ("awaiting_signature", town.gongan, LATER)
    assert any("已改派给" in sentence for sentence in sentences_to(town.chengguan))
    assert any("改派给本单位" in sentence for sentence in sentences_to(town.gongan))
    assert is_sound()


@pytest.mark.article(17)
@pytest.mark.article(18)
def test_pressing_tells_the_holder_and_moves_nothing(town: Town) -> None:
    case = case_in("in_hand", town)
    before = (case.status, case.version, case.due_at, case.light)
    case = actions.press_case(case, note="居民又来问了", by=town.zhao, at=LATER)
    assert (case.status, case.version, case.due_at, case.light) == before
    assert any("催办（居民又来问了）" in sentence for sentence in sentences_to(town.chengguan))
    with refused(IllegalMove) as caught:
        actions.press_case(case, note="快", by=town.zhao, at=LATER + timedelta(minutes=29))
    assert "半小时内已经催办过" in caught.value.sentence
    actions.press_case(case, note="上级催", by=town.hua, at=LATER + timedelta(minutes=29))
    assert case.events.filter(verb="press").count() == 2
    case = actions.reassign_case(
        Case.objects.get(pk=case.pk), unit=town.gongan, reason="归公安", by=town.zhao, at=LATER + 3 * STEP
    )
    actions.press_case(case, note="新单位也请快", by=town.zhao, at=LATER + 3 * STEP)


@pytest.mark.article(17)
@pytest.mark.parametrize("person", ["sun", "chen", "qian", "duan"])
def test_only_an_institution_over_the_holder_presses(town: Town, person: str) -> None:
    with refused(NotPermitted):
        actions.press_case(case_in("in_hand", town), note="快", by=getattr(town, person), at=LATER)


@pytest.mark.article(17)
def test_a_desk_does_not_press_itself(town: Town) -> None:
    with refused(NotPermitted):
        actions.press_case(case_in("awaiting_acceptance", town), note="快", by=town.zhao, at=LATER)
