"""A special grant is applied for, decided by a second person, works at once, and ends by itself (Art. 20)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from access import actions
from access.actions import GrantDraft
from access.authority_words import WORDS
from access.models import GrantRequest
from access.tasks import end_grants
from accounts.models import User
from audit.models import Entry
from common import clock
from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from notifications.models import Outbox
from personnel.actions import appoint_to_office
from personnel.models import Grant, Organization
from personnel.posts import GRID_POSTS, OFFICE_POSTS
from personnel.scopes import authority_of
from tests.cases import refused
from tests.doors import Visitor
from tests.town import MONDAY, Town


@pytest.fixture
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the platform stands on the town's Monday."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def draft(town: Town, **fields: object) -> GrantDraft:
    usual = GrantDraft(
        town.zhao,
        "view_personal",
        town.division("中原路街道"),
        "核对本街道新聘人员材料",
        MONDAY + timedelta(days=60),
    )
    return replace(usual, **fields)


def request_of(town: Town, **fields: object) -> GrantRequest:
    return actions.ask_for_grant(draft(town, **fields), by=town.tang, at=MONDAY)


def in_effect(town: Town, **fields: object) -> GrantRequest:
    return actions.approve_grant(request_of(town, **fields), by=town.shen, at=MONDAY)


def may(user: User, verb: str) -> bool:
    return authority_of(User.objects.get(pk=user.pk)).holds(verb)


@pytest.mark.article(20)
def test_nothing_is_granted_before_a_second_person_has_approved(town: Town) -> None:
    request = request_of(town)
    assert not may(town.zhao, "view_personal")
    actions.approve_grant(request, by=town.shen, at=MONDAY)
    assert may(town.zhao, "view_personal")


@pytest.mark.article(20)
@pytest.mark.parametrize("name", ["tang", "wu", "zhao", "xu", "gu", "zheng", "xia", "chen"])
def test_neither_who_asked_nor_who_receives_nor_a_stranger_decides(town: Town, name: str) -> None:
    request = request_of(town)
    with refused(NotPermitted):
        actions.approve_grant(request, by=getattr(town, name), at=MONDAY)


def test_a_county_administrator_cannot_approve_what_he_asked_for(town: Town) -> None:
    request = actions.ask_for_grant(draft(town), by=town.wu, at=MONDAY)
    with refused(NotPermitted) as caught:
        actions.approve_grant(request, by=town.wu, at=MONDAY)
    assert "由安全管理员审批" in caught.value.sentence
    actions.approve_grant(request, by=town.shen, at=MONDAY)


def test_the_database_refuses_a_decision_by_the_same_person(town: Town) -> None:
    request = request_of(town)
    for person in (town.tang, town.zhao):
        with pytest.raises(IntegrityError, match="nobody_decides_an_own_grant"), transaction.atomic():
            GrantRequest.objects.filter(pk=request.pk).update(decided_by=person)


@pytest.mark.parametrize("name", ["zhao", "xu", "gu", "chen", "zheng"])
def test_only_who_manages_the_staff_there_asks(town: Town, name: str) -> None:
    with refused(NotPermitted):
        actions.ask_for_grant(draft(town), by=getattr(town, name), at=MONDAY)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"purpose": "要用"}, "purpose"),
        ({"expires_at": MONDAY - timedelta(seconds=1)}, "expires_on"),
        ({"expires_at": MONDAY + timedelta(days=181)}, "expires_on"),
    ],
)
def test_a_grant_has_a_purpose_and_an_end_in_the_near_future(
    town: Town, fields: dict[str, object], field: str
) -> None:
    with refused(RuleViolation) as caught:
        request_of(town, **fields)
    assert caught.value.field == field


def test_a_closed_account_is_granted_nothing(town: Town) -> None:
    request = request_of(town)
    User.objects.filter(pk=town.zhao.pk).update(is_active=False)
    with refused(RuleViolation):
        actions.approve_grant(request, by=town.shen, at=MONDAY)
    actions.cancel_request(GrantRequest.objects.get(), by=town.tang, at=MONDAY)
    town.zhao.refresh_from_db()
    with refused(RuleViolation) as caught:
        request_of(town)
    assert "已停用" in caught.value.sentence


def test_a_department_head_never_reads_a_secret_source(town: Town) -> None:
    body = Organization.objects.get(code="hlq-chengguan")
    appoint_to_office(
        town.nobody, role="department_head", organization=body, on=MONDAY.date(), at=MONDAY, by=None
    )
    with refused(RuleViolation) as caught:
        actions.ask_for_grant(
            draft(town, grantee=town.nobody, verb="view_clues", place=body), by=town.wu, at=MONDAY
        )
    assert "部门负责人" in caught.value.sentence


def test_the_same_grant_is_not_asked_for_twice(town: Town) -> None:
    request_of(town)
    with refused(RuleViolation):
        request_of(town)


@pytest.mark.usefixtures("monday")
def test_a_form_that_is_sent_twice_makes_one_application(town: Town) -> None:
    visitor = Visitor(town.tang)
    fresh = r'name="key" value="([0-9a-f-]{36})"'
    key = re.search(fresh, visitor.text("/access/grants/new/"))
    assert key is not None
    sent = {
        "key": key[1], "grantee": "zhao", "verb": "view_personal",
        "place": f"division:{town.division('中原路街道').pk}", "purpose": "处置需要联系本人",
        "expires_on": f"{MONDAY + timedelta(days=30):%Y-%m-%d}",
    }  # fmt: skip
    answers = [visitor.post("/access/grants/new/", sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302], "the second time is no refusal"
    assert answers[0]["Location"] == answers[1]["Location"]
    assert GrantRequest.objects.count() == 1
    assert Outbox.objects.filter(topic="grant_request").count() == 1, "who decides is told once"
    other = visitor.post("/access/grants/new/", {**sent, "purpose": "换一个用途再申请"})
    page = other.content.decode()
    assert other.status_code == 422
    assert "先前已经提交成功" in page
    assert "换一个用途再申请" in page
    again = re.search(fresh, page)
    assert again is not None
    assert again[1] != key[1]
    assert GrantRequest.objects.count() == 1


@pytest.mark.article(20)
def test_a_grant_that_has_run_out_opens_nothing_and_is_then_removed(town: Town) -> None:
    request = in_effect(town, expires_at=MONDAY + timedelta(days=1))
    assert actions.end_grants(at=MONDAY) == 0
    assert actions.end_grants(at=MONDAY + timedelta(days=1)) == 1
    assert actions.end_grants(at=MONDAY + timedelta(days=1)) == 0
    request.refresh_from_db()
    assert (request.status, request.end_note) == ("expired", "到期")
    assert not Grant.objects.filter(is_special=True, permission__codename="view_personal").exists()


def test_an_expired_request_cannot_be_approved(town: Town) -> None:
    request = request_of(town, expires_at=MONDAY + timedelta(days=1))
    with refused(RuleViolation):
        actions.approve_grant(request, by=town.shen, at=MONDAY + timedelta(days=2))


@pytest.mark.article(20)
def test_a_grant_not_reviewed_in_time_ends(town: Town) -> None:
    request = in_effect(town, expires_at=MONDAY + timedelta(days=170))
    reviewed = actions.review_grant(request, by=town.shen, at=MONDAY + timedelta(days=80))
    assert actions.end_grants(at=MONDAY + timedelta(days=110)) == 0
    assert reviewed.review_due_on is not None
    assert actions.end_grants(at=MONDAY + timedelta(days=169, hours=23)) == 0
    later = MONDAY + timedelta(days=80 + 90 + 15)
    assert actions.end_grants(at=later) == 1


def test_a_grant_ends_with_the_account(town: Town) -> None:
    in_effect(town)
    User.objects.filter(pk=town.zhao.pk).update(is_active=False)
    assert end_grants() == 1
    assert not Grant.objects.filter(is_special=True, permission__codename="view_personal").exists()


@pytest.mark.article(20)
def test_a_grant_taken_back_is_felt_on_the_next_request(town: Town) -> None:
    request = in_effect(town)
    with refused(RuleViolation):
        actions.revoke_grant(request, note=" ", by=town.shen, at=MONDAY)
    actions.revoke_grant(request, note="调离岗位", by=town.shen, at=MONDAY)
    assert not may(town.zhao, "view_personal")


def test_a_decided_request_is_not_decided_again(town: Town) -> None:
    request = in_effect(town)
    with refused(IllegalMove):
        actions.approve_grant(request, by=town.shen, at=MONDAY)
    stale = GrantRequest.objects.get()
    stale.version -= 1
    with refused(StaleVersion):
        actions.revoke_grant(stale, note="调离岗位", by=town.shen, at=MONDAY)


def test_every_step_is_a_link_of_the_chain(town: Town) -> None:
    request = in_effect(town)
    actions.revoke_grant(request, note="调离岗位", by=town.shen, at=MONDAY)
    links = Entry.objects.filter(subject=f"grant_request:{request.pk}").order_by("seq")
    assert [link.verb for link in links] == ["ask", "approve", "revoke"]
    assert [link.actor_id for link in links] == [town.tang.pk, town.shen.pk, town.shen.pk]


def test_the_pages_lead_through_the_whole_life(town: Town) -> None:
    tang, shen = Visitor(town.tang), Visitor(town.shen)
    form = {
        "grantee": "zhao",
        "verb": "view_personal",
        "place": f"division:{town.division('中原路街道').pk}",
        "purpose": "核对本街道新聘人员材料",
        "expires_on": "2099-01-01",
    }
    answer = tang.post("/access/grants/new/", form)
    assert answer.status_code == 422
    assert "最长 180 天" in answer.content.decode() and "核对本街道新聘人员材料" in answer.content.decode()
    for wrong in (
        {"grantee": "nosuch"},
        {"place": "division:1e9"},
        {"verb": "dispatch"},
        {"expires_on": "9999-12-31"},
    ):
        assert tang.post("/access/grants/new/", {**form, **wrong}).status_code == 422
    User.objects.filter(pk=town.zhao.pk).update(phone="19900001111")
    soon = (clock.now() + timedelta(days=30)).date().isoformat()
    fields = {**form, "grantee": "19900001111", "expires_on": soon}
    assert tang.post("/access/grants/new/", fields).status_code == 302
    request = GrantRequest.objects.get()
    assert request.grantee == town.zhao
    closed = tang.get(f"/access/grants/{request.pk}/refuse/")
    assert closed.status_code == 403 and "由安全管理员审批" in closed.content.decode()
    assert "批准" in shen.text("/access/grants/")
    path = f"/access/grants/{request.pk}/approve/"
    assert tang.post(path, {"version": 1}).status_code == 403
    assert shen.post(path, {"version": 1}).status_code == 302
    assert "收回" in shen.text("/access/grants/?pile=in_effect")
    assert "专项授权" in Visitor(town.zhao).text("/access/")
    assert Visitor(town.xu).get(path).status_code == 404


@pytest.mark.parametrize(("name", "counts"), [("shen", [1, 2, 1]), ("mei", [0, 1, 0]), ("xu", [0, 0, 0])])
def test_each_pile_says_how_many_of_those_in_sight_lie_in_it(
    town: Town, name: str, counts: list[int]
) -> None:
    request_of(town, grantee=town.chen)
    in_effect(town, grantee=town.wang)
    in_effect(town, grantee=town.mei)
    actions.revoke_grant(in_effect(town, grantee=town.lin), note="调离岗位", by=town.shen, at=MONDAY)
    piles = Visitor(getattr(town, name)).get("/access/grants/").context["piles"]
    assert [pile.count for pile in piles] == counts


def test_the_list_costs_the_same_for_one_and_for_many(town: Town) -> None:
    shen = Visitor(town.shen)
    in_effect(town)
    few = shen.statements("/access/grants/?pile=in_effect")
    for name in ("chen", "lin", "mei", "wang", "li"):
        in_effect(town, grantee=getattr(town, name))
    assert shen.statements("/access/grants/?pile=in_effect") == few


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("chen", "京东社区第1网格"),
        ("zhao", "受理、交办"),
        ("sun", "别的单位的看不到"),
        ("shen", "解绑手机"),
        ("nobody", "现在没有岗位"),
    ],
)
def test_my_access_says_in_plain_words_what_and_why(town: Town, name: str, words: str) -> None:
    assert words in Visitor(getattr(town, name)).text("/access/")


def test_what_is_held_already_is_not_granted_once_more(town: Town) -> None:
    with refused(RuleViolation) as caught:
        request_of(town, verb="view_clues")
    assert "已有同样的" in caught.value.sentence


def test_clues_end_when_their_reader_becomes_a_head_or_has_no_post_left(town: Town) -> None:
    request = in_effect(town)
    assert actions.end_grants(at=MONDAY) == 0
    town.zhao.office_postings.update(ends_on=MONDAY.date() - timedelta(days=1))
    assert actions.end_grants(at=MONDAY) == 1
    request.refresh_from_db()
    assert request.end_note == "岗位已变"


def test_an_identity_number_is_granted_for_a_place_never_for_a_unit(town: Town) -> None:
    with refused(RuleViolation) as caught:
        actions.ask_for_grant(draft(town, place=town.chengguan), by=town.wu, at=MONDAY)
    assert caught.value.field == "place"


def test_people_outside_the_managed_area_look_like_missing_accounts(town: Town) -> None:
    form = {"verb": "view_personal", "purpose": "核对本街道新聘人员材料", "expires_on": "2027-01-01"}
    fields = {**form, "place": f"division:{town.division('中原路街道').pk}"}
    answers = [
        Visitor(town.tang).post("/access/grants/new/", {**fields, "grantee": name}).content.decode()
        for name in ("sun", "nosuch")
    ]
    assert all("您管理的在任人员里没有这个人" in answer for answer in answers)


@pytest.mark.article(20)
def test_every_power_of_a_post_is_described_in_plain_words(town: Town) -> None:
    brought = {verb for rights in (*GRID_POSTS.values(), *OFFICE_POSTS.values()) for verb, _ in rights}
    assert brought <= set(WORDS)
    assert "是否属于禁止纳入的事项" in Visitor(town.jiang).text("/access/")
