"""What a matter asks for beside the report, who may finish it on the spot, which matter is meant (Art. 14, 15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.test import Client

from common.errors import NotPermitted, RuleViolation
from matters import actions as lists
from matters.actions.editions import row_of
from matters.content import content_of
from matters.models import Matter
from personnel.models import Organization
from tests.cases import refused, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.answers import checked_answers
from workflow.policies import WHO_MAY
from workflow.report_choices import suggest

QUESTIONS = (
    {"key": "poles", "label": "几根灯杆", "type": "number", "required": True},
    {"key": "side", "label": "路的哪边", "type": "choice", "choices": ["东", "西"]},
    {"key": "since", "label": "从哪天起", "type": "date"},
    {"key": "dark", "label": "全黑吗", "type": "yes_no"},
)


def asks(town: Town, name: str = "路灯故障", **changes: Any) -> Matter:
    """The matter of a new edition in force today that asks for more."""
    county = town.division("华龙区")
    edition = lists.draft_edition(
        county, in_force_on=MONDAY.date(), document="文〔2026〕9号", by=town.wu, at=MONDAY
    )
    held = edition.matters.get(name=name)
    changed = row_of(edition, held.code, replace(content_of(held), **changes))
    changed.pk = held.pk
    changed.save()
    lists.publish_edition(edition, by=town.wu, at=MONDAY)
    return Matter.objects.get(edition=edition, name=name)


@pytest.mark.article(14)
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({}, "请填写“几根灯杆”"),
        ({"poles": "许多"}, "应填数字"),
        ({"poles": "NaN"}, "应填数字"),
        ({"poles": "2", "side": "北"}, "请从东、西里选"),
        ({"poles": "2", "since": "昨天"}, "应写成"),
        ({"poles": "2", "dark": "也许"}, "请从是、否里选"),
        ({"poles": "2" * 300}, "最多 200 字"),
    ],
)
def test_a_bad_answer_is_refused_with_its_label(answers: dict[str, str], words: str) -> None:
    with refused(RuleViolation) as caught:
        checked_answers(QUESTIONS, answers, may_be_missing=False)
    assert words in caught.value.sentence


def test_numbers_and_days_are_read_as_people_write_them() -> None:
    answers = {"poles": "１２．５", "since": "2026年11月1日"}
    assert checked_answers(QUESTIONS, answers, may_be_missing=False) == [
        ["几根灯杆", "12.5"],
        ["从哪天起", "2026-11-01"],
    ]


def test_answers_are_kept_with_their_labels_and_what_was_not_asked_is_dropped() -> None:
    answers = {"poles": "2.50", "side": "东", "since": "2026-11-01", "dark": "是", "other": "x"}
    assert checked_answers(QUESTIONS, answers, may_be_missing=False) == [
        ["几根灯杆", "2.5"],
        ["路的哪边", "东"],
        ["从哪天起", "2026-11-01"],
        ["全黑吗", "是"],
    ]


@pytest.mark.article(14)
def test_a_report_answers_the_questions_of_its_matter(town: Town) -> None:
    matter = asks(town, questions=list(QUESTIONS))
    with refused(RuleViolation):
        reported(town, matter_id=matter.pk)
    case = reported(town, matter_id=matter.pk, answers={"poles": "3"})
    assert case.answers == [["几根灯杆", "3"]]


@pytest.mark.article(14)
def test_nothing_holds_an_emergency_up(town: Town) -> None:
    matter = asks(town, severity=3, questions=list(QUESTIONS), place_required=True, photo_before=True)
    assert reported(town, matter_id=matter.pk, place="").status == "awaiting_acceptance"


@pytest.mark.article(14)
@pytest.mark.parametrize(
    ("demands", "words"),
    [({"place_required": True}, "须写明地点"), ({"photo_before": True}, "须附现场照片")],
)
def test_what_the_list_demands_of_a_report_is_asked_for(
    town: Town, demands: dict[str, bool], words: str
) -> None:
    matter = asks(town, **demands)
    with refused(RuleViolation) as caught:
        reported(town, matter_id=matter.pk, place="")
    assert words in caught.value.sentence


@pytest.mark.article(14)
def test_what_may_not_be_finished_on_the_spot_is_passed_on(town: Town) -> None:
    matter = asks(town, closes_on_spot="nobody", evidence_required=False)
    with refused(RuleViolation):
        reported(town, matter_id=matter.pk, outcome="solved", result="换了灯泡")
    case = actions.take_up_case(reported(town, matter_id=matter.pk), by=town.wang, at=MONDAY)
    assert "settle" not in WHO_MAY.open_to(town.wang, case)
    with refused(NotPermitted):
        actions.settle_case(case, result="换了灯泡", by=town.wang, at=MONDAY)


@pytest.mark.article(14)
def test_the_leader_may_finish_what_the_worker_may_not(town: Town) -> None:
    matter = asks(town, closes_on_spot="leader", evidence_required=False)
    case = actions.take_up_case(reported(town, matter_id=matter.pk), by=town.wang, at=MONDAY)
    assert (
        actions.settle_case(case, result="换了灯泡", by=town.wang, at=MONDAY).status
        == "awaiting_verification"
    )


@pytest.mark.article(17)
def test_a_result_names_its_witness_where_the_list_demands_one(town: Town) -> None:
    matter = asks(town, witness_required=True, evidence_required=False)
    case = actions.take_up_case(reported(town, matter_id=matter.pk), by=town.wang, at=MONDAY)
    with refused(RuleViolation):
        actions.settle_case(case, result="换了灯泡", by=town.wang, at=MONDAY)
    done = actions.settle_case(case, result="换了灯泡。见证人：示例甲", by=town.wang, at=MONDAY)
    assert done.status == "awaiting_verification"


@pytest.mark.article(17)
def test_the_list_sets_the_limit_of_signing_where_it_says_so(town: Town) -> None:
    matter = asks(town, sign_amount=30, sign_unit="minute_247")
    case = reported(town, matter_id=matter.pk)
    case = actions.send_up_case(
        actions.take_up_case(case, by=town.wang, at=MONDAY), note="管不了", by=town.wang, at=MONDAY
    )
    case = actions.accept_case(case, by=town.zhao, at=MONDAY)
    unit = Organization.objects.get(code="hlq-chengguan")
    case = actions.assign_case(case, unit=unit, reason="", by=town.zhao, at=MONDAY)
    assert case.due_at is not None
    assert (case.due_at - MONDAY).total_seconds() == 30 * 60


@pytest.mark.article(15)
@pytest.mark.parametrize(
    ("word", "first"),
    [("路灯", "路灯故障"), ("ldgz", "路灯故障"), ("lu deng", "路灯故障"), ("jgqs", "井盖缺损")],
)
def test_the_right_matter_comes_first(town: Town, word: str, first: str) -> None:
    county = town.division("华龙区")
    found = suggest(town.chen, county.pk, day=MONDAY.date(), grid_ids=[town.grid.pk], word=word)
    assert found[0].name == first
    assert len(found) <= 8


def test_a_word_that_people_say_finds_the_matter(town: Town) -> None:
    lamp = town.matter("路灯故障")
    county = town.division("华龙区")
    for word in lamp.synonyms:
        found = suggest(town.chen, county.pk, day=MONDAY.date(), grid_ids=[town.grid.pk], word=word)
        assert lamp.pk in [matter.pk for matter in found], word


def test_without_a_word_what_was_reported_lately_comes_first(town: Town) -> None:
    reported(town, matter_id=town.matter("噪声扰民").pk)
    county = town.division("华龙区")
    found = suggest(town.chen, county.pk, day=MONDAY.date(), grid_ids=[town.grid.pk], word="")
    assert (found[0].name, len(found)) == ("噪声扰民", 8)


def test_the_api_suggests_only_in_grids_one_reports_in(town: Town, client: Client) -> None:
    client.force_login(town.chen)
    answer = client.get("/api/v1/matters/suggest/", {"grid": town.grid.code, "q": "ldgz"})
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()[0]["name"] == "路灯故障"
    assert client.get("/api/v1/matters/suggest/", {"grid": "410922100201001", "q": "ldgz"}).status_code == 404


@pytest.mark.article(16)
def test_a_temporary_matter_ends_by_itself(town: Town) -> None:
    matter = asks(town, ends_on=date(2026, 11, 20))
    reported(town, matter_id=matter.pk)
    with refused(RuleViolation) as caught:
        reported(town, at=MONDAY.replace(day=21), matter_id=matter.pk)
    assert "不在华龙区现行清单" in caught.value.sentence
