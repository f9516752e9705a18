"""A supervision order asks why a case stands still; unanswered it climbs; nobody orders himself (Art. 5, 17, 18)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from common.records.invariants import examine
from notifications.models import Outbox
from supervision import actions, states
from supervision.invariants import INVARIANTS
from supervision.models import SupervisionOrder
from tests.cases import STEP, case_in, refused
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions as cases
from workflow.actions.clock import sweep_clocks
from workflow.addressees import addressees_of, holder_of
from workflow.models import Case
from worktime.clocks import day_of

NOON = MONDAY + timedelta(hours=3)


def ordered(town: Town, *, status: str = "in_hand") -> SupervisionOrder:
    """An order of the township's desk to 城市管理."""
    case = case_in(status, town)
    return actions.issue_order(
        case, to=f"unit:{town.chengguan.pk}", questions="为什么没有办", by=town.zhao, at=NOON
    )


def sentences() -> str:
    return "\n".join(
        Outbox.objects.filter(topic="supervise").order_by("pk").values_list("sentence", flat=True)
    )


def red(town: Town) -> Case:
    """A case in hand that the clock has put under the red light."""
    case = case_in("in_hand", town)
    sweep_clocks(at=NOON + timedelta(days=30))
    case.refresh_from_db()
    assert case.light == Case.Light.SUPERVISED
    return case


def is_sound() -> bool:
    return all(examine(one).holds for one in INVARIANTS)


@pytest.mark.article(17)
def test_an_order_is_numbered_answered_and_accepted_with_its_effect(town: Town) -> None:
    order = ordered(town)
    assert order.number == "中原路街道督〔2026〕1号"
    assert (order.status, order.addressee, order.ground) == ("issued", town.chengguan.name, "by_hand")
    assert order.answer_due_at > NOON
    assert "收到督办单" in sentences()
    order = actions.receive_order(order, by=town.sun, at=NOON + STEP)
    order = actions.answer_order(order, answer="人手不足，周五办结", by=town.sun, at=NOON + 2 * STEP)
    assert (order.status, order.climb_at) == ("answered", None)
    order = actions.send_back_answer(order, note="没有说由谁负责", by=town.zhao, at=NOON + 3 * STEP)
    assert order.status == "received"
    assert order.answer_due_at > NOON + 3 * STEP
    order = actions.answer_order(order, answer="孙某负责", by=town.sun, at=NOON + 4 * STEP)
    with refused(RuleViolation):
        actions.accept_answer(order, effect="", by=town.zhao, at=NOON + 5 * STEP)
    order = actions.accept_answer(order, effect="notice", by=town.zhao, at=NOON + 5 * STEP)
    assert (order.status, order.effect, order.is_open) == ("accepted", "notice", False)
    assert [event.verb for event in order.events.order_by("seq")] == [
        *("issue", "receive", "answer", "send_back", "answer", "accept"),
    ]
    second = ordered(town)
    assert second.number == "中原路街道督〔2026〕2号"
    assert is_sound()


@pytest.mark.article(5)
def test_an_order_to_oneself_is_refused(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    desk = holder_of(case, day=day_of(NOON))
    assert desk is not None
    with refused(RuleViolation) as refusal:
        actions.issue_order(case, to=desk.key, questions="为什么", by=town.zhao, at=NOON)
    assert refusal.value.field == "to"
    made = actions.issue_order(case, to=desk.key, questions="为什么", by=town.hua, at=NOON)
    assert made.seat.name == "华龙区"


@pytest.mark.article(18)
def test_only_an_institution_or_authority_at_the_level_or_above_issues(town: Town) -> None:
    case = case_in("in_hand", town)
    to = f"unit:{town.chengguan.pk}"
    for name in ("chen", "wang", "sun", "duan", "gu"):
        with refused(NotPermitted):
            actions.issue_order(case, to=to, questions="为什么", by=getattr(town, name), at=NOON)
    for name in ("zhao", "tang", "hua", "wu", "feng", "zheng"):
        assert actions.issue_order(case, to=to, questions="为什么", by=getattr(town, name), at=NOON).pk
    with refused(RuleViolation):
        actions.issue_order(case, to=f"unit:{town.gongan.pk}", questions="为什么", by=town.zhao, at=NOON)
    with refused(RuleViolation):
        actions.issue_order(case, to=to, questions="  ", by=town.zhao, at=NOON)


@pytest.mark.article(17)
def test_the_red_light_issues_one_order_by_itself_to_whose_turn_it_is(town: Town) -> None:
    case = red(town)
    at = NOON + timedelta(days=30)
    for _ in range(3):
        actions.follow_cases(at=at)
    order = SupervisionOrder.objects.get(case=case)
    assert (order.ground, order.unit, order.issued_by) == ("red_light", town.chengguan, None)
    assert order.seat.name == "华龙区", "the level above the case"
    assert order.effect_of is not None
    assert order.effect_of.rule == "supervise"
    assert is_sound()


@pytest.mark.article(18)
def test_an_unanswered_order_climbs_level_by_level_and_stays_at_the_city(town: Town) -> None:
    order = ordered(town)
    levels = []
    for _ in range(5):
        order.refresh_from_db()
        at = (order.climb_at or order.answer_due_at) + timedelta(minutes=1)
        actions.follow_cases(at=at)
        actions.follow_cases(at=at)
        order.refresh_from_db()
        levels.append((order.level, order.climbs))
    assert levels == [("county", 1), ("city", 2), ("city", 3), ("city", 3), ("city", 3)]
    assert (order.division.name, order.seat.name) == ("濮阳市", "中原路街道")
    assert order.events.filter(verb="climb").count() == 3
    with refused(NotPermitted):
        actions.lift_order(order, note="不办了", by=town.zhao, at=at)
    order = actions.answer_order(order, answer="现在答复", by=town.sun, at=at + STEP)
    order = actions.accept_answer(order, effect="talk", by=town.feng, at=at + 2 * STEP)
    assert order.status == "accepted"
    assert is_sound()


@pytest.mark.article(17)
def test_a_lifted_order_says_why_and_one_about_an_ended_case_is_lifted(town: Town) -> None:
    order = ordered(town)
    with refused(RuleViolation):
        actions.lift_order(order, note="", by=town.zhao, at=NOON + STEP)
    order = actions.lift_order(order, note="下错了单位", by=town.zhao, at=NOON + STEP)
    assert order.events.get(verb="lift").note == "下错了单位"
    other = ordered(town)
    cases.void_case(Case.objects.get(pk=other.case_id), note="重复", by=town.zhao, at=NOON + 2 * STEP)
    actions.follow_cases(at=NOON + 3 * STEP)
    other.refresh_from_db()
    assert (other.status, other.ended_at) == ("lifted", NOON + 3 * STEP)
    with refused(IllegalMove):
        actions.answer_order(other, answer="晚了", by=town.sun, at=NOON + 4 * STEP)
    assert is_sound()


@pytest.mark.article(17)
def test_the_third_failed_check_issues_an_order_once(town: Town) -> None:
    case = case_in("awaiting_verification", town)
    at = NOON
    for _ in range(3):
        case = cases.fail_check(case, note="还在", by=town.chen, at=at)
        case = cases.feed_back_case(case, result="又清了", by=town.sun, at=at + STEP)
        at += 2 * STEP
    for _ in range(2):
        actions.follow_cases(at=at)
    assert SupervisionOrder.objects.filter(case=case, ground="failed_checks").count() == 1


@pytest.mark.article(20)
def test_who_has_nothing_to_do_with_it_does_not_see_it(town: Town) -> None:
    order = ordered(town)
    seeing = {
        name
        for name in ("chen", "wang", "zhao", "hua", "feng", "sun", "qian", "wu", "gu", "duan", "zheng")
        if SupervisionOrder.objects.visible_to(getattr(town, name)).filter(pk=order.pk).exists()
    }
    assert seeing == {"zhao", "hua", "feng", "sun", "wu", "zheng"}
    in_sight = {
        name
        for name in ("chen", "wang", "zhao", "hua", "feng", "sun", "wu", "zheng")
        if SupervisionOrder.objects.about(order.case, getattr(town, name)).exists()
    }
    assert in_sight == seeing, "the page of the case says the same"


@pytest.mark.article(20)
def test_of_a_clue_the_questions_are_sealed_and_the_notice_names_nothing(town: Town) -> None:
    case = case_in("in_hand", town, matter_id=town.matter("非法集资线索").pk)
    order = actions.issue_order(
        case, to=f"unit:{town.chengguan.pk}", questions="三楼查了没有", by=town.zhao, at=NOON
    )
    raw = (
        SupervisionOrder.objects.filter(pk=order.pk)
        .extra(select={"raw": "questions"})
        .values_list("raw", flat=True)
    )
    assert "三楼" not in raw[0]
    assert SupervisionOrder.objects.get(pk=order.pk).questions == "三楼查了没有"
    assert case.title not in sentences()
    with refused(NotPermitted):
        actions.issue_order(case, to="unit:1", questions="为什么", by=town.tang, at=NOON)


def test_two_who_decide_read_who_was_faster(town: Town) -> None:
    order = ordered(town)
    actions.lift_order(SupervisionOrder.objects.get(pk=order.pk), note="下错了", by=town.zhao, at=NOON + STEP)
    with refused(StaleVersion) as refusal:
        actions.lift_order(order, note="也撤", by=town.tang, at=NOON + 2 * STEP)
    assert "Zhao" in str(refusal.value)


def test_the_addressee_does_not_decide_about_the_own_answer(town: Town) -> None:
    case = case_in("awaiting_leader", town)
    to = next(one for one in addressees_of(case, day=day_of(NOON)) if one.person == town.wang)
    assert to.post == "网格长"
    order = actions.issue_order(case, to=to.key, questions="为什么没有接办", by=town.zhao, at=NOON)
    assert order.addressee == "Wang（网格长）"
    order = actions.answer_order(order, answer="在外培训", by=town.wang, at=NOON + STEP)
    for name in ("wang", "sun"):
        with refused(NotPermitted):
            actions.accept_answer(order, effect="none", by=getattr(town, name), at=NOON + 2 * STEP)


def test_the_database_keeps_numbers_and_moves(town: Town) -> None:
    order = ordered(town)
    with pytest.raises(Exception, match="Invalid transition"), transaction.atomic():
        SupervisionOrder.objects.filter(pk=order.pk).update(status="accepted", effect="none", ended_at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionOrder.objects.filter(pk=order.pk).update(unit=None)
    other = ordered(town)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupervisionOrder.objects.filter(pk=other.pk).update(serial=order.serial)


def test_the_pages_of_an_order(town: Town) -> None:
    order = ordered(town)
    unit = Visitor(town.sun)
    page = unit.get(f"/cases/{order.case_id}/").content.decode()
    assert order.number in page
    assert "下达督办" not in page
    assert order.number in unit.get("/orders/").content.decode()
    page = unit.get(f"/orders/{order.pk}/").content.decode()
    assert "为什么没有办" in page
    assert "答复督办" in page
    assert order.number in unit.get(f"/orders/{order.pk}/print/").content.decode()
    desk = Visitor(town.zhao)
    taking_back = " ".join(desk.get(f"/orders/{order.pk}/").content.decode().split())
    assert f'<a class="button button-danger" href="/orders/{order.pk}/lift/">' in taking_back
    issue = desk.get(f"/cases/{order.case_id}/order/")
    assert "督办谁" in issue.content.decode()
    sent = desk.post(f"/cases/{order.case_id}/order/", {"to": f"unit:{town.chengguan.pk}", "questions": ""})
    assert sent.status_code == 422
    sent = desk.post(
        f"/cases/{order.case_id}/order/", {"to": f"unit:{town.chengguan.pk}", "questions": "又为什么"}
    )
    assert sent.status_code == 302
    assert SupervisionOrder.objects.count() == 2


def test_every_verb_has_its_rule_and_every_open_status_two_ways() -> None:
    human = set(states.ORDER_MOVES.moves) - {"issue", *states.SYSTEM_VERBS}
    assert human == {"receive", "answer", "accept", "send_back", "lift"}
    for status in states.OPEN:
        assert len([verb for verb in human if states.ORDER_MOVES.allows(verb, status=status)]) >= 2, status
