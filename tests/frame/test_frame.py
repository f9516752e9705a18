"""The frame of every page, the inbox, suggestions, large text, and errors in Chinese."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Suggestion
from common import clock
from notifications.actions import relay_waiting
from notifications.models import Message
from tests.cases import reported
from tests.doors import Visitor
from tests.town import MONDAY, Town


@pytest.mark.parametrize(
    ("person", "goes_to"),
    [("zhao", "/desk/"), ("sun", "/tray/"), ("wu", "/overview/"), ("zheng", "/overview/")],
)
def test_everybody_begins_where_his_work_is(town: Town, person: str, goes_to: str) -> None:
    answer = Visitor(getattr(town, person)).get("/")
    assert (answer.status_code, answer["Location"]) == (302, goes_to)


def test_who_has_no_post_is_told_whom_to_ask(town: Town) -> None:
    assert "没有在任的岗位" in Visitor(town.nobody).text("/")


def test_a_strangers_page_asks_the_database_nothing(town: Town) -> None:
    with CaptureQueriesContext(connection) as captured:
        Visitor().text("/help/")
    assert len(captured) == 0


def test_the_frame_costs_three_statements_beside_the_session(town: Town) -> None:
    assert Visitor(town.chen).statements("/help/") == 5


def test_entrances_without_room_on_a_phone_lie_behind_more(town: Town) -> None:
    page = Visitor(town.wu).text("/lists/")
    spare = re.findall(r'class="nav-spare"[^>]*>.*?<span>(.*?)</span>', page)
    assert len(spare) > 3
    assert {"事项清单", "消息"}.isdisjoint(spare)
    assert 'href="/menu/"' in page
    menu = Visitor(town.wu).text("/menu/")
    assert all(f"</svg>{name}" in menu for name in spare)
    assert "nav-spare" not in Visitor(town.chen).text("/")
    assert "nav-more" not in Visitor(town.chen).text("/")


def test_the_missing_calendar_is_told_to_desks_alone(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frame.shell._hung", [])
    said = "2027 年节假日安排尚未录入"
    assert clock.now().year == 2026, "the sentence names the year after this one"
    assert said in Visitor(town.zhao).text("/help/")
    assert said not in Visitor(town.chen).text("/help/")


def test_a_message_opens_its_case_and_is_read(town: Town) -> None:
    case = reported(town)
    relay_waiting(at=clock.now())
    wang = Visitor(town.wang)
    message = Message.objects.get(audience__startswith="coordinate:")
    assert "新上报" in wang.text("/messages/")
    assert wang.get(f"/messages/{message.pk}/")["Location"] == f"/cases/{case.pk}/"
    assert message.readers.count() == 1


def test_a_message_to_others_does_not_exist(town: Town) -> None:
    reported(town)
    relay_waiting(at=clock.now())
    message = Message.objects.get(audience__startswith="coordinate:")
    assert Visitor(town.shi).get(f"/messages/{message.pk}/").status_code == 404


def test_all_messages_are_read_at_one_press(town: Town) -> None:
    reported(town)
    relay_waiting(at=clock.now())
    wang = Visitor(town.wang)
    wang.post("/messages/read/")
    assert "全部标为已读" not in wang.text("/messages/")


def test_a_suggestion_gets_a_number_and_shows_its_answer(town: Town) -> None:
    chen = Visitor(town.chen)
    chen.post("/feedback/", {"text": "字太小", "page": "/report/"})
    said = Suggestion.objects.get()
    assert f"编号 {said.pk}" in chen.text("/feedback/")
    Suggestion.objects.update(answer="已加大字开关", answered_at=MONDAY)
    assert "已加大字开关" in chen.text("/feedback/")
    assert "字太小" not in Visitor(town.lin).text("/feedback/")


def test_an_empty_suggestion_is_refused(town: Town) -> None:
    answer = Visitor(town.chen).post("/feedback/", {"text": "  "})
    assert answer.status_code == 422
    assert not Suggestion.objects.exists()


def test_large_text_is_remembered_for_the_person_and_for_the_device(town: Town) -> None:
    chen = Visitor(town.chen)
    chen.post("/text-size/", {"size": "large", "next": "/mine/"})
    assert 'data-size="large"' in Visitor(town.chen).text("/help/")
    stranger = Visitor()
    stranger.post("/text-size/", {"size": "large"})
    assert 'data-size="large"' in stranger.text("/help/")


@pytest.mark.parametrize("path", ["/none/", "/cases/0/", "/messages/9/", "/photos/nonsense/"])
def test_what_is_not_there_is_said_in_chinese_with_a_number(town: Town, path: str) -> None:
    answer = Visitor(town.chen).get(path)
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.content.decode()
    assert "请报编号" in answer.content.decode()


def test_an_unknown_address_of_the_api_answers_in_the_one_shape(town: Town) -> None:
    answer = Visitor(town.chen).get("/api/v1/none/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_broken_page_mark_is_a_sentence(town: Town) -> None:
    answer = Visitor(town.chen).get("/mine/", cursor="nonsense")
    assert answer.status_code == 422
    assert "翻页标记无效" in answer.content.decode()


def test_the_component_page_is_for_developers(town: Town) -> None:
    assert Visitor(town.chen).get("/dev/components/").status_code == 404


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("person", "page", "entrance"),
    [
        ("jiang", "/lists/proposals/", "事项清单"),
        ("shen", "/access/grants/", "专项授权"),
        ("xia", "/access/looks/", "查阅记录"),
    ],
)
def test_who_reviews_guards_or_audits_begins_at_the_own_work_and_finds_it_in_the_menu(
    town: Town, person: str, page: str, entrance: str
) -> None:
    visitor = Visitor(getattr(town, person))
    assert visitor.get("/")["Location"] == page
    assert f"<span>{entrance}</span>" in visitor.text(page)
