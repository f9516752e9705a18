"""What is masked opens for a reason, for five minutes, and every look is on record (Art. 12, 20, 26)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404

from access import actions, subjects
from access.actions.reveals import TooManyLooks
from access.tiers import TIERS
from audit.actions import record_access
from audit.models import AccessEntry
from common import clock
from common.errors import NotPermitted, RuleViolation
from notifications.models import Outbox
from personnel.actions import appoint_to_grid, relieve
from personnel.models import ContactRecord, Grant
from tests.access.conftest import HOME, NUMBER, PHONE
from tests.cases import refused
from tests.doors import Visitor
from tests.town import MONDAY, Town

WHY = "排班需要联系本人"


def page_of(contact: ContactRecord, name: str = "private_phone") -> str:
    return f"/access/reveal/contact:{contact.pk}/{name}/"


@pytest.mark.article(20)
def test_a_superior_sees_it_masked_until_he_says_why(town: Town, contact: ContactRecord) -> None:
    tang = Visitor(town.tang)
    assert "199****1234" in tang.text(page_of(contact))
    assert PHONE not in tang.text(page_of(contact))
    assert tang.post(page_of(contact), {"reason": WHY}).status_code == 302
    shown = tang.get(page_of(contact))
    assert PHONE in shown.content.decode()
    assert int(shown["Refresh"]) <= 301
    assert shown["Cache-Control"].startswith("max-age=0") and "no-store" in shown["Cache-Control"]


@pytest.mark.article(26)
def test_the_look_says_who_whom_what_why_from_where_and_until_when(
    town: Town, contact: ContactRecord
) -> None:
    Visitor(town.tang).post(page_of(contact), {"reason": WHY})
    look = AccessEntry.objects.get()
    assert (look.actor_id, look.person_id, look.fields) == (town.tang.pk, town.chen.pk, ["private_phone"])
    assert (look.purpose, look.tier, look.network) == (WHY, "T2", "127.0.0.1")
    assert look.ends_at is not None and look.ends_at - look.at == timedelta(minutes=5)


@pytest.mark.article(20)
def test_after_five_minutes_it_is_masked_again(
    town: Town, contact: ContactRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    tang, began = Visitor(town.tang), clock.now()
    monkeypatch.setattr(clock, "now", lambda: began)
    tang.post(page_of(contact), {"reason": WHY})
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=4, seconds=59))
    assert PHONE in tang.text(page_of(contact))
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(minutes=5))
    assert PHONE not in tang.text(page_of(contact))


def test_a_look_opens_one_column_for_one_person(town: Town, contact: ContactRecord) -> None:
    Visitor(town.tang).post(page_of(contact), {"reason": WHY})
    assert HOME not in Visitor(town.tang).text(page_of(contact, "home_address"))
    assert PHONE not in Visitor(town.wu).text(page_of(contact))


@pytest.mark.article(20)
@pytest.mark.parametrize("name", ["lin", "wang", "zhao", "xu", "sun", "shi", "gu", "zheng", "shen", "nobody"])
def test_for_everybody_else_the_record_is_as_missing(town: Town, contact: ContactRecord, name: str) -> None:
    answers = [Visitor(getattr(town, name)).get(page_of(contact)).status_code]
    answers.append(Visitor(getattr(town, name)).post(page_of(contact), {"reason": WHY}).status_code)
    assert answers == [404, 404]
    assert not AccessEntry.objects.exists()


@pytest.mark.article(20)
def test_the_identity_number_opens_to_named_people_only(town: Town, contact: ContactRecord) -> None:
    path = f"/access/reveal/identity:{town.chen.identity.pk}/id_number/"
    refusal = Visitor(town.tang).post(path, {"reason": WHY})
    assert refusal.status_code == 403
    assert "专项授权" in refusal.content.decode()
    at = clock.now()
    street = town.division("中原路街道")
    draft = actions.GrantDraft(town.tang, "view_personal", street, "核对招聘材料", at + timedelta(days=9))
    actions.approve_grant(actions.ask_for_grant(draft, by=town.wu, at=at), by=town.shen, at=at)
    assert Visitor(town.tang).post(path, {"reason": WHY}).status_code == 302
    assert NUMBER in Visitor(town.tang).text(path)
    Grant.objects.filter(is_special=True).update(expires_at=at)
    assert NUMBER not in Visitor(town.tang).text(path)


@pytest.mark.parametrize("reason", ["", "   ", "看看", "aaaaaa", "　　　　　"])
def test_no_reason_no_look(town: Town, contact: ContactRecord, reason: str) -> None:
    answer = Visitor(town.tang).post(page_of(contact), {"reason": reason})
    assert answer.status_code == 422
    assert "为什么要看" in answer.content.decode()
    assert not AccessEntry.objects.exists()


def test_a_reason_may_not_be_a_novel(town: Town, contact: ContactRecord) -> None:
    found = subjects.find(town.tang, f"contact:{contact.pk}", "private_phone")
    with refused(RuleViolation):
        actions.reveal(found, reason="因为" * 200, by=town.tang, at=MONDAY)


@pytest.mark.article(26)
def test_users_above_the_limit_of_looks_are_stopped_and_the_guard_gets_a_notice(
    town: Town, contact: ContactRecord
) -> None:
    found, at = subjects.find(town.tang, f"contact:{contact.pk}", "private_phone"), clock.now()
    for number in range(TIERS["T2"].limit):
        actions.reveal(found, reason=WHY, by=town.tang, at=at - timedelta(seconds=number))
    with refused(TooManyLooks):
        actions.reveal(found, reason=WHY, by=town.tang, at=at)
    for _ in range(2):
        assert Visitor(town.tang).post(page_of(contact), {"reason": WHY}).status_code == 429
    notices = Outbox.objects.filter(topic="looks")
    assert [row.audience.partition(":")[0] for row in notices] == ["administer_security"]
    actions.reveal(found, reason=WHY, by=town.tang, at=at + timedelta(hours=1, minutes=1))


def test_a_right_that_ends_closes_the_open_look(town: Town, contact: ContactRecord) -> None:
    tang = Visitor(town.tang)
    tang.post(page_of(contact), {"reason": WHY})
    relieve(town.tang.office_postings.get(), on=MONDAY.date(), at=MONDAY, by=None)
    assert tang.get(page_of(contact)).status_code == 302  # the last post ended, and the account with it


@pytest.mark.article(26)
def test_the_superior_and_the_person_read_who_looked_and_why(town: Town, contact: ContactRecord) -> None:
    Visitor(town.tang).post(page_of(contact), {"reason": WHY})
    mine = Visitor(town.chen).text("/access/looks-at-me/")
    assert "Tang" in mine and WHY in mine and "私人电话" in mine and PHONE not in mine
    for name in ("wu", "xia"):
        assert WHY in Visitor(getattr(town, name)).text("/access/looks/")
    for name in ("xu", "gu"):
        assert WHY not in Visitor(getattr(town, name)).text("/access/looks/")
    for name in ("chen", "zhao", "sun"):
        assert Visitor(getattr(town, name)).get("/access/looks/").status_code == 403


def test_what_does_not_exist_is_missing(town: Town, contact: ContactRecord) -> None:
    for key, name in (
        ("contact:999999", "private_phone"),
        (f"contact:{contact.pk}", "user"),
        ("case:1", "title"),
        ("contact:x", "private_phone"),
        ("contact:" + "9" * 30, "private_phone"),
    ):
        with pytest.raises(Http404):
            subjects.find(town.tang, key, name)


def test_people_may_read_their_own_data(town: Town, contact: ContactRecord) -> None:
    chen = Visitor(town.chen)
    chen.post(page_of(contact), {"reason": "核对自己的登记"})
    assert PHONE in chen.text(page_of(contact))
    found = subjects.find(town.chen, f"contact:{contact.pk}", "private_phone")
    assert found.subject.refusal(town.lin, contact, "private_phone")
    with refused(NotPermitted):
        actions.reveal(found, reason=WHY, by=town.lin, at=MONDAY)


@pytest.mark.article(20)
def test_nobody_comes_by_it_by_adding_a_post_of_his_own(town: Town, contact: ContactRecord) -> None:
    appoint_to_grid(
        town.chen,
        role="part_time",
        village=town.division("胜利社区"),
        grid=town.grid_of("410902002001001"),
        on=MONDAY.date(),
        at=MONDAY,
        by=None,
    )
    for name in ("xu", "tang"):
        answer = Visitor(getattr(town, name)).post(page_of(contact), {"reason": WHY})
        assert answer.status_code == 403
    assert Visitor(town.wu).post(page_of(contact), {"reason": WHY}).status_code == 302


@pytest.mark.article(26)
def test_superiors_do_not_learn_that_a_clue_or_complaint_exists(town: Town) -> None:
    record_access(
        "case:7", at=MONDAY, actor_id=town.zhao.pk, fields=["case"], purpose="查看保密事项", tier="T4"
    )
    assert "查看保密事项" not in Visitor(town.tang).text("/access/looks/")
    assert "查看保密事项" in Visitor(town.xia).text("/access/looks/")
