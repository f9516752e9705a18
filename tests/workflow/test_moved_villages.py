"""A village that moves: the new desk acts on its open cases, the old one reads them, numbers stay (Art. 5, 18, 28)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from audit.witnesses import witness_of
from common import clock
from common.errors import IllegalMove, NotPermitted
from grids.actions.divisions import change_division
from notifications.models import Outbox
from personnel.actions import appoint_to_office
from personnel.models import Organization
from personnel.scopes import audience
from tests.cases import case_in, refused, reported
from tests.doors import Visitor, signed_in
from tests.town import FOUNDED, MONDAY, Town, name_clue_reader
from tests.workflow.moves import DOCUMENT, LATER, afresh, faults, in_queue, moved, numbers_of, sees
from tests.workflow.test_shares import assist
from workflow import actions
from workflow.actions.clock import sweep_clocks
from workflow.actions.desks import follow_divisions
from workflow.actions.shares import feed_back_share
from workflow.day_report import day_report
from workflow.merging import merge_candidates
from workflow.models import Case, FormerDesk, Stage
from workflow.policies import WHO_MAY
from workflow.suggestions import units_for

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the platform stands when the village moves."""
    monkeypatch.setattr(clock, "now", lambda: LATER)


@pytest.fixture
def desk_of_qingfeng(town: Town) -> User:
    """The dispatcher of 清丰县, whom the town lacks."""
    body = Organization.objects.create(
        code="desk-qf",
        name="清丰县网格化服务管理机构",
        kind="institution",
        function="网格化服务管理机构",
        division=town.division("清丰县"),
    )
    person = User.objects.create(username="qiao", name="Qiao")
    appoint_to_office(person, role="dispatcher", organization=body, on=FOUNDED, at=MONDAY, by=None)
    return person


@pytest.mark.article(5)
@pytest.mark.article(28)
def test_the_new_desk_has_the_case_and_the_old_one_only_reads_it(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    assert not sees(town.duan, case)
    moved(town)
    case = afresh(case)
    assert in_queue(town.duan, "acceptance") == {case.pk}
    assert in_queue(town.zhao, "acceptance") == set()
    assert sees(Town().zhao, case)
    assert WHO_MAY.open_to(Town().zhao, case) == []
    with refused(NotPermitted) as caught:
        actions.accept_case(case, by=town.zhao, at=LATER)
    assert "由当前层级的网格化服务管理机构受理" in caught.value.sentence
    accepted = actions.accept_case(case, by=town.duan, at=LATER)
    assert accepted.status == "awaiting_assignment"
    assert faults() == []


@pytest.mark.article(18)
def test_the_event_says_why_and_the_chain_vouches_for_it(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    due, version = case.due_at, case.version
    moved(town)
    case = afresh(case)
    event = case.events.latest("seq")
    assert (event.verb, event.actor, event.from_status, event.to_status) == (
        "change_desk",
        town.zheng,
        "awaiting_acceptance",
        "awaiting_acceptance",
    )
    assert event.note == (
        f"京东社区自2026年11月16日起由中原路街道划归胜利路街道（{DOCUMENT}）；"
        "按条例第五条、第十八条，由现在的辖区机构接着受理、流转和督办。"
    )
    assert (case.version, case.event_count) == (version + 1, event.seq), "an open page must decide again"
    assert case.due_at == due, "the clock runs on"
    assert Stage.objects.running().get(case=case).due_at == due
    link = Entry.objects.filter(subject=f"case:{case.pk}").latest("seq")
    case_witness = witness_of("case:1")
    newest = len(case_witness.editions) if case_witness else 0
    assert (link.verb, link.record["seq"], link.record["state"][1]) == ("change_desk", event.seq, newest)


def test_pages_of_the_old_desk_open_and_its_verbs_refuse(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    old, new = signed_in(town.zhao), signed_in(town.duan)
    moved(town)
    page = old.get(reverse("workflow:case", args=[case.pk]))
    assert page.status_code == 200
    words = page.content.decode()
    assert "上报时属中原路街道，村（社区）划归后由胜利路街道负责；原辖区可以查看，不再办理" in words
    assert "登记区划变更，改由新辖区负责" in words
    assert old.get(reverse("workflow:preview", args=[case.pk])).status_code == 200
    answer = old.post(
        reverse("workflow:accept", args=[case.pk]), {"version": afresh(case).version}, follow=True
    )
    assert "由当前层级的网格化服务管理机构受理" in answer.content.decode()
    assert afresh(case).status == "awaiting_acceptance"
    new.post(reverse("workflow:accept", args=[case.pk]), {"version": afresh(case).version})
    assert afresh(case).status == "awaiting_assignment"


def test_what_the_old_desk_read_before_the_move_cannot_be_sent_any_more(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    old, version = signed_in(town.zhao), case.version
    moved(town)
    answer = old.post(reverse("workflow:accept", args=[case.pk]), {"version": version}, follow=True)
    assert afresh(case).status == "awaiting_acceptance"
    assert "Zheng" in answer.content.decode(), "it says who changed it"


def test_one_message_for_a_move_and_not_one_for_each_case(town: Town) -> None:
    for _ in range(3):
        case_in("awaiting_acceptance", town)
    case_in("in_hand", town)
    case_in("awaiting_acceptance", town, matter_id=town.matter("非法集资线索").pk)
    Outbox.objects.all().delete()
    moved(town)
    sent = {row.audience: row.sentence for row in Outbox.objects.all()}
    assert len(sent) == Outbox.objects.count() == 2
    new, old = town.division("胜利路街道"), town.division("中原路街道")
    assert sent[audience("dispatch", "division", new.pk)] == (
        "京东社区由中原路街道划归胜利路街道，4 件在办事项由您这里接着办，时限照旧。"
    ), "clues are not counted"
    assert "您这里仍可查看，不能再办" in sent[audience("dispatch", "division", old.pk)]


def test_a_unit_that_leads_and_one_that_assists_keep_their_parts(town: Town) -> None:
    case = case_in("in_hand", town)
    stay = assist(case, town.gongan)
    moved(town)
    stay.refresh_from_db()
    assert stay.ended_at is None
    for name in ("sun", "qian"):
        assert sees(getattr(Town(), name), case), name
    assert stay.share is not None
    at = LATER + timedelta(hours=1)
    feed_back_share(stay.share, result="已到场", by=town.qian, at=at)
    fed = actions.feed_back_case(afresh(case), result="已清理", by=town.sun, at=at)
    assert fed.status == "awaiting_verification"
    assert day_report(town.sun, [town.chengguan], MONDAY.date()) != []
    assert faults() == []


def test_a_case_at_the_county_stays_there_inside_it_and_goes_along_to_another(
    town: Town, desk_of_qingfeng: User
) -> None:
    case = actions.escalate_case(
        case_in("awaiting_acceptance", town), note="本级办不了", by=town.zhao, at=LATER
    )
    moved(town)
    assert in_queue(town.hua, "acceptance") == {case.pk}
    moved(town, to="城关镇", back=True, at=LATER + timedelta(days=1))
    assert in_queue(Town().hua, "acceptance") == set()
    assert sees(Town().hua, case)
    assert in_queue(desk_of_qingfeng, "acceptance") == {case.pk}
    with refused(NotPermitted):
        actions.accept_case(afresh(case), by=town.hua, at=LATER)
    assert actions.accept_case(afresh(case), by=desk_of_qingfeng, at=LATER).status == "awaiting_assignment"
    assert faults() == []


@pytest.mark.article(14)
def test_across_counties_units_are_those_of_the_new_county_and_the_edition_stays(town: Town) -> None:
    case = case_in("awaiting_assignment", town)
    matter = case.matter
    moved(town, to="城关镇")
    case = afresh(case)
    assert case.matter == matter
    assert (case.county.name, case.reported_county.name) == ("清丰县", "华龙区")
    assert {unit.code for unit in units_for(case)} == {"qf-chengguan"}
    assert faults() == [], "its edition is that of the county in which it was reported"
    again = reported(
        town, at=LATER + timedelta(hours=1), matter_id=town.matter("邻里纠纷", county="410922").pk
    )
    assert again.county.name == "清丰县", "what is reported now is of the new county's list"


def test_a_case_that_awaits_verification_is_verified_by_the_same_people(town: Town) -> None:
    case = case_in("awaiting_verification", town)
    moved(town)
    assert in_queue(town.chen, "to_verify") == {case.pk}
    assert in_queue(town.duan, "verification") == {case.pk}
    failed = actions.fail_check(afresh(case), note="还在", by=town.chen, at=LATER)
    assert (failed.status, failed.township.name) == ("rework", "胜利路街道")


@pytest.mark.article(18)
def test_the_clock_reminds_and_escalates_to_the_new_institutions(town: Town, desk_of_qingfeng: User) -> None:
    case = case_in("awaiting_acceptance", town)
    moved(town, to="城关镇")
    Outbox.objects.all().delete()
    sweep_clocks(at=MONDAY + timedelta(days=20))
    case = afresh(case)
    assert case.level == "county"
    audiences = set(Outbox.objects.filter(subject=f"case:{case.pk}").values_list("audience", flat=True))
    here = {audience("dispatch", "division", town.division(name).pk) for name in ("城关镇", "清丰县")}
    there = {audience("dispatch", "division", town.division(name).pk) for name in ("中原路街道", "华龙区")}
    assert audiences & here
    assert not audiences & there
    assert in_queue(desk_of_qingfeng, "acceptance") == {case.pk}


def test_it_moves_back_and_everybody_who_had_it_reads_it(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    moved(town)
    moved(town, to="中原路街道", back=True, at=LATER + timedelta(days=1))
    case = afresh(case)
    assert case.township == case.reported_township == town.division("中原路街道")
    assert [desk.township.name for desk in case.former_desks.order_by("pk")] == ["中原路街道", "胜利路街道"]
    assert in_queue(Town().zhao, "acceptance") == {case.pk}
    assert in_queue(Town().duan, "acceptance") == set()
    assert sees(Town().duan, case)
    assert actions.accept_case(case, by=Town().zhao, at=LATER).status == "awaiting_assignment"
    assert faults() == []
    assert numbers_of(town, "410902002")["收到"] == 0


def test_a_second_pass_does_nothing_and_a_case_that_came_meanwhile_follows(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    moved(town)
    assert follow_divisions(at=LATER) == 0
    former = town.division("中原路街道")
    late = reported(town, at=LATER)
    Case.objects.filter(pk=late.pk).update(township=former, reported_township=former)
    assert [fault for fault in faults() if "没有跟去" in fault] == []
    assert follow_divisions(at=LATER) == 1
    late = afresh(late)
    assert (late.township.name, late.events.latest("seq").post) == ("胜利路街道", "系统")
    assert DOCUMENT in late.events.latest("seq").note
    assert FormerDesk.objects.filter(case=case).count() == 1
    assert follow_divisions(at=LATER) == 0


def test_undo_is_over_when_the_village_has_moved(town: Town) -> None:
    case = actions.accept_case(case_in("awaiting_acceptance", town), by=town.zhao, at=LATER)
    moved(town)
    with refused(IllegalMove):
        actions.undo_last(afresh(case), by=town.duan, at=LATER + timedelta(seconds=2))


@pytest.mark.article(20)
def test_a_clue_is_read_by_the_new_institutions_alone(town: Town) -> None:
    clue = case_in(
        "awaiting_acceptance", town, matter_id=town.matter("非法集资线索").pk, description="东门口集资"
    )
    name_clue_reader(town.duan, kind="division", place_id=town.division("胜利路街道").pk)
    moved(town)
    assert sees(Town().duan, clue)
    assert not sees(Town().zhao, clue)
    assert sees(Town().hua, clue)
    event = clue.events.latest("seq")
    assert event.verb == "change_desk"
    assert faults() == []


def test_what_a_clerk_of_the_old_desk_registered_gets_somebody_who_reaches_it(town: Town) -> None:
    case = reported(town, by="zhao")
    assert case.caretaker == town.zhao
    moved(town)
    case = afresh(case)
    assert case.caretaker == town.chen, "the worker of the grid is the nearest"
    with refused(NotPermitted):
        actions.withdraw_case(case, note="", by=town.zhao, at=LATER)
    assert faults() == []


def test_a_repeat_is_looked_for_in_the_new_township(town: Town) -> None:
    case, twin = case_in("awaiting_acceptance", town), case_in("awaiting_acceptance", town)
    moved(town)
    assert [other.pk for other in merge_candidates(afresh(case), Town().duan)] == [twin.pk]
    merged = actions.merge_case(afresh(case), into=afresh(twin), by=town.duan, at=LATER)
    assert merged.status == "merged"


def test_a_township_that_moves_takes_its_cases_to_the_new_county(town: Town, desk_of_qingfeng: User) -> None:
    case = actions.escalate_case(
        case_in("awaiting_acceptance", town), note="本级办不了", by=town.zhao, at=LATER
    )
    own = case_in("awaiting_acceptance", town)
    moved(town, village="中原路街道", to="清丰县")
    assert in_queue(desk_of_qingfeng, "acceptance") == {case.pk}
    assert in_queue(Town().zhao, "acceptance") == {own.pk}, "its desk is the same"
    assert sees(Town().hua, own)
    assert faults() == []


def test_a_new_name_alone_moves_nothing(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    change_division(
        town.division("京东社区"),
        name="京东新村",
        parent=town.division("中原路街道"),
        on=MONDAY.date(),
        document=DOCUMENT,
        by_id=town.zheng.pk,
        at=LATER,
    )
    assert afresh(case).version == case.version
    assert not FormerDesk.objects.exists()


def test_a_move_costs_the_same_statements_for_two_cases_and_for_twelve(town: Town) -> None:
    def cost(to: str, at: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            moved(town, to=to, back=at != LATER, at=at)
        return len(captured)

    for _ in range(2):
        reported(town)
    cost("胜利路街道", LATER)
    few = cost("中原路街道", LATER + timedelta(days=1))
    for _ in range(10):
        reported(town)
    assert cost("胜利路街道", LATER + timedelta(days=2)) == few
    assert Case.objects.filter(township=town.division("胜利路街道")).count() == 12


def test_the_desk_pages_cost_the_same_with_and_without_what_has_left(town: Town) -> None:
    case_in("awaiting_acceptance", town)
    old = Visitor(town.zhao)
    desk = f"{reverse('workflow:desk')}?queue=all"
    few = old.statements(desk)
    moved(town)
    assert Visitor(Town().zhao).statements(desk) == few


def test_a_county_above_both_townships_goes_on_acting(town: Town) -> None:
    case = actions.escalate_case(
        case_in("awaiting_acceptance", town), note="本级办不了", by=town.zhao, at=LATER
    )
    moved(town)
    assert actions.accept_case(afresh(case), by=town.hua, at=LATER).status == "awaiting_assignment"
