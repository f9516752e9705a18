"""The frame of every page, the inbox, suggestions, large text, and errors in Chinese."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Suggestion
from common import clock
from grids.models import Division
from notifications.actions import relay_waiting, tell
from notifications.models import Message
from personnel.actions import appoint_to_grid, appoint_to_office
from personnel.models import Organization
from tests.cases import reported
from tests.doors import Visitor
from tests.town import FOUNDED, MONDAY, Town
from worktime.clocks import day_of


@pytest.mark.parametrize(
    ("person", "goes_to"),
    [("zhao", "/desk/"), ("sun", "/tray/"), ("wu", "/overview/"), ("zheng", "/overview/")],
)
def test_everybody_begins_where_his_work_is(town: Town, person: str, goes_to: str) -> None:
    answer = Visitor(getattr(town, person)).get("/")
    assert (answer.status_code, answer["Location"]) == (302, goes_to)


@pytest.mark.article(13)
def test_without_a_session_the_first_page_is_the_publics_with_four_rows() -> None:
    stranger = Visitor()
    page = stranger.text("/")
    rows = re.findall(r'<li>\s*<a href="([^"]+)">\s*<b>(.*?)</b>', page)
    assert rows == [
        ("/public/", "找我的网格"),
        ("/public/report/", "反映问题"),
        ("/r/", "查我反映的事"),
        ("/public/complain/", "投诉网格人员"),
    ]
    assert [stranger.get(address).status_code for address, _ in rows] == [200] * 4
    assert 'href="/sign-in/"' in page and "<script" not in page


def test_reporting_on_the_web_is_promised_nowhere_and_the_ways_of_today_are_named() -> None:
    page = Visitor().text("/public/report/")
    assert "居民在网上直接上报还没有开通" in page
    assert 'href="tel:12345"' in page and 'href="tel:110"' in page
    assert "<form" not in page


def test_the_publics_first_page_costs_a_stranger_one_statement_and_is_asked_for_each_time() -> None:
    stranger = Visitor()
    assert stranger.statements("/") == 1
    answer = stranger.get("/")
    assert answer["Cache-Control"] == "private, no-cache", "after signing in it is another page"
    again = stranger.client.get("/", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert stranger.post("/").status_code == 405


def test_a_session_that_has_ended_leads_to_signing_in_and_not_to_the_public(town: Town) -> None:
    worker = Visitor(town.chen)
    assert "待我处理" in worker.text("/")
    worker.client.session.flush()
    assert worker.get("/")["Location"] == "/sign-in/?next=/"


def test_users_without_a_post_learn_whom_to_ask(town: Town) -> None:
    assert "没有在任的岗位" in Visitor(town.nobody).text("/")


def test_a_strangers_page_asks_the_database_nothing(town: Town) -> None:
    with CaptureQueriesContext(connection) as captured:
        Visitor().text("/help/")
    assert len(captured) == 0


def test_the_frame_costs_two_statements_beside_the_session(town: Town) -> None:
    assert Visitor(town.chen).statements("/help/") == 4


def test_a_new_post_is_named_at_once_although_posts_in_words_are_kept(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    nobody = Visitor(town.nobody)
    assert "玉北社区 网格指导员" not in nobody.text("/help/")
    village, on = Division.objects.get(name="玉北社区"), day_of(MONDAY)
    appoint_to_grid(town.nobody, role="instructor", village=village, grid=None, on=on, at=MONDAY, by=None)
    assert "玉北社区 网格指导员" in nobody.text("/help/")


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


def test_the_missing_calendar_is_announced_to_the_users_who_enter_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frame.shell._hung", [])
    city = Organization.objects.get(code="auth-city")
    appoint_to_office(
        town.nobody, role="system_admin", organization=city, on=FOUNDED, at=clock.now(), by=None
    )
    page = Visitor(town.nobody).text("/help/")
    assert f"{clock.now().year + 1} 年节假日安排尚未录入" in page and 'href="/calendar/enter/"' in page
    for other in (town.zhao, town.wu, town.zheng, town.chen):
        assert "节假日安排尚未录入" not in Visitor(other).text("/help/")


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


def test_messages_about_one_case_form_one_thread_and_are_read_together(town: Town) -> None:
    case, other = reported(town), reported(town)
    for sentence, about in (
        ("第一次提醒", case),
        ("第二次提醒", case),
        ("别的事项", other),
        ("已超期", case),
    ):
        tell(
            f"user:{town.chen.pk}",
            topic="remind",
            subject=f"case:{about.pk}",
            sentence=sentence,
            at=clock.now(),
        )
    relay_waiting(at=clock.now())
    chen = Visitor(town.chen)
    page = chen.text("/messages/")
    rows = re.split(r'<li class="row message"', page)[1:]
    assert len(rows) == 2
    assert "已超期" in rows[0]
    assert "此前还有 2 条" in rows[0]
    assert rows[0].index("第二次提醒") < rows[0].index("第一次提醒")
    assert "别的事项" in rows[1]
    newest = Message.objects.get(sentence="已超期")
    assert chen.get(f"/messages/{newest.pk}/")["Location"] == f"/cases/{case.pk}/"
    assert set(Message.objects.filter(readers=town.chen).values_list("sentence", flat=True)) == {
        "第一次提醒",
        "第二次提醒",
        "已超期",
    }
    assert " data-unread" in chen.text("/messages/"), "the other case's message is still to be read"


def test_threads_cost_as_many_statements_as_single_messages(town: Town) -> None:
    def remind(times: int) -> None:
        for number in range(times):
            about = f"case:{reported(town).pk}"
            for _ in range(3):
                tell(
                    f"user:{town.chen.pk}",
                    topic="remind",
                    subject=about,
                    sentence=f"提醒{number}",
                    at=clock.now(),
                )
        relay_waiting(at=clock.now())

    costs = []
    for times in (1, 9):
        remind(times)
        costs.append(Visitor(town.chen).statements("/messages/"))
    assert costs[0] == costs[1]


def test_all_messages_are_read_at_one_press(town: Town) -> None:
    reported(town)
    relay_waiting(at=clock.now())
    wang = Visitor(town.wang)
    wang.post("/messages/read/")
    assert "全部标为已读" not in wang.text("/messages/")


def test_a_suggestion_gets_a_number_and_shows_its_answer(town: Town) -> None:
    chen = Visitor(town.chen)
    chen.post("/feedback/", {"text": "字太小", "page": "/report/"})
    suggestion = Suggestion.objects.get()
    assert f"编号 {suggestion.pk}" in chen.text("/feedback/")
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
def test_a_missing_page_has_a_chinese_sentence_and_a_number(town: Town, path: str) -> None:
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
