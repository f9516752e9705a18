"""Extension and shelving: who decides, what the clock does, what stays visible (Art. 17, 18)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from common import clock
from common.errors import IllegalMove, NotPermitted, RuleViolation
from common.records.invariants import examine
from tests.cases import case_in, refused
from tests.town import MONDAY, Town
from tests.workflow.test_asks import asks
from tests.workflow.test_interrupted import on, stay
from workflow import actions
from workflow.actions.clock import sweep_clocks
from workflow.invariants import INVARIANTS
from workflow.models import Case, TimeRequest
from workflow.tasks import sweep_due_stages
from workflow.time_requests import LONGEST_SHELVING, limit_of_matter
from worktime.clocks import SHANGHAI

LATER = MONDAY + timedelta(hours=3)


def in_hand(town: Town) -> Case:
    """A case of a matter that has five working days, signed on Monday; due on the next Monday at 18:00."""
    matter = asks(town, "邻里纠纷", finish_amount=5, finish_unit="working_day")
    case = case_in("in_hand", town, matter_id=matter.pk)
    assert limit_of_matter(case).words() == "5 个工作日"
    assert case.due_at == on(23, "18:00")
    return case


def extended(case: Case, town: Town, day: int, *, amount: int = 3) -> Case:
    """Asks for an extension on a morning of November and gets it at noon."""
    case = actions.ask_extension(case, amount=amount, note="备件未到", by=town.sun, at=on(day, "09:00"))
    by = town.hua if case.level == "county" else town.zhao
    return actions.grant_extension(case, by=by, at=on(day, "11:00"))


def is_sound() -> bool:
    findings = [examine(one) for one in INVARIANTS if one.sentence != "到点的时钟都已执行"]
    return all(finding.holds for finding in findings)


@pytest.mark.article(17)
@pytest.mark.article(18)
def test_an_extension_adds_its_days_to_what_was_left_and_the_old_day_stays(town: Town) -> None:
    case = in_hand(town)
    case = actions.ask_extension(case, amount=3, note="备件未到", by=town.sun, at=on(18, "09:00"))
    assert (case.status, case.level, case.due_at) == ("extension_review", "township", on(18, "15:30"))
    case = actions.grant_extension(case, by=town.zhao, at=on(18, "11:00"))
    assert (case.status, case.due_at) == ("in_hand", on(27, "10:30"))
    assert "延期 3 个工作日" in stay(case).explanation
    request = case.time_requests.get()
    assert (request.decision, request.due_before, request.due_after) == (
        "granted",
        on(23, "18:00"),
        on(27, "10:30"),
    )
    assert (request.asked_by, request.decided_by) == (town.sun, town.zhao)
    assert is_sound()


@pytest.mark.article(18)
def test_a_refused_extension_leaves_what_was_left(town: Town) -> None:
    case = actions.ask_extension(in_hand(town), amount=1, note="忙", by=town.sun, at=on(18, "09:00"))
    with refused(RuleViolation):
        actions.refuse_extension(case, note=" ", by=town.zhao, at=on(18, "11:00"))
    case = actions.refuse_extension(case, note="可以按期", by=town.zhao, at=on(18, "11:00"))
    assert case.status == "in_hand"
    assert case.due_at == on(24, "10:30"), "two hours of waiting are not the unit's"
    assert case.time_requests.get().decision == "refused"


@pytest.mark.article(18)
@pytest.mark.parametrize("amount", [None, 0, 6])
def test_an_extension_is_at_most_as_long_as_the_limit_itself(town: Town, amount: int | None) -> None:
    case = in_hand(town)
    with refused(RuleViolation) as caught:
        actions.ask_extension(case, amount=amount, note="忙", by=town.sun, at=on(18, "09:00"))
    assert caught.value.field == "amount" and "1 至 5 个工作日" in caught.value.sentence
    assert not TimeRequest.objects.exists()


@pytest.mark.article(18)
def test_after_the_day_there_is_no_extension(town: Town) -> None:
    case = in_hand(town)
    with refused(IllegalMove) as caught:
        actions.ask_extension(case, amount=1, note="忙", by=town.sun, at=on(23, "18:01"))
    assert "已经超期" in caught.value.sentence


@pytest.mark.article(17)
@pytest.mark.article(18)
def test_the_second_extension_is_the_county_s_and_there_is_no_third(town: Town) -> None:
    case = extended(in_hand(town), town, 18)
    case = actions.ask_extension(case, amount=5, note="仍未到", by=town.sun, at=on(25, "09:00"))
    assert case.level == "county"
    with refused(NotPermitted):
        actions.grant_extension(case, by=town.zhao, at=on(25, "10:00"))
    case = actions.grant_extension(case, by=town.hua, at=on(25, "10:00"))
    with refused(IllegalMove) as caught:
        actions.ask_extension(case, amount=1, note="再延", by=town.sun, at=on(26, "10:00"))
    assert "已经延期两次" in caught.value.sentence


@pytest.mark.article(18)
def test_who_is_done_gives_feedback_while_the_extension_waits(town: Town) -> None:
    case = actions.ask_extension(in_hand(town), amount=1, note="忙", by=town.sun, at=on(18, "09:00"))
    case = actions.feed_back_case(case, result="提前办好", by=town.sun, at=on(18, "10:00"))
    assert case.status == "awaiting_verification"
    assert case.time_requests.get().decision == "dropped"
    assert case.finish_due_at == on(24, "09:30"), "the promise goes on by the hour that the request waited"


@pytest.mark.article(18)
def test_a_day_of_review_that_has_passed_before_the_decision_is_not_granted(town: Town) -> None:
    case = actions.ask_shelving(
        in_hand(town), ground="season", review_on=on(19, "00:00").date(), note="雨", by=town.sun,
        at=on(18, "09:00"),
    )  # fmt: skip
    with refused(RuleViolation) as caught:
        actions.grant_shelving(case, by=town.hua, at=on(19, "09:00"))
    assert "复核日期已经到了" in caught.value.sentence


@pytest.mark.article(18)
def test_a_voided_case_leaves_no_request_waiting(town: Town) -> None:
    case = actions.ask_extension(in_hand(town), amount=1, note="忙", by=town.sun, at=on(18, "09:00"))
    case = actions.void_case(case, note="误报", by=town.zhao, at=on(18, "10:00"))
    assert case.time_requests.get().decision == "dropped"
    assert is_sound()


def shelved(town: Town, *, review_on: date = date(2026, 12, 18)) -> Case:
    """A case that the county has shelved since Wednesday the 18th."""
    case = actions.ask_shelving(
        in_hand(town),
        ground="season",
        review_on=review_on,
        note="冬季不能铺沥青",
        by=town.sun,
        at=on(18, "09:00"),
    )
    assert (case.status, case.level) == ("shelving_review", "county")
    with refused(NotPermitted):
        actions.grant_shelving(case, by=town.zhao, at=on(18, "10:00"))
    return actions.grant_shelving(case, by=town.hua, at=on(18, "10:00"))


@pytest.mark.article(18)
def test_a_shelved_case_stands_still_and_goes_on_by_itself_on_its_day(town: Town) -> None:
    case = shelved(town)
    assert case.status == "shelved" and case.finish_due_at is not None
    sweep_clocks(at=on(30, "12:00"))
    case.refresh_from_db()
    assert (case.status, case.light) == ("shelved", "normal")
    due_at = case.due_at
    assert due_at == datetime(2026, 12, 18, tzinfo=SHANGHAI)
    assert sweep_clocks(at=due_at) == 1
    case = Case.objects.get(pk=case.pk)
    assert case.status == "in_hand" and case.events.filter(verb="resume_when_due").count() == 1
    request = case.time_requests.get()
    assert (request.resumed_at, request.due_after) == (due_at, case.due_at)
    assert is_sound()


@pytest.mark.article(18)
def test_what_had_no_time_left_is_overdue_in_the_wake_up_that_takes_it_off_the_shelf(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that had claimed its stays before this one left it to the next wake-up (decision 26)."""
    case, day = in_hand(town), date(2026, 12, 18)
    late = on(25, "09:00")
    sweep_clocks(at=late)
    case = actions.ask_shelving(
        Case.objects.get(pk=case.pk), ground="season", review_on=day, note="冬季", by=town.sun, at=late
    )
    case = actions.grant_shelving(case, by=town.hua, at=on(25, "10:00"))
    review = datetime(2026, 12, 18, tzinfo=SHANGHAI)
    monkeypatch.setattr(clock, "now", lambda: review)
    sweep_due_stages()
    case.refresh_from_db()
    assert (case.status, case.light) == ("in_hand", Case.Light.LATE)
    assert case.events.filter(verb="flag_overdue").latest("seq").at == review


@pytest.mark.article(18)
@pytest.mark.parametrize("person", ["sun", "hua"])
def test_a_shelved_case_goes_on_earlier_by_the_unit_or_the_county(town: Town, person: str) -> None:
    case = shelved(town)
    case = actions.resume_case(case, note="材料到了", by=getattr(town, person), at=on(20, "09:00"))
    # Three workdays and nine hours of office time were left on Wednesday at nine.
    assert (case.status, case.due_at) == ("in_hand", on(25, "18:00"))


@pytest.mark.article(18)
@pytest.mark.parametrize("days", [0, -3, LONGEST_SHELVING + 1, 95])
def test_the_day_of_review_is_within_ninety_days(town: Town, days: int) -> None:
    case = in_hand(town)
    with refused(RuleViolation) as caught:
        actions.ask_shelving(
            case,
            ground="funding",
            review_on=on(18, "09:00").date() + timedelta(days=days),
            note="等经费",
            by=town.sun,
            at=on(18, "09:00"),
        )
    assert caught.value.field == "review_on" and "最多 90 天" in caught.value.sentence


@pytest.mark.article(18)
def test_a_refused_shelving_leaves_what_was_left(town: Town) -> None:
    case = actions.ask_shelving(
        in_hand(town), ground="engineering", review_on=date(2027, 1, 8), note="须立项", by=town.sun,
        at=on(18, "09:00"),
    )  # fmt: skip
    case = actions.refuse_shelving(case, note="可以先围挡", by=town.hua, at=on(18, "10:00"))
    assert (case.status, case.due_at) == ("in_hand", on(24, "09:30"))
