"""Signing in by name or work telephone starts a new session; guessing is stopped."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from accounts.models import User
from tests.doors import PASSWORD, Visitor
from tests.town import Town

WRONG = "账号或密码不对"


@pytest.fixture
def chen(town: Town) -> User:
    town.chen.phone = "19900001111"
    town.chen.set_password(PASSWORD)
    town.chen.save()
    return town.chen


@pytest.mark.parametrize(
    "name", ["chen", "19900001111", " chen ", "199 0000 1111", "+86 19900001111", "１９９００００１１１１"]
)
def test_the_account_or_its_telephone_opens_the_door(chen: User, name: str) -> None:
    answer = Client().post("/sign-in/", {"username": name, "password": PASSWORD, "next": "/mine/"})
    assert (answer.status_code, answer["Location"]) == (302, "/mine/")


def test_a_telephone_of_two_people_opens_nothing(town: Town, chen: User) -> None:
    User.objects.filter(username="lin").update(phone=chen.phone)
    answer = Client().post("/sign-in/", {"username": chen.phone, "password": PASSWORD})
    assert answer.status_code == 422
    assert WRONG in answer.content.decode()


def test_a_wrong_account_and_a_wrong_password_answer_alike(chen: User) -> None:
    for fields in ({"username": "chen", "password": "x"}, {"username": "niemand", "password": "x"}):
        answer = Client().post("/sign-in/", fields)
        assert answer.status_code == 422
        assert WRONG in answer.content.decode()


def test_a_closed_account_stays_outside(chen: User) -> None:
    User.objects.filter(pk=chen.pk).update(is_active=False)
    assert Client().post("/sign-in/", {"username": "chen", "password": PASSWORD}).status_code == 422


def test_the_eighth_wrong_password_locks_the_account_at_this_address(chen: User) -> None:
    client = Client()
    answers = [client.post("/sign-in/", {"username": "chen", "password": "x"}) for _ in range(8)]
    assert answers[-1].status_code == 429
    assert "过15 分钟再试" in answers[-1].content.decode()
    assert client.post("/sign-in/", {"username": "chen", "password": PASSWORD}).status_code == 429


def test_signing_in_begins_a_fresh_session(chen: User) -> None:
    client = Client()
    client.get("/sign-in/")
    client.post("/text-size/", {"size": "large"})
    before = client.session.session_key
    client.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert client.session.session_key not in (None, before)


def test_nobody_is_led_away_after_signing_in(chen: User) -> None:
    fields = {"username": "chen", "password": PASSWORD, "next": "https://example.org/"}
    assert Client().post("/sign-in/", fields)["Location"] == "/"


@override_settings(DEMO_MODE=False)
def test_outside_the_demo_there_are_no_one_click_accounts(town: Town) -> None:
    User.objects.create_user("worker", PASSWORD, name="陈", is_demonstration=True)
    assert Visitor().post("/sign-in/demo/worker/").status_code == 404
    assert "演示账号" not in Visitor().text("/sign-in/")


@override_settings(DEMO_MODE=True)
def test_in_the_demo_a_real_account_has_no_one_click_either(town: Town) -> None:
    assert Visitor().post("/sign-in/demo/chen/").status_code == 404


@override_settings(DEMO_MODE=True)
def test_in_the_demo_one_click_is_enough(town: Town) -> None:
    User.objects.create_user("worker", PASSWORD, name="陈", is_demonstration=True)
    visitor = Visitor()
    assert visitor.post("/sign-in/demo/worker/").status_code == 302
    assert "没有在任的岗位" in visitor.text("/")


def test_the_new_password_must_be_long(chen: User) -> None:
    visitor = Visitor(chen)
    fields = {"old_password": PASSWORD, "new_password1": "kurz", "new_password2": "kurz"}
    assert visitor.post("/account/password/", fields).status_code == 422
    chen.refresh_from_db()
    assert chen.check_password(PASSWORD)


def test_a_password_change_says_what_was_wrong_in_one_voice(chen: User) -> None:
    fields = {"old_password": "x", "new_password1": "neues-langes-wort-7", "new_password2": "anderes"}
    page = Visitor(chen).post("/account/password/", fields).content.decode()
    assert "旧密码不对" in page and "两次输入的新密码不一样" in page and "你的" not in page


def test_a_changed_password_keeps_this_device_and_ends_the_others(chen: User) -> None:
    here, there = Visitor(chen), Visitor(chen)
    new = "龙都-2026-安好"
    here.post("/account/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
