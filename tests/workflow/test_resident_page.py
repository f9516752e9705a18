"""The resident's page: the state of the case, the rating, and no personal data (Art. 19, 20)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from common import clock
from common.templatetags.when import moment
from personnel.models import Organization
from tests.cases import case_in
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case
from workflow.views import resident


@pytest.fixture
def awaiting_rating(town: Town) -> Case:
    """A resident's case that waits for the rating."""
    case = case_in("awaiting_verification", town, for_resident=True, description="二号楼张某家门口")
    return actions.pass_check(case, by=town.chen, at=MONDAY + timedelta(hours=2))


def test_the_page_shows_the_state_and_nothing_about_anybody(town: Town) -> None:
    case = case_in("in_hand", town, for_resident=True, description="二号楼张某家门口")
    page = Visitor().text(f"/r/{case.rating_code}/")
    assert case.number in page
    assert "责任单位正在办理" in page
    for secret in ("张某", "Chen", "Wang", "Sun", "京东社区"):
        assert secret not in page


def facts_of(page: str) -> dict[str, str]:
    """The facts of the page, without the marks of the sentence."""
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.S)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", value).split()) for name, value in found}


DESK, UNIT = "0393-4400001", "0393-4400002"


@pytest.fixture
def phones(town: Town) -> None:
    """The duty telephones of the township's desk and of the unit."""
    Organization.objects.filter(code="desk-zyl").update(duty_phone=DESK)
    Organization.objects.filter(pk=town.chengguan.pk).update(duty_phone=UNIT)


@pytest.mark.article(19)
@pytest.mark.usefixtures("phones")
@pytest.mark.parametrize(
    ("status", "holder", "phone"),
    [
        ("awaiting_leader", "网格长", DESK),
        ("coordinating", "网格长", DESK),
        ("awaiting_acceptance", "中原路街道调度台", DESK),
        ("awaiting_assignment", "中原路街道调度台", DESK),
        ("awaiting_signature", "华龙区城市管理", UNIT),
        ("in_hand", "华龙区城市管理", UNIT),
        ("awaiting_verification", "网格员", DESK),
    ],
)
def test_the_page_says_what_it_is_about_who_has_it_since_and_until_when_and_whom_to_call(
    town: Town, status: str, holder: str, phone: str
) -> None:
    case = case_in(status, town, for_resident=True)
    facts = facts_of(Visitor().text(f"/r/{case.rating_code}/"))
    stay = case.stages.get(ended_at=None, share=None)
    promised = case.finish_due_at if status in ("in_hand", "coordinating") else stay.due_at
    assert facts["什么事"] == "邻里纠纷"
    assert facts["现在谁在办"] == holder
    assert facts["从什么时候"] == moment(stay.started_at)
    assert facts["最迟"].startswith(f"{moment(promised)}前")
    assert facts["询问电话"].startswith(phone)


def test_without_a_duty_telephone_the_hotline_is_named(town: Town) -> None:
    case = case_in("in_hand", town, for_resident=True)
    assert "12345" in facts_of(Visitor().text(f"/r/{case.rating_code}/"))["询问电话"]


@pytest.mark.article(20)
@pytest.mark.usefixtures("phones")
def test_a_confidential_case_shows_neither_matter_nor_unit(town: Town) -> None:
    case = case_in("in_hand", town, for_resident=True)
    Case.objects.filter(pk=case.pk).update(confidential=True)
    page = Visitor().text(f"/r/{case.rating_code}/")
    facts = facts_of(page)
    assert facts["什么事"] == "按规定保密，网页上不显示内容"
    assert facts["现在谁在办"] == "责任单位"
    assert facts["询问电话"].startswith(DESK)
    assert "邻里纠纷" not in page and "城市管理" not in page and UNIT not in page


def test_what_is_late_says_so_and_what_has_ended_says_when(town: Town, awaiting_rating: Case) -> None:
    assert awaiting_rating.due_at is not None
    facts = facts_of(Visitor().text(f"/r/{awaiting_rating.rating_code}/"))
    assert facts["现在谁在办"] == "您（请在下面评价）"
    assert facts["最迟"].endswith("已经超期，可以打下面的电话催办") == (awaiting_rating.due_at < clock.now())
    actions.rate_by_resident(awaiting_rating.rating_code, rating="satisfied", at=MONDAY + timedelta(hours=3))
    facts = facts_of(Visitor().text(f"/r/{awaiting_rating.rating_code}/"))
    assert facts["结束时间"] == moment(MONDAY + timedelta(hours=3))
    assert "现在谁在办" not in facts and "最迟" not in facts


# --- from the code to the page ------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["{}", " {} ", "https://example.org/r/{}/", "/r/{}", "{}\n"])
def test_the_code_leads_to_the_page_however_it_was_copied(town: Town, shape: str) -> None:
    case = case_in("in_hand", town, for_resident=True)
    answer = Visitor().post("/r/", {"code": shape.format(case.rating_code)})
    assert (answer.status_code, answer["Location"]) == (302, f"/r/{case.rating_code}/")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "请填写查询码"),
        ("///", "没有这个查询码"),
        ("AAAAAAAAAAAAAAAA", "没有这个查询码"),
        ("长" * 201, "最多 200 字"),
    ],
)
def test_a_wrong_code_is_a_sentence_and_stays_in_the_box(town: Town, code: str, sentence: str) -> None:
    answer = Visitor().post("/r/", {"code": code})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text and f'value="{code}"' in text if code else sentence in text


def test_who_tries_too_many_wrong_codes_waits_and_right_ones_are_not_counted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resident, "WRONG_CODES_AN_HOUR", 3)
    right = {"code": case_in("in_hand", town, for_resident=True).rating_code}
    visitor = Visitor()
    assert [visitor.post("/r/", right).status_code for _ in range(6)] == [302] * 6
    wrong = [visitor.post("/r/", {"code": f"wrong-{number}"}).status_code for number in range(6)]
    assert wrong == [422] * 3 + [429] * 3
    refused = visitor.post("/r/", right)
    assert refused.status_code == 429 and "请一小时后再试" in refused.content.decode()
    assert int(refused["Retry-After"]) > 3000


@pytest.mark.article(19)
def test_the_resident_rates_without_an_account(town: Town, awaiting_rating: Case) -> None:
    answer = Visitor().post(f"/r/{awaiting_rating.rating_code}/", {"rating": "satisfied"})
    assert answer.status_code == 302
    awaiting_rating.refresh_from_db()
    assert (awaiting_rating.status, awaiting_rating.rating) == ("closed", "satisfied")


def test_dissatisfaction_asks_for_a_word_and_keeps_the_choice(town: Town, awaiting_rating: Case) -> None:
    answer = Visitor().post(f"/r/{awaiting_rating.rating_code}/", {"rating": "dissatisfied"})
    assert answer.status_code == 422
    assert "请说一句哪里不满意" in answer.content.decode()
    awaiting_rating.refresh_from_db()
    assert awaiting_rating.status == "awaiting_rating"


def test_a_second_rating_changes_nothing(town: Town, awaiting_rating: Case) -> None:
    visitor = Visitor()
    visitor.post(f"/r/{awaiting_rating.rating_code}/", {"rating": "satisfied"})
    visitor.post(f"/r/{awaiting_rating.rating_code}/", {"rating": "dissatisfied", "note": "又想了想"})
    awaiting_rating.refresh_from_db()
    assert awaiting_rating.rating == "satisfied"


def test_a_code_that_was_never_given_is_not_found(town: Town) -> None:
    answer = Visitor().get("/r/AAAAAAAAAAAAAAAA/")
    assert answer.status_code == 404
    assert "没有这个查询码" in answer.content.decode()


def test_the_code_is_shown_to_the_reporter_and_to_nobody_who_handles_it(town: Town) -> None:
    case = case_in("in_hand", town, for_resident=True)
    assert case.rating_code in Visitor(town.chen).text(f"/cases/{case.pk}/")
    for other in (town.sun, town.zhao, town.wang):
        assert case.rating_code not in Visitor(other).text(f"/cases/{case.pk}/")
