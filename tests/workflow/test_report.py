"""Reporting: by whom, from where, and where it goes first (Art. 18)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from common.errors import NotPermitted, RuleViolation
from notifications.models import Outbox
from tests.cases import photo, refused, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Attachment, Case


@pytest.mark.article(18)
def test_a_report_goes_to_the_leader_with_its_clock_running(town: Town) -> None:
    case = reported(town)
    assert (case.status, case.level, case.version) == ("awaiting_leader", "township", 1)
    stage = case.stages.get()
    assert stage.due_at == case.due_at
    assert "1 个工作日" in stage.explanation
    assert case.events.get().verb == "report"
    assert Outbox.objects.get().audience == f"coordinate:division:{case.village_id}"


def test_a_case_carries_the_divisions_of_its_grid(town: Town) -> None:
    case = reported(town)
    places = (case.village.name, case.township.name, case.county.name, case.city.name)
    assert places == ("京东社区", "中原路街道", "华龙区", "濮阳市")


@pytest.mark.article(18)
def test_an_urgent_matter_goes_straight_to_the_township(town: Town) -> None:
    case = reported(town, matter_id=town.matter("井盖缺损").pk)
    assert case.status == "awaiting_acceptance"
    assert case.due_at == MONDAY + timedelta(minutes=10)


@pytest.mark.article(20)
def test_a_confidential_clue_passes_by_the_leader(town: Town) -> None:
    case = reported(town, matter_id=town.matter("非法集资线索").pk)
    assert (case.status, case.confidential) == ("awaiting_acceptance", True)


@pytest.mark.article(18)
def test_what_was_solved_on_the_spot_waits_for_the_instructor_s_check(town: Town) -> None:
    case = reported(town, outcome="solved", result="当场劝和")
    assert (case.status, case.handled_by, case.handler) == ("awaiting_verification", "worker", town.chen)
    assert [event.verb for event in case.events.order_by("seq")] == ["report", "settle"]


def test_solved_on_the_spot_needs_the_photo_that_the_list_demands(town: Town) -> None:
    fields = {"matter_id": town.matter("路灯故障").pk, "outcome": "solved", "result": "已换灯"}
    with refused(RuleViolation) as caught:
        reported(town, **fields)
    assert caught.value.sentence == "“路灯故障”办结须附办理后的照片。"
    assert not Case.objects.exists()
    case = reported(town, **fields, result_photos=[photo(town.chen)])
    assert case.attachments.get().kind == Attachment.Kind.RESULT


@pytest.mark.article(19)
def test_a_desk_registers_what_came_by_telephone(town: Town) -> None:
    case = reported(town, by="zhao", occurred_at=MONDAY - timedelta(hours=3))
    assert (case.status, case.source) == ("awaiting_acceptance", "desk")


@pytest.mark.article(11)
@pytest.mark.parametrize("stranger", ["lin", "shi", "sun", "duan", "zheng", "nobody"])
def test_others_may_not_report_in_this_grid(town: Town, stranger: str) -> None:
    with refused(NotPermitted) as caught:
        reported(town, by=stranger)
    assert "只有本网格的网格员" in caught.value.sentence


def test_the_place_of_the_report_finds_the_grid(town: Town) -> None:
    case = reported(town, grid_id=None, lon=115.005, lat=35.705, accuracy_m=12)
    assert case.grid == town.grid


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"grid_id": None}, "grid", "请选择网格"),
        ({"grid_id": 10**9}, "grid", "没有这个网格"),
        ({"grid_id": None, "lon": 116.9, "lat": 35.7}, "grid", "不在任何网格内"),
        ({"matter_id": None}, "matter", "请选择事项"),
        ({"matter_id": 10**9}, "matter", "不在华龙区现行清单"),
        ({"occurred_at": MONDAY + timedelta(minutes=1)}, "occurred_at", "不能晚于现在"),
        ({"occurred_at": MONDAY - timedelta(days=400)}, "occurred_at", "一年以前"),
        ({"outcome": "solved"}, "result", "怎么解决的"),
    ],
)
def test_bad_input_gets_a_sentence_and_the_field_to_mend(
    town: Town, fields: dict[str, object], field: str, sentence: str
) -> None:
    with refused(RuleViolation) as caught:
        reported(town, **fields)
    assert caught.value.field == field
    assert sentence in caught.value.sentence
    assert not Case.objects.exists()


@pytest.mark.article(14)
def test_a_matter_of_another_county_s_list_cannot_be_reported(town: Town) -> None:
    with refused(RuleViolation):
        reported(town, matter_id=town.matter("邻里纠纷", county="410922").pk)


@pytest.mark.article(15)
def test_a_task_of_the_list_is_not_something_to_report(town: Town) -> None:
    with refused(RuleViolation):
        reported(town, matter_id=town.matter("反电信网络诈骗宣传").pk)


def test_what_is_not_on_the_list_can_still_be_reported(town: Town) -> None:
    case = reported(town, matter_id=None, title="老人独自在家摔倒")
    assert (case.title, case.matter, case.status) == ("老人独自在家摔倒", None, "awaiting_leader")


def test_somebody_else_s_photo_cannot_be_attached(town: Town) -> None:
    with refused(RuleViolation) as caught:
        reported(town, photos=[photo(town.lin, kind="report")])
    assert "没有传上来" in caught.value.sentence


def test_a_text_that_only_calls_itself_a_picture_is_refused(town: Town) -> None:
    fake = io.BytesIO(b"\x89PNG\r\n\x1a\n<script>alert(1)</script>")
    with refused(RuleViolation) as caught:
        actions.take_photo(fake, size=40, kind="report", by=town.chen, at=MONDAY)
    assert "不是能打开的照片" in caught.value.sentence


def test_an_oversize_photo_is_refused_before_it_is_opened(town: Town) -> None:
    with refused(RuleViolation) as caught:
        actions.take_photo(io.BytesIO(b""), size=9 * 1024 * 1024, kind="report", by=town.chen, at=MONDAY)
    assert "超过 8 MB" in caught.value.sentence
