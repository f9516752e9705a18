"""The resident's page: how it stands, the rating, and nothing about anybody (Art. 19, 20)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cases import case_in
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case


@pytest.fixture
def asked(town: Town) -> Case:
    """A resident's case that waits for the rating."""
    case = case_in("awaiting_verification", town, for_resident=True, description="二号楼张某家门口")
    return actions.pass_check(case, by=town.chen, at=MONDAY + timedelta(hours=2))


def test_the_page_shows_the_state_and_nothing_about_anybody(town: Town) -> None:
    case = case_in("in_hand", town, for_resident=True, description="二号楼张某家门口")
    page = Visitor().text(f"/r/{case.rating_code}/")
    assert case.number in page
    assert "责任单位正在办理" in page
    for secret in ("张某", "Chen", "Wang", "Sun", "邻里纠纷", "京东社区"):
        assert secret not in page


@pytest.mark.article(19)
def test_the_resident_rates_without_an_account(town: Town, asked: Case) -> None:
    answer = Visitor().post(f"/r/{asked.rating_code}/", {"rating": "satisfied"})
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert (asked.status, asked.rating) == ("closed", "satisfied")


def test_dissatisfaction_asks_for_a_word_and_keeps_the_choice(town: Town, asked: Case) -> None:
    answer = Visitor().post(f"/r/{asked.rating_code}/", {"rating": "dissatisfied"})
    assert answer.status_code == 422
    assert "请说一句哪里不满意" in answer.content.decode()
    asked.refresh_from_db()
    assert asked.status == "awaiting_rating"


def test_a_second_rating_changes_nothing(town: Town, asked: Case) -> None:
    visitor = Visitor()
    visitor.post(f"/r/{asked.rating_code}/", {"rating": "satisfied"})
    visitor.post(f"/r/{asked.rating_code}/", {"rating": "dissatisfied", "note": "又想了想"})
    asked.refresh_from_db()
    assert asked.rating == "satisfied"


def test_a_code_that_was_never_given_is_not_found(town: Town) -> None:
    answer = Visitor().get("/r/AAAAAAAAAAAAAAAA/")
    assert answer.status_code == 404
    assert "没有这个查询码" in answer.content.decode()


def test_the_code_is_shown_to_the_reporter_and_to_nobody_who_handles_it(town: Town) -> None:
    case = case_in("in_hand", town, for_resident=True)
    assert case.rating_code in Visitor(town.chen).text(f"/cases/{case.pk}/")
    for other in (town.sun, town.zhao, town.wang):
        assert case.rating_code not in Visitor(other).text(f"/cases/{case.pk}/")
