"""Running deadlines follow a new calendar or a new limit: previewed, moved once, never undone (Art. 18)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common import clock
from common.errors import IllegalMove, NotPermitted, RuleViolation
from common.records.invariants import examine
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.cases import case_in, refused, reported
from tests.town import FOUNDED, MONDAY, Town
from tests.workflow.test_asks import asks
from tests.workflow.test_interrupted import on, stay
from workflow import actions
from workflow.actions import replanning
from workflow.actions.clock import sweep_clocks
from workflow.actions.limits import LimitDraft, publish_step_limit
from workflow.actions.replanning import begin_replanning, work_on_replanning
from workflow.actions.shares import sign_share
from workflow.invariants import INVARIANTS
from workflow.models import Case, DeadlineChange, Replanning, Stage
from workflow.replanning import preview, would_move
from workflow.rulebook import current_rulebook, forget_rulebook
from worktime.actions import publish_calendar, read_special_days
from worktime.clocks import SHANGHAI
from worktime.management.commands.load_calendar import SEED
from worktime.notice_lines import SpecialDay

NOTICE = "国办发明电〔2026〕9号"
THIS_YEAR = [each for each in read_special_days(SEED) if each.day.year == 2026]
LATER = MONDAY + timedelta(hours=3)


def january(day: int, time: str) -> datetime:
    return datetime.fromisoformat(f"2027-01-{day:02} {time}").replace(tzinfo=SHANGHAI)


def enter_2027(*days: tuple[date, bool]) -> None:
    """The holiday notice of 2027: New Year, and the given days."""
    new_year = [SpecialDay(date(2027, 1, 1), False, "元旦")]
    listed = [*new_year, *(SpecialDay(day, works, "元旦") for day, works in days)]
    publish_calendar(2027, listed, document=NOTICE, at=LATER, corrects=True)
    forget_rulebook()


def crossing(town: Town) -> Case:
    """A case in hand of 35 working days, which end in January 2027."""
    matter = asks(town, "邻里纠纷", finish_amount=35, finish_unit="working_day")
    return case_in("in_hand", town, matter_id=matter.pk)


def replan(town: Town, *, at: datetime = LATER) -> Replanning:
    act = begin_replanning(reason=NOTICE, by=town.nobody, at=at)
    while Replanning.objects.filter(pk=act.pk, finished_at=None).exists():
        work_on_replanning(at=at)
    act.refresh_from_db()
    return act


@pytest.fixture(autouse=True)
def keeper(town: Town) -> User:
    """Somebody who administers the system, in this module alone."""
    city = Organization.objects.get(code="auth-city")
    appoint_to_office(town.nobody, role="system_admin", organization=city, on=FOUNDED, at=MONDAY, by=None)
    return town.nobody


def is_sound() -> bool:
    findings = [examine(one) for one in INVARIANTS if one.sentence != "到点的时钟都已执行"]
    return all(finding.holds for finding in findings)


@pytest.mark.article(18)
def test_a_deadline_that_crosses_the_year_is_provisional_until_the_notice_is_entered(town: Town) -> None:
    case = crossing(town)
    assert case.due_at == january(5, "18:00")
    assert stay(case).is_provisional and preview().left_provisional == 1
    enter_2027((date(2027, 1, 4), False))
    found = preview()
    assert (found.total, found.later, found.earlier, found.left_provisional) == (1, 1, 0, 0)
    act = replan(town)
    assert (act.moved, act.earlier, act.finished_at) == (1, 0, LATER)
    case.refresh_from_db()
    assert (case.due_at, case.finish_due_at) == (january(6, "18:00"), january(6, "18:00"))
    now = stay(case)
    assert (now.deadline_version, now.is_provisional, now.due_at) == (2, False, january(6, "18:00"))
    assert "元旦" in now.explanation and "未录入" not in now.explanation
    change = DeadlineChange.objects.get()
    assert (change.due_before, change.due_after, change.deadline_version) == (
        january(5, "18:00"),
        january(6, "18:00"),
        2,
    )
    assert NOTICE in case.events.get(verb="replan").note
    assert is_sound()
    assert preview().total == 0


@pytest.mark.article(18)
def test_a_make_up_workday_moves_it_earlier_and_the_version_of_the_case_stays(town: Town) -> None:
    case = crossing(town)
    version = case.version
    enter_2027((date(2027, 1, 2), True))
    act = replan(town)
    assert (act.moved, act.earlier) == (1, 1)
    case.refresh_from_db()
    assert (case.due_at, case.version) == (january(4, "18:00"), version)
    assert (
        actions.feed_back_case(case, result="已调解", by=town.sun, at=LATER).status == "awaiting_verification"
    )


@pytest.mark.article(18)
def test_what_is_due_when_it_was_is_no_longer_provisional(town: Town) -> None:
    case = crossing(town)
    enter_2027()
    assert (preview().confirmed, preview().total) == (1, 1)
    replan(town)
    assert not stay(case).is_provisional and stay(case).due_at == january(5, "18:00")


@pytest.mark.article(18)
def test_what_the_clock_has_done_is_neither_undone_nor_done_again(town: Town) -> None:
    case = crossing(town)
    reminded = january(4, "09:00")
    assert sweep_clocks(at=reminded) >= 1
    assert case.events.filter(verb="remind").count() == 1
    enter_2027((date(2027, 1, 4), False), (date(2027, 1, 5), False))
    replan(town, at=reminded)
    sweep_clocks(at=january(7, "17:59"))
    assert case.events.filter(verb="remind").count() == 1
    assert not case.events.filter(verb="flag_overdue").exists()
    sweep_clocks(at=january(7, "18:00"))
    assert case.events.filter(verb="flag_overdue").count() == 1


@pytest.mark.article(18)
def test_what_was_left_of_an_interrupted_stay_is_planned_from_where_it_goes_on(town: Town) -> None:
    case = crossing(town)
    case = actions.ask_extension(case, amount=3, note="备件", by=town.sun, at=on(18, "09:00"))
    case = actions.grant_extension(case, by=town.zhao, at=on(18, "09:00"))
    assert case.due_at == january(8, "18:00")
    enter_2027((date(2027, 1, 4), False))
    replan(town)
    case.refresh_from_db()
    assert case.due_at == january(11, "18:00")


@pytest.mark.article(18)
def test_what_the_clock_has_found_overdue_stays_overdue(town: Town) -> None:
    case = crossing(town)
    sweep_clocks(at=january(5, "18:00"))
    case.refresh_from_db()
    assert case.light == "late"
    enter_2027((date(2027, 1, 4), False))
    assert preview().total == 0
    assert case.due_at == january(5, "18:00")


@pytest.mark.article(18)
def test_self_handling_that_ends_on_a_day_that_becomes_free_ends_on_the_next_workday(town: Town) -> None:
    matter = asks(town, "邻里纠纷", first_amount=None, first_unit="")
    at = on(27, "22:10")  # on a Friday night
    case = reported(town, matter_id=matter.pk, outcome="handling", at=at)
    assert case.due_at == on(30, "00:00") + timedelta(days=1)
    days = [SpecialDay(on(30, "00:00").date(), False, "放假"), *THIS_YEAR]
    publish_calendar(2026, days, document=NOTICE, at=at, corrects=True)
    replan(town, at=at)
    case.refresh_from_db()
    assert case.due_at == on(30, "00:00") + timedelta(days=2)


@pytest.mark.article(18)
@pytest.mark.article(20)
def test_who_keeps_the_calendar_reads_no_clue_in_the_preview(town: Town) -> None:
    clue = reported(town, matter_id=town.matter("非法集资线索").pk, at=on(16, "09:00"))
    assert clue.confidential
    days = [SpecialDay(on(16, "00:00").date(), False, "放假"), *THIS_YEAR]
    publish_calendar(2026, days, document=NOTICE, at=on(16, "08:00"), corrects=True)
    found = preview()
    assert (found.total, found.first) == (1, ())


@pytest.mark.article(18)
def test_seconds_that_a_rest_does_not_keep_are_no_change(town: Town) -> None:
    case = case_in("awaiting_signature", town)
    at = on(16, "15:10") + timedelta(seconds=17)
    case = actions.hand_back_case(case, note="不归我", by=town.sun, at=at)
    case = actions.reject_return(case, note="清单主办", by=town.zhao, at=at + timedelta(minutes=5, seconds=2))
    assert stay(case).is_rest and preview().total == 0


@pytest.mark.article(18)
def test_a_new_limit_of_a_step_moves_the_stays_in_it(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_in("awaiting_signature", town)
    assert case.due_at == on(16, "16:10")
    draft = LimitDraft(
        "awaiting_signature", "due", False, "working_hours", 8 * 60, on(17, "00:00").date(), "市文件"
    )
    publish_step_limit(draft, by_id=None, at=LATER)
    monkeypatch.setattr(clock, "now", lambda: on(17, "08:00"))
    forget_rulebook()
    replan(town, at=on(17, "08:00"))
    case.refresh_from_db()
    assert case.due_at == on(17, "10:40")
    assert stay(case).amount == 480


@pytest.mark.article(18)
def test_an_interrupted_act_goes_on_where_it_stopped(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    matter = asks(town, "邻里纠纷", finish_amount=35, finish_unit="working_day")
    cases = [case_in("in_hand", town, matter_id=matter.pk) for _ in range(5)]
    enter_2027((date(2027, 1, 4), False))
    monkeypatch.setattr(replanning, "AT_ONCE", 2)
    monkeypatch.setattr(replanning, "PAGE", 2)
    act = begin_replanning(reason=NOTICE, by=town.nobody, at=LATER)
    write, pages = replanning._write, []

    def die_after_the_first(*args: Any, **kwargs: Any) -> None:
        if pages:
            raise SystemExit
        pages.append(write(*args, **kwargs))

    monkeypatch.setattr(replanning, "_write", die_after_the_first)
    assert work_on_replanning(at=LATER) == 2
    with pytest.raises(SystemExit):
        work_on_replanning(at=LATER)
    act.refresh_from_db()
    assert (act.moved, act.finished_at) == (2, None), "the first batch is kept"
    monkeypatch.setattr(replanning, "_write", write)
    with refused(IllegalMove) as caught:
        begin_replanning(reason=NOTICE, by=town.nobody, at=LATER)
    assert "还没有完成" in caught.value.sentence
    assert work_on_replanning(at=LATER) == 0, "another worker may still be at it"
    later = LATER + timedelta(minutes=11)
    assert [work_on_replanning(at=later) for _ in range(3)] == [2, 1, 0]
    act.refresh_from_db()
    assert act.moved == 5 and act.finished_at is not None
    assert DeadlineChange.objects.count() == 5
    assert {stay(case).deadline_version for case in cases} == {2}
    assert is_sound()


@pytest.mark.article(18)
def test_an_act_that_would_move_nothing_is_refused(town: Town) -> None:
    case_in("in_hand", town)
    with refused(IllegalMove) as caught:
        begin_replanning(reason=NOTICE, by=town.nobody, at=LATER)
    assert "没有要改的" in caught.value.sentence


@pytest.mark.article(18)
@pytest.mark.article(25)
def test_only_who_keeps_the_calendar_moves_deadlines_and_names_the_document(town: Town) -> None:
    crossing(town)
    enter_2027()
    for person in (town.zhao, town.feng, town.wu):
        with refused(NotPermitted):
            begin_replanning(reason=NOTICE, by=person, at=LATER)
    with refused(RuleViolation):
        begin_replanning(reason=" ", by=town.nobody, at=LATER)
    assert not Replanning.objects.exists()


@pytest.mark.article(18)
def test_a_preview_and_an_act_take_no_more_statements_for_many_than_for_one(town: Town) -> None:
    matter = asks(town, "邻里纠纷", finish_amount=35, finish_unit="working_day")
    counts = []
    for number, free in ((1, (4,)), (1, (4, 5)), (4, (4, 5, 6))):
        for _ in range(number):
            case_in("in_hand", town, matter_id=matter.pk)
        enter_2027(*((date(2027, 1, day), False) for day in free))
        current_rulebook()
        with CaptureQueriesContext(connection) as looking:
            assert preview().looked_at >= number
        with CaptureQueriesContext(connection) as moving:
            assert replan(town).moved >= number
        counts.append((len(looking), len(moving)))
    assert counts[1] == counts[2], "the first one also looks things up that are kept"


@pytest.mark.article(17)
@pytest.mark.article(18)
def test_a_share_is_not_due_later_than_a_case_that_moves_earlier(town: Town) -> None:
    case = crossing(town)
    actions.join_units(case, units=[town.gongan], note="请到场", by=town.zhao, at=LATER)
    share = sign_share(case.assignments.get(is_lead=False), by=town.qian, at=LATER)
    before = Stage.objects.running().get(share=share)
    assert before.due_at == january(5, "18:00")
    enter_2027((date(2027, 1, 2), True))
    act = replan(town)
    assert (act.moved, act.earlier) == (1, 1), "the share follows its case and is not counted beside it"
    now = Stage.objects.running().get(share=share)
    case.refresh_from_db()
    assert now.due_at == case.finish_due_at
    assert now.due_at < before.due_at
    assert (now.deadline_version, DeadlineChange.objects.get(stage=now).due_before) == (2, before.due_at)
    assert {rule for rule, _ in now.alarms} == {"remind", "overdue", "escalate"}
    assert is_sound()


@pytest.mark.article(18)
def test_the_first_that_would_move_are_shown_with_their_new_day(town: Town) -> None:
    case = crossing(town)
    case_in("awaiting_signature", town)
    assert not would_move()
    enter_2027((date(2027, 1, 4), False))
    assert would_move()
    ((stage, due_at),) = preview().first
    assert (stage.case, stage.due_at, due_at) == (case, january(5, "18:00"), january(6, "18:00"))
    assert preview().looked_at == 2
