"""A page for each verb of a proposal, and the public notice where anybody may speak (Art. 14, 16)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from frame.inbox import messages_for
from matters import actions
from matters.models import Proposal
from notifications.actions import relay_waiting
from tests.matters.conftest import PROPOSALS as PAGE
from tests.matters.conftest import as_, body, draft_of, proposal_in, text_of
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")

# --- The verbs -----------------------------------------------------------------------------------------------------

NEEDED = {
    "return_proposal": ("formal_check", "wu", {"note": ""}),
    "bar": ("legal_review", "jiang", {"barred_as": "", "opinion": "留下的话"}),
    "clear": ("legal_review", "jiang", {"barred_as": "none", "opinion": "留下的话"}),
    "vote": ("joint_review", "tang", {"answer": "for", "reason": "长" * 501}),
    "recuse": ("joint_review", "tang", {"reason": ""}),
    "consent": ("deciding", "wu", {"decision": ""}),
    "refuse": ("deciding", "wu", {"decision": "长" * 501}),
    "reconsider": ("noticed", "wu", {"note": " "}),
    "withdraw": ("formal_check", "sun", {"note": "长" * 501}),
    "pass_check": ("formal_check", "wu", {"note": "长" * 501}),
}


@pytest.mark.article(16)
@pytest.mark.parametrize("verb", NEEDED)
def test_a_verb_asks_for_what_it_needs_and_keeps_what_was_typed(town: Town, verb: str) -> None:
    status, who, fields = NEEDED[verb]
    found, client = proposal_in(status, town), as_(town, who)
    assert 'class="consequence"' in text_of(client.get(f"{PAGE}{found.pk}/{verb}/"))
    answer = client.post(f"{PAGE}{found.pk}/{verb}/", {"version": found.version, **fields})
    page = text_of(answer)
    assert answer.status_code == 422 and "field-wrong" in page
    assert all(str(value) in page for value in fields.values())
    assert Proposal.objects.get(pk=found.pk).version == found.version


@pytest.mark.article(14)
def test_the_legal_reviewer_clears_and_names_three(town: Town) -> None:
    found, client = proposal_in("legal_review", town), as_(town, "jiang")
    page = text_of(client.get(f"{PAGE}{found.pk}/clear/"))
    people = {
        "tang": f"{town.tang.pk}-{body('desk-zyl').pk}",
        "qian": f"{town.qian.pk}-{body('hlq-gongan').pk}",
        "zhao": f"{town.zhao.pk}-{body('desk-zyl').pk}",
    }
    assert all(f'value="{key}"' in page for key in people.values())
    assert f'value="{town.gu.pk}-' not in page and "申请单位，应当回避" in page
    fields = {"version": found.version, "barred_as": "none", "opinion": "不属于"}
    short = client.post(f"{PAGE}{found.pk}/clear/", {**fields, "reviewers": list(people.values())[:2]})
    assert short.status_code == 422 and "会审至少要 3 人" in text_of(short)
    no_law = client.post(
        f"{PAGE}{found.pk}/clear/", {**fields, "barred_as": "penalty", "reviewers": list(people.values())}
    )
    assert no_law.status_code == 422 and "请写明名称和条号" in text_of(no_law)
    done = client.post(f"{PAGE}{found.pk}/clear/", {**fields, "reviewers": list(people.values())})
    assert done.status_code == 302
    assert set(found.votes.values_list("reviewer__username", flat=True)) == set(people)


@pytest.mark.article(16)
def test_who_must_stand_back_is_offered_that_and_no_vote(town: Town) -> None:
    found, client = proposal_in("joint_review", town), as_(town, "sun")
    page = text_of(client.get(f"{PAGE}{found.pk}/vote/"))
    assert "应当回避" in page and f"{PAGE}{found.pk}/recuse/" in page and 'name="answer"' not in page
    whole = text_of(client.get(f"{PAGE}{found.pk}/"))
    assert f"{PAGE}{found.pk}/recuse/" in whole and f"{PAGE}{found.pk}/vote/" not in whole


@pytest.mark.article(16)
def test_a_verb_answers_the_wrong_person_and_the_wrong_moment_apart(town: Town) -> None:
    found = proposal_in("formal_check", town)
    assert as_(town, "sun").get(f"{PAGE}{found.pk}/pass_check/").status_code == 403
    assert as_(town, "wu").get(f"{PAGE}{found.pk}/consent/").status_code == 409
    assert as_(town, "gu").get(f"{PAGE}{found.pk}/pass_check/").status_code == 404
    assert as_(town, "wu").get(f"{PAGE}{found.pk}/enlist/").status_code == 404


@pytest.mark.article(16)
def test_the_end_of_a_review_is_offered_only_when_its_time_is_over(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = proposal_in("joint_review", town)
    for who in (town.tang, town.qian):
        found = actions.vote(found, answer="for", reason="同意", by=who, at=MONDAY)
    client, address = as_(town, "wu"), f"{PAGE}{found.pk}/close_review/"
    assert address not in text_of(client.get(f"{PAGE}{found.pk}/"))
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=30))
    assert address in text_of(client.get(f"{PAGE}{found.pk}/"))
    assert client.post(address, {"version": found.version, "note": ""}).status_code == 302
    assert Proposal.objects.get(pk=found.pk).status == "deciding"


@pytest.mark.article(16)
def test_a_stale_page_writes_nothing(town: Town) -> None:
    found = proposal_in("deciding", town)
    answer = as_(town, "wu").post(
        f"{PAGE}{found.pk}/consent/", {"version": found.version - 1, "decision": "同意纳入"}
    )
    assert answer.status_code == 409 and "同意纳入" in text_of(answer)
    assert Proposal.objects.get(pk=found.pk).status == "deciding"


@pytest.mark.article(14)
def test_what_is_missing_is_named_when_it_is_submitted_and_leads_to_the_form(town: Town) -> None:
    found = actions.propose(replace(draft_of(), funding=""), by=town.sun, at=MONDAY)
    answer = as_(town, "sun").post(f"{PAGE}{found.pk}/submit/", {"version": found.version})
    page = text_of(answer)
    assert answer.status_code == 422 and "请写明经费保障" in page and f"{PAGE}{found.pk}/edit/" in page


@pytest.mark.article(14)
def test_a_draft_names_all_that_is_missing_and_offers_no_submission(town: Town) -> None:
    found = actions.propose(replace(draft_of(support=""), funding="", training=""), by=town.sun, at=MONDAY)
    page = text_of(as_(town, "sun").get(f"{PAGE}{found.pk}/"))
    assert all(word in page for word in ("怎么提供", "请写明经费保障", "请写明培训安排"))
    assert f"{PAGE}{found.pk}/submit/" not in page
    whole = actions.revise(found, draft_of(), by=town.sun, at=MONDAY)
    page = text_of(as_(town, "sun").get(f"{PAGE}{whole.pk}/"))
    assert f"{PAGE}{found.pk}/submit/" in page and "才能提交" not in page


@pytest.mark.article(16)
def test_a_message_leads_to_its_proposal(town: Town) -> None:
    found = proposal_in("joint_review", town)
    relay_waiting(at=MONDAY)
    for name, sentence in (("tang", "请会审"), ("jiang", "请作合法性审查")):
        message = messages_for(getattr(town, name)).filter(sentence__startswith=sentence).get()
        answer = as_(town, name).get(reverse("frame:message", args=[message.pk]))
        assert answer["Location"] == f"{PAGE}{found.pk}/"


# --- Society -------------------------------------------------------------------------------------------------------


@pytest.mark.article(16)
def test_anybody_reads_a_notice_without_account_and_small(town: Town) -> None:
    found = proposal_in("noticed", town)
    for path in ("/public/lists/notices/", f"/public/lists/notices/{found.number}/"):
        answer = Client().get(path)
        assert answer.status_code == 200 and len(answer.content) < 50 * 1024
        assert "<script" not in text_of(answer) and "共享单车占压盲道" in text_of(answer)
    page = text_of(Client().get(f"/public/lists/notices/{found.number}/"))
    assert "2026年11月23日" in page and "群众反映集中" in page and "Sun" not in page


@pytest.mark.article(16)
@pytest.mark.parametrize("status", ["formal_check", "deciding"])
def test_what_is_not_put_to_notice_is_not_public(town: Town, status: str) -> None:
    found = proposal_in(status, town)
    assert Client().get(f"/public/lists/notices/{found.number}/").status_code == 404


@pytest.mark.article(16)
def test_a_comment_that_is_sent_twice_or_reloaded_is_one(town: Town) -> None:
    found = proposal_in("noticed", town)
    address = f"/public/lists/notices/{found.number}/"
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', text_of(Client().get(address)))
    assert key is not None
    fields = {"key": key[1], "text": "请先划停车区"}
    assert all("已收到" in text_of(Client().post(address, fields)) for _ in range(2))
    assert found.comments.count() == 1
    changed = Client().post(address, {**fields, "text": "请先划停车区和消防通道"})
    page = text_of(changed)
    assert changed.status_code == 422 and found.comments.count() == 1
    assert "这条意见已经提交过" in page and "消防通道" in page and key[1] not in page


@pytest.mark.article(16)
def test_a_comment_is_public_once_the_county_has_answered(town: Town) -> None:
    found = proposal_in("noticed", town)
    address = f"/public/lists/notices/{found.number}/"
    empty = Client().post(address, {"text": " "})
    assert empty.status_code == 422 and "请写下意见。" in text_of(empty)
    assert "已收到" in text_of(Client().post(address, {"text": "请先划停车区"}))
    assert "请先划停车区" not in text_of(Client().get(address))
    for name, seen in (("wu", True), ("zheng", True), ("chen", False), ("sun", False)):
        assert ("请先划停车区" in text_of(as_(town, name).get(f"{PAGE}{found.pk}/"))) is seen
    remark = found.comments.get()
    reply = f"/lists/comments/{remark.pk}/reply/"
    assert as_(town, "sun").get(reply).status_code == 403
    assert as_(town, "gu").get(reply).status_code == 403
    assert as_(town, "wu").post(reply, {"text": ""}).status_code == 422
    assert as_(town, "wu").post(reply, {"text": "已安排划线"}).status_code == 302
    page = text_of(Client().get(address))
    assert "请先划停车区" in page and "已安排划线" in page


@pytest.mark.article(16)
def test_one_address_does_not_flood_a_notice(town: Town) -> None:
    address = f"/public/lists/notices/{proposal_in('noticed', town).number}/"
    answers = [Client().post(address, {"text": f"第 {number} 条"}).status_code for number in range(21)]
    assert answers == [200] * 20 + [429]


@pytest.mark.article(16)
def test_after_the_last_day_nobody_is_asked_to_speak(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    found = proposal_in("noticed", town)
    address = f"/public/lists/notices/{found.number}/"
    monkeypatch.setattr(clock, "now", lambda: MONDAY + timedelta(days=8))
    assert 'name="text"' not in text_of(Client().get(address))
    assert Client().post(address, {"text": "晚了"}).status_code == 409
    assert found.number not in text_of(Client().get("/public/lists/notices/"))


@pytest.mark.article(16)
def test_words_that_came_too_late_are_shown_and_the_way_back(town: Town) -> None:
    found = proposal_in("joint_review", town)
    for who in (town.tang, town.qian):
        found = actions.vote(found, answer="for", reason="同意", by=who, at=MONDAY)
    actions.recuse(found, reason="本单位", by=town.sun, at=MONDAY)
    late = Proposal.objects.get(pk=found.pk)
    answer = as_(town, "wu").post(
        f"{PAGE}{late.pk}/close_review/", {"version": late.version, "note": "人已齐"}
    )
    page = text_of(answer)
    assert answer.status_code == 409 and "现在是“待主管部门决定”" in page and "人已齐" in page
    assert f'href="{PAGE}{late.pk}/"' in page and "<form" not in page.split("<main")[1]


@pytest.mark.article(16)
def test_after_a_stale_page_sending_again_is_a_decision(town: Town) -> None:
    found, client = proposal_in("deciding", town), as_(town, "wu")
    address = f"{PAGE}{found.pk}/consent/"
    stale = text_of(client.post(address, {"version": found.version - 1, "decision": "同意"}))
    assert f'name="version" value="{found.version}"' in stale
    assert client.post(address, {"version": found.version, "decision": "同意"}).status_code == 302
