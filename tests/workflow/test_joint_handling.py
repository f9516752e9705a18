"""Units assist in a case, each with a share, a clock and moves of its own; the result waits for all (Art. 17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from common.records.invariants import examine
from notifications.models import Outbox
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.cases import STEP, case_in, photo, refused
from tests.town import FOUNDED, MONDAY, Town
from workflow import actions
from workflow.actions import shares
from workflow.actions.clock import sweep_clocks
from workflow.invariants import INVARIANTS
from workflow.models import Assignment, Case, Stage, StageEffect
from workflow.share_policies import SHARE_RULES
from workflow.share_states import AWAITED, OF_UNIT, SHARE_MOVES
from workflow.share_stays import due_of_whole
from workflow.stages import LIFE

NOON = MONDAY + timedelta(hours=3)


def joined(town: Town, *, status: str = "in_hand", amount: int | None = None, **fields: object) -> Assignment:
    """The share of 公安 in a case that 城市管理 leads."""
    case = case_in(status, town, **fields)
    actions.join_units(case, units=[town.gongan], amount=amount, note="请到场维持秩序", by=town.zhao, at=NOON)
    return share_in(case)


def share_in(case: Case) -> Assignment:
    return Assignment.objects.select_related("case", "unit").get(case=case, is_lead=False, ended_at=None)


def signed(town: Town, **more: object) -> Assignment:
    share = joined(town, **more)  # type: ignore[arg-type]
    return shares.sign_share(share, by=town.qian, at=NOON + STEP)


def whole(share: Assignment) -> Case:
    return Case.objects.get(pk=share.case_id)


def stay_of(share: Assignment) -> Stage:
    return Stage.objects.running().get(share=share)


def sentences_to(unit: Organization) -> str:
    rows = Outbox.objects.filter(audience__contains=f"organization:{unit.pk}").order_by("pk")
    return "\n".join(rows.values_list("sentence", flat=True))


def faults() -> list[str]:
    looked_at = [one for one in INVARIANTS if one.sentence != "到点的时钟都已执行"]
    return [fault for one in looked_at for fault in examine(one).shown]


@pytest.mark.article(17)
def test_a_unit_that_joins_sees_the_case_signs_and_reports_its_result_to_the_lead(town: Town) -> None:
    case = case_in("in_hand", town)
    due_at, version = case.due_at, case.version
    case = actions.join_units(case, units=[town.gongan], note="请到场维持秩序", by=town.zhao, at=NOON)
    assert (case.status, case.due_at, case.version, case.unit) == ("in_hand", due_at, version, town.chengguan)
    assert Case.objects.visible_to(town.qian).filter(pk=case.pk).exists()
    assert "请协办（请到场维持秩序）" in sentences_to(town.gongan)
    share = shares.sign_share(share_in(case), by=town.qian, at=NOON + STEP)
    assert (share.status, share.signed_at) == ("in_hand", NOON + STEP)
    picture = photo(town.qian)
    share = shares.feed_back_share(
        share, result="已到场，电话 13800000000", photos=[picture], by=town.qian, at=NOON + 2 * STEP
    )
    assert (share.status, share.ended_at) == ("fed_back", NOON + 2 * STEP)
    assert "13800000000" not in share.result
    assert "协办都已反馈" in sentences_to(town.chengguan)
    assert not Case.objects.visible_to(town.qian).filter(pk=case.pk).exists()
    lines = (
        case.events.filter(verb__endswith="share").order_by("seq").values_list("verb", "post", "actor__name")
    )
    assert list(lines) == [
        ("sign_share", town.gongan.name, "Qian"),
        ("feed_back_share", town.gongan.name, "Qian"),
    ]
    assert faults() == []


@pytest.mark.article(17)
def test_the_result_of_the_case_waits_for_every_share(town: Town) -> None:
    share = joined(town)
    for at, step in ((NOON + STEP, shares.sign_share), (NOON + 2 * STEP, None)):
        with refused(IllegalMove) as refusal:
            actions.feed_back_case(whole(share), result="已清理", by=town.sun, at=at)
        assert town.gongan.name in str(refusal.value)
        if step:
            share = step(share, by=town.qian, at=at)
    shares.feed_back_share(share, result="已到场", by=town.qian, at=NOON + 3 * STEP)
    case = actions.feed_back_case(whole(share), result="已清理", by=town.sun, at=NOON + 4 * STEP)
    assert case.status == "awaiting_verification"
    assert faults() == []


@pytest.mark.article(17)
def test_a_released_unit_is_waited_for_no_longer_and_both_are_told_why(town: Town) -> None:
    share = signed(town)
    with refused(RuleViolation):
        shares.release_share(share, note=" ", by=town.zhao, at=NOON + 2 * STEP)
    share = shares.release_share(share, note="现场不需要", by=town.zhao, at=NOON + 2 * STEP)
    assert "协办已解除（现场不需要）" in sentences_to(town.gongan)
    assert f"{town.gongan.name}的协办已解除" in sentences_to(town.chengguan)
    case = actions.feed_back_case(whole(share), result="已清理", by=town.sun, at=NOON + 3 * STEP)
    assert case.status == "awaiting_verification"


@pytest.mark.article(17)
@pytest.mark.parametrize("before", OF_UNIT)
def test_a_refused_hand_back_goes_on_where_it_was_with_what_it_had_left(town: Town, before: str) -> None:
    share = joined(town) if before == "awaiting_signature" else signed(town)
    due_at = stay_of(share).due_at
    share = shares.hand_back_share(share, note="不属公安职责", by=town.qian, at=NOON + 2 * STEP)
    assert share.status == "return_review"
    with refused(IllegalMove):
        actions.feed_back_case(whole(share), result="已清理", by=town.sun, at=NOON + 3 * STEP)
    share = shares.keep_share(share, note="治安职责", by=town.zhao, at=NOON + 8 * STEP)
    assert share.status == before
    moved = stay_of(share).due_at
    assert due_at <= moved <= due_of_whole(whole(share), at=NOON + 8 * STEP)
    assert faults() == []


@pytest.mark.article(18)
def test_a_share_is_never_due_later_than_the_whole(town: Town) -> None:
    case = case_in("in_hand", town)
    with refused(RuleViolation) as refusal:
        actions.join_units(case, units=[town.gongan], amount=400, note="请协办", by=town.zhao, at=NOON)
    assert refusal.value.field == "amount"
    share = signed(town, amount=1)
    assert stay_of(share).due_at == share.due_at
    assert share.due_at is not None
    assert share.due_at <= (whole(share).finish_due_at or share.due_at)
    plain = signed(town)
    assert stay_of(plain).due_at == whole(plain).finish_due_at


@pytest.mark.article(18)
def test_the_clock_of_a_share_rings_once_and_leaves_the_light_of_the_case(town: Town) -> None:
    share = joined(town)
    light, alarms = whole(share).light, dict(stay_of(share).alarms)
    assert set(alarms) <= {"remind", "overdue", "escalate"}
    late = stay_of(share).due_at + timedelta(minutes=1)
    Stage.objects.of_case().running().update(next_action_at=None)  # the whole has its own test
    for _ in range(2):
        sweep_clocks(at=late)
    assert [effect.rule for effect in StageEffect.objects.filter(stage__share=share).order_by("pk")] == [
        "remind",
        "overdue",
    ]
    assert "协办已超期" in sentences_to(town.gongan)
    assert f"{town.gongan.name}协办超期" in sentences_to(town.chengguan)
    assert whole(share).light == light
    assert stay_of(share).overdue_at == stay_of(share).due_at
    sweep_clocks(at=late + timedelta(days=5))
    assert StageEffect.objects.filter(stage__share=share, rule="escalate").count() == 1
    assert faults() == []


@pytest.mark.article(17)
def test_a_voided_case_tells_who_still_worked_on_a_share(town: Town) -> None:
    share = signed(town)
    actions.void_case(whole(share), note="重复", by=town.zhao, at=NOON + 2 * STEP)
    share.refresh_from_db()
    assert (share.status, share.ended_at) == ("released", NOON + 2 * STEP)
    assert "事项作废，协办到此结束" in sentences_to(town.gongan)
    assert faults() == []


@pytest.mark.article(17)
def test_a_case_with_open_shares_is_not_shelved(town: Town) -> None:
    share = signed(town)
    day = (NOON + timedelta(days=30)).date()
    with refused(IllegalMove):
        actions.ask_shelving(
            whole(share), ground="season", review_on=day, note="冬季", by=town.sun, at=NOON + 2 * STEP
        )


@pytest.fixture
def below(town: Town) -> User:
    """A handler of 中原路街道's own police office, one level below 华龙区公安."""
    office = Organization.objects.create(
        code="zyl-gongan",
        name="中原路街道派出所",
        kind="linkage_department",
        function="公安",
        division=town.division("中原路街道"),
    )
    person = User.objects.create(username="pai", name="Pai")
    appoint_to_office(person, role="handler", organization=office, on=FOUNDED, at=MONDAY, by=None)
    return person


@pytest.mark.article(17)
def test_a_share_is_passed_one_level_down_and_keeps_its_deadline(town: Town, below: User) -> None:
    share = signed(town, amount=1)
    office = Organization.objects.get(code="zyl-gongan")
    for wrong in (town.chengguan, town.gongan):
        with refused(RuleViolation):
            shares.pass_share_down(share, unit=wrong, note="请办", by=town.qian, at=NOON + 2 * STEP)
    passed = shares.pass_share_down(share, unit=office, note="请到场", by=town.qian, at=NOON + 2 * STEP)
    assert (passed.status, passed.due_at) == ("awaiting_signature", share.due_at)
    assert Assignment.objects.get(pk=share.pk).status == "passed_down"
    assert "转来协办" in sentences_to(office)
    with refused(IllegalMove):
        actions.feed_back_case(whole(share), result="已清理", by=town.sun, at=NOON + 3 * STEP)
    passed = shares.sign_share(passed, by=below, at=NOON + 3 * STEP)
    assert stay_of(passed).due_at == share.due_at
    assert faults() == []


@pytest.mark.article(17)
def test_who_leads_or_assists_cannot_join_again(town: Town) -> None:
    share = signed(town)
    for unit in (town.gongan, town.chengguan):
        with refused(RuleViolation) as refusal:
            actions.join_units(whole(share), units=[unit], note="请协办", by=town.zhao, at=NOON + 2 * STEP)
        assert "已经在办" in str(refusal.value)
    elsewhere = Organization.objects.get(code="qf-chengguan")
    with refused(RuleViolation):
        actions.join_units(whole(share), units=[elsewhere], note="请协办", by=town.zhao, at=NOON + 2 * STEP)
    with refused(RuleViolation):
        actions.join_units(whole(share), units=[], note="请协办", by=town.zhao, at=NOON + 2 * STEP)


@pytest.mark.article(17)
def test_the_lead_asks_its_desk_for_a_unit(town: Town) -> None:
    case = case_in("in_hand", town)
    case = actions.ask_join(case, note="请加公安，现场有人围观", by=town.sun, at=NOON)
    assert case.events.get(verb="ask_join").note == "请加公安，现场有人围观"
    sent = Outbox.objects.filter(audience__contains=f"dispatch:division:{case.township_id}")
    assert sent.filter(sentence__startswith="主办单位申请增减协办").exists()


@pytest.mark.article(17)
@pytest.mark.parametrize("verb", SHARE_MOVES.moves)
def test_each_verb_of_a_share_is_for_its_unit_or_for_the_desk(town: Town, verb: str) -> None:
    share = joined(town)
    allowed = {
        name
        for name in ("zhao", "qian", "sun", "wang", "chen", "hua")
        if SHARE_RULES.may(verb, getattr(town, name), share)
    }
    assert allowed == ({"zhao"} if verb in ("keep_share", "release_share") else {"qian"})
    act: Callable[..., object] = getattr(shares, verb)
    more = {
        "feed_back_share": {"result": "办了"},
        "pass_share_down": {"unit": town.gongan, "note": "请办"},
        "sign_share": {},
    }.get(verb, {"note": "理由"})
    with refused(NotPermitted):
        act(share, **more, by=town.sun, at=NOON + STEP)


@pytest.mark.article(20)
def test_a_clue_is_joined_only_by_units_with_a_named_reader(town: Town) -> None:
    case = case_in("in_hand", town, matter_id=town.matter("非法集资线索").pk)
    assert case.confidential
    sifa = Organization.objects.get(code="hlq-sifa")
    with refused(RuleViolation):
        actions.join_units(case, units=[sifa], note="请协办", by=town.zhao, at=NOON)
    actions.join_units(case, units=[town.gongan], note="请协办，线索在三楼", by=town.zhao, at=NOON)
    assert "三楼" not in sentences_to(town.gongan), "of a clue only the number is told"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task, reason FROM workflow_assignment WHERE case_id = %s AND NOT is_lead", [case.pk]
        )
        assert "三楼" not in str(cursor.fetchall())
    assert share_in(case).task == "请协办，线索在三楼"
    share = shares.sign_share(share_in(case), by=town.qian, at=NOON + STEP)
    shares.feed_back_share(share, result="查无此人", by=town.qian, at=NOON + 2 * STEP)
    stored = (
        Assignment.objects.filter(pk=share.pk)
        .extra(select={"raw": "result"})
        .values_list("raw", flat=True)[0]
    )
    assert "查无此人" not in stored
    assert Assignment.objects.get(pk=share.pk).result == "查无此人"


def test_two_people_of_a_unit_do_not_both_report_the_result(town: Town) -> None:
    share = signed(town)
    read_before = Assignment.objects.get(pk=share.pk)
    shares.feed_back_share(share, result="已到场", by=town.qian, at=NOON + 2 * STEP)
    with refused(StaleVersion) as refusal:
        shares.feed_back_share(read_before, result="也到场", by=town.qian, at=NOON + 3 * STEP)
    assert "这份协办" in str(refusal.value)
    assert "Qian" in str(refusal.value)


@pytest.mark.article(17)
def test_a_unit_that_assisted_and_gets_the_lead_has_one_part(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    case = actions.join_units(case, units=[town.gongan], note="请协办", by=town.zhao, at=NOON)
    share = share_in(case)
    case = actions.reassign_case(
        Case.objects.get(pk=case.pk), unit=town.gongan, reason="公安职责", by=town.zhao, at=NOON + STEP
    )
    share.refresh_from_db()
    assert share.status == "released"
    assert [part.unit for part in Assignment.objects.current().filter(case=case)] == [town.gongan]
    assert faults() == []


def test_the_database_knows_no_other_moves_of_a_share(town: Town) -> None:
    share = signed(town)
    for wrong in ("awaiting_signature", "invited", ""):
        with pytest.raises(Exception, match=r"Invalid transition|an_assisting_share"), transaction.atomic():
            Assignment.objects.filter(pk=share.pk).update(status=wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=share.pk).update(status="fed_back")  # and is not ended


def test_every_open_status_of_a_share_has_an_honest_way_on_and_out() -> None:
    for status in AWAITED:
        assert len([verb for verb in SHARE_MOVES.moves if SHARE_MOVES.allows(verb, status=status)]) >= 2, (
            status
        )


def test_an_extension_that_can_no_longer_be_had_is_refused_before_a_word_is_written(town: Town) -> None:
    case = case_in("in_hand", town)
    at: datetime = NOON
    for decider in (town.zhao, town.hua):
        case = actions.ask_extension(case, amount=1, note="备件未到", by=town.sun, at=at)
        case = actions.grant_extension(case, by=decider, at=at + STEP)
        at += 2 * STEP
    with refused(IllegalMove):
        LIFE.require_open(case, "ask_extension", by=town.sun)
