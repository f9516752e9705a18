"""What people suggest about the platform is answered by the system's administrators, once, and the author is told."""

from __future__ import annotations

import pytest

from accounts.models import Suggestion
from audit.models import Entry
from common import clock
from notifications.actions import relay_waiting
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.doors import Visitor
from tests.town import FOUNDED, MONDAY, Town

HERE = "/feedback/answers/"


@pytest.fixture
def keeper(town: Town, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    city = Organization.objects.get(code="auth-city")
    appoint_to_office(town.nobody, role="system_admin", organization=city, on=FOUNDED, at=MONDAY, by=None)
    return Visitor(town.nobody)


@pytest.fixture
def suggestion(town: Town, keeper: Visitor) -> Suggestion:
    Visitor(town.chen).post("/feedback/", {"text": "照片传不上去"})
    relay_waiting(at=MONDAY)
    return Suggestion.objects.get()


def test_who_answers_is_told_of_it_and_answers_from_the_list(
    town: Town, keeper: Visitor, suggestion: Suggestion
) -> None:
    inbox = keeper.text("/messages/")
    assert f"Chen提了一条意见建议（编号 {suggestion.pk}），请答复。" in inbox
    assert "照片传不上去" not in inbox
    assert f'href="{HERE}"' in keeper.text("/help/")
    waiting = keeper.text(HERE)
    assert "照片传不上去" in waiting and f'href="{HERE}{suggestion.pk}/"' in waiting

    keeper.post(f"{HERE}{suggestion.pk}/", {"answer": "下周改好"})
    relay_waiting(at=MONDAY)
    chen = Visitor(town.chen)
    assert f"您提的意见建议（编号 {suggestion.pk}）有答复了。" in chen.text("/messages/")
    assert "下周改好" in chen.text("/feedback/")
    assert "照片传不上去" not in keeper.text(HERE)
    assert "下周改好" in keeper.text(f"{HERE}?pile=answered")
    link = Entry.objects.get(verb="answer_suggestion")
    assert (link.subject, link.actor_id) == (f"account:{town.chen.pk}", town.nobody.pk)


def test_it_is_answered_once_and_with_words(keeper: Visitor, suggestion: Suggestion) -> None:
    page = f"{HERE}{suggestion.pk}/"
    empty = keeper.post(page, {"answer": " "})
    assert empty.status_code == 422 and "请写一句答复" in empty.content.decode()
    keeper.post(page, {"answer": "下周改好"})
    late = keeper.post(page, {"answer": "本周改好"})
    assert late.status_code == 422 and "已经有人答复了" in late.content.decode()
    suggestion.refresh_from_db()
    assert suggestion.answer == "下周改好"
    shown = keeper.text(page)
    assert "已答复：下周改好" in shown and 'name="answer"' not in shown


def test_others_neither_read_nor_answer_it(town: Town, suggestion: Suggestion) -> None:
    for person in (town.chen, town.wu, town.zheng):
        visitor = Visitor(person)
        assert visitor.get(HERE).status_code == 403
        assert visitor.post(f"{HERE}{suggestion.pk}/", {"answer": "好"}).status_code == 403
        assert "答复大家提的" not in visitor.text("/feedback/")
    assert not Suggestion.objects.exclude(answer="").exists()


def test_the_page_that_one_came_from_is_kept_without_the_host_and_what_was_asked_there(town: Town) -> None:
    came_from = "http://testserver/search/?q=张三"
    page = Visitor(town.chen).client.get("/feedback/", headers={"referer": came_from}).content.decode()
    assert 'value="/search/"' in page and "张三" not in page
