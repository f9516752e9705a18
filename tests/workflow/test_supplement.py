"""Words and photos that are added to a report after it was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import IllegalMove, NotPermitted, RuleViolation
from notifications.actions import relay_waiting
from notifications.models import Message
from tests.cases import case_in, photo, refused
from tests.doors import Visitor
from tests.town import MONDAY, Town
from workflow.actions import void_case
from workflow.actions.supplement import supplement_case
from workflow.models import Case

LATER = MONDAY + timedelta(days=1)


@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("status", "who"),
    [
        ("awaiting_leader", "chen"),
        ("awaiting_leader", "wang"),
        ("awaiting_acceptance", "zhao"),
        ("in_hand", "chen"),
        ("in_hand", "sun"),
    ],
)
def test_the_reporter_and_the_holder_add_and_nothing_moves(town: Town, status: str, who: str) -> None:
    before = case_in(status, town)
    user = getattr(town, who)
    supplement_case(before, note="井口又塌了一块", photos=[photo(user)], by=user, at=MONDAY)
    after = Case.objects.get(pk=before.pk)
    assert (after.status, after.version, after.due_at) == (before.status, before.version, before.due_at)
    last = after.events.latest("seq")
    assert (last.verb, last.note, last.actor) == ("supplement", "井口又塌了一块", user)
    assert after.attachments.filter(kind="report", uploader=user).count() == 1


@pytest.mark.article(18)
@pytest.mark.parametrize("who", ["lin", "qian", "li", "zheng"])
def test_nobody_else_adds(town: Town, who: str) -> None:
    with refused(NotPermitted):
        supplement_case(case_in("in_hand", town), note="听说的", by=getattr(town, who), at=MONDAY)


def test_nothing_is_added_to_what_has_ended_and_nothing_is_not_added(town: Town) -> None:
    ended = void_case(case_in("awaiting_acceptance", town), note="报错了", by=town.zhao, at=LATER)
    with refused(IllegalMove):
        supplement_case(ended, note="后来", by=town.chen, at=LATER)
    with refused(RuleViolation) as caught:
        supplement_case(case_in("in_hand", town), note=" ", by=town.chen, at=MONDAY)
    assert caught.value.field == "note"


def test_a_photo_alone_is_enough_and_a_number_in_the_words_is_masked(town: Town) -> None:
    case = case_in("in_hand", town)
    supplement_case(case, photos=[photo(town.chen)], by=town.chen, at=MONDAY)
    supplement_case(Case.objects.get(pk=case.pk), note="打 19900001234 找他", by=town.chen, at=MONDAY)
    first, second = case.events.filter(verb="supplement").order_by("seq")
    assert first.note == "补了 1 张照片"
    assert "19900001234" not in second.note


def test_the_holder_gets_a_notice_and_so_does_the_reporter_when_another_user_adds(town: Town) -> None:
    case = case_in("in_hand", town)
    supplement_case(case, note="门锁着", by=town.sun, at=MONDAY)
    relay_waiting(at=MONDAY)
    messages = Message.objects.filter(subject=f"case:{case.pk}", sentence__contains="门锁着")
    assert {message.audience for message in messages} == {
        f"handle:organization:{case.unit_id}",
        f"user:{town.chen.pk}",
    }


def test_an_open_page_stays_valid_while_somebody_adds(town: Town) -> None:
    case = case_in("awaiting_acceptance", town)
    supplement_case(case, note="又来一人说", by=town.chen, at=MONDAY)
    answer = Visitor(town.zhao).post(f"/cases/{case.pk}/accept/", {"version": case.version})
    assert answer.status_code == 302
    assert Case.objects.get(pk=case.pk).status == "awaiting_assignment"


def test_the_button_stands_on_the_page_of_the_reporter_and_of_the_holder(town: Town) -> None:
    case = case_in("in_hand", town)
    for user in (town.chen, town.sun):
        assert f"/cases/{case.pk}/supplement/" in Visitor(user).text(f"/cases/{case.pk}/")
    assert f"/cases/{case.pk}/supplement/" not in Visitor(town.li).text(f"/cases/{case.pk}/")
