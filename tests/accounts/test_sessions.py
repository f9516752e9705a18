"""Sessions end when idle, after their longest time, or everywhere at once; a bound phone stays signed in (Art. 20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actions import close_account, issue_device_code, issue_first_password, unbind_device
from accounts.models import Device, FailedAttempt
from common import clock
from common.errors import RuleViolation
from personnel.actions import appoint_to_office
from personnel.models import Organization
from tests.access.conftest import PHONE, sealed_records
from tests.cases import refused
from tests.doors import PASSWORD, signed_in
from tests.town import FOUNDED, MONDAY, Town

Shift = Callable[..., None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Shift:
    """Let both clocks go on: ``later(minutes=31)``."""
    real, machine = clock.now, clock.machine_now
    gone: list[timedelta] = [timedelta()]

    def shift(**units: float) -> None:
        gone[0] += timedelta(**units)

    monkeypatch.setattr(clock, "now", lambda: real() + gone[0])
    monkeypatch.setattr(clock, "machine_now", lambda: machine() + gone[0])
    return shift


def is_inside(client: Client, path: str = "/account/") -> bool:
    return bool(client.get(path).status_code == 200)


@pytest.mark.article(20)
@pytest.mark.parametrize(("name", "minutes"), [("zhao", 30), ("chen", 30), ("wu", 15), ("shen", 15)])
def test_an_idle_session_ends(town: Town, later: Shift, name: str, minutes: int) -> None:
    client = signed_in(getattr(town, name))
    assert is_inside(client)
    later(minutes=minutes - 1)
    assert is_inside(client)
    later(minutes=minutes + 1)
    answer = client.get("/account/", follow=True)
    assert f"{minutes} 分钟没有操作" in answer.content.decode()
    assert not is_inside(client)


def test_what_the_page_asks_by_itself_keeps_nothing_alive(town: Town, later: Shift) -> None:
    client = signed_in(town.zhao)
    for _ in range(4):
        later(minutes=8)
        answer = client.get("/desk/counts/")
    assert answer.status_code == 401
    assert "30 分钟没有操作" in client.get("/desk/", follow=True).content.decode()  # the page then learns why


def test_an_office_session_lasts_twelve_hours_at_most(town: Town, later: Shift) -> None:
    client = signed_in(town.zhao)
    for _ in range(35):
        later(minutes=20)
        assert is_inside(client)
    later(minutes=25)
    assert not is_inside(client)


def test_the_api_says_it_with_401(town: Town, later: Shift) -> None:
    client = signed_in(town.zhao)
    later(minutes=31)
    answer = client.get("/api/v1/me/")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_one_comes_back_to_the_page_that_was_in_hand(town: Town, later: Shift) -> None:
    for method, path, headers, back in (
        ("get", "/account/?x=1", {}, "/account/%3Fx%3D1"),
        (
            "get",
            "/cases/1/preview/",
            {"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"},
            "/desk/",
        ),
        ("post", "/account/password/", {"Referer": "http://testserver/account/"}, "/account/"),
        ("post", "/account/password/", {"Referer": "http://elsewhere/account/"}, "/"),
    ):
        client = signed_in(town.zhao)
        later(minutes=31)
        answer = getattr(client, method)(path, headers=headers)
        led = answer.headers.get("HX-Redirect") or answer["Location"]
        assert led == f"/sign-in/?next={back}"


@pytest.mark.article(20)
def test_whose_posts_change_has_another_kind_of_session(town: Town, later: Shift) -> None:
    client = signed_in(town.chen)
    bound(town, client)
    later(days=2)
    assert is_inside(client)
    authority = Organization.objects.get(code="auth-hlq")
    appoint_to_office(
        town.chen, role="county_admin", organization=authority, on=FOUNDED, at=clock.now(), by=None
    )
    later(minutes=2)
    assert not is_inside(client)  # no phone of an administrator stays signed in


@pytest.mark.article(20)
def test_a_binding_that_has_run_out_ends_a_session_that_began_later(town: Town, later: Shift) -> None:
    client = signed_in(town.chen)
    cookie = bound(town, client).cookies["device"].value
    later(days=29)
    again = Client()
    again.cookies["device"] = cookie
    again.post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert is_inside(again)
    later(days=2)
    assert not is_inside(again)


@pytest.mark.article(20)
def test_signing_out_everywhere_is_felt_on_the_next_request(town: Town) -> None:
    one, other = signed_in(town.zhao), Client()
    other.post("/sign-in/", {"username": "zhao", "password": PASSWORD})
    assert is_inside(one) and is_inside(other)
    assert one.post("/account/sign-out-everywhere/").status_code == 302
    assert not is_inside(one) and not is_inside(other)


def test_a_closed_account_is_outside_at_once(town: Town) -> None:
    client = signed_in(town.chen)
    close_account(town.chen, at=MONDAY, by=None)
    assert not is_inside(client)
    answer = Client().post("/sign-in/", {"username": "chen", "password": PASSWORD})
    assert "账号或密码不对" in answer.content.decode()


def test_the_session_key_changes_on_the_way_in(town: Town) -> None:
    client = Client()
    client.get("/sign-in/")
    before = client.session.session_key
    town.zhao.set_password(PASSWORD)
    town.zhao.save()
    client.post("/sign-in/", {"username": "zhao", "password": PASSWORD})
    assert client.session.session_key != before


# --- bound phones --------------------------------------------------------------------------------------------------


def bound(town: Town, client: Client) -> Any:
    code = issue_device_code(town.chen, at=clock.now(), by=town.tang)
    return client.post("/account/device/", {"code": f"{code[:4]} {code[4:]}"})


@pytest.mark.article(20)
def test_a_bound_phone_stays_signed_in_for_thirty_days(town: Town, later: Shift) -> None:
    client = signed_in(town.chen)
    answer = bound(town, client)
    assert answer.status_code == 302
    cookie = answer.cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and int(cookie["max-age"]) == 30 * 86_400
    later(days=29)
    assert is_inside(client)
    later(days=2)
    assert not is_inside(client)


@pytest.mark.article(20)
def test_a_bound_phone_asks_for_the_password_before_personal_data(town: Town) -> None:
    contact = sealed_records(town, "chen")
    client = signed_in(town.chen)
    page = f"/access/reveal/contact:{contact.pk}/private_phone/"
    assert client.get(page).status_code == 200
    bound(town, client)
    answer = client.get(page)
    assert answer.status_code == 302 and answer["Location"].startswith("/account/confirm/?next=")
    assert client.post(page, {"reason": "核对自己的登记"}).status_code == 302
    assert PHONE not in client.get(answer["Location"]).content.decode()
    assert client.post(answer["Location"], {"password": "falsch"}).status_code == 422
    assert client.post(answer["Location"], {"password": PASSWORD})["Location"] == page
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("case", ["wrong", "used", "late", "foreign"])
def test_a_code_is_good_once_for_one_person_and_a_quarter_of_an_hour(
    town: Town, later: Shift, case: str
) -> None:
    client = signed_in(town.chen)
    owner = town.lin if case == "foreign" else town.chen
    code = issue_device_code(owner, at=clock.now(), by=town.tang)
    if case == "used":
        client.post("/account/device/", {"code": code})
    elif case == "late":
        later(minutes=16)
    elif case == "wrong":
        code = str((int(code) + 1) % 10**8).zfill(8)
    answer = client.post("/account/device/", {"code": code})
    assert answer.status_code == 422
    assert "绑定码不对或已过期" in answer.content.decode()


def test_guessing_a_code_is_stopped_without_redis(town: Town, later: Shift) -> None:
    client = signed_in(town.chen)
    code = issue_device_code(town.chen, at=clock.now(), by=town.tang)
    wrong = "00000000" if code != "00000000" else "11111111"
    answers = [client.post("/account/device/", {"code": wrong}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert client.post("/account/device/", {"code": code}).status_code == 429
    assert FailedAttempt.objects.count() == 5
    later(minutes=11)
    assert client.post("/account/device/", {"code": code}).status_code == 422  # this code is spent
    assert bound(town, client).status_code == 302


def test_a_lost_phone_is_outside_as_soon_as_it_is_unbound(town: Town) -> None:
    client = signed_in(town.chen)
    bound(town, client)
    unbind_device(Device.objects.get(), at=clock.now(), by=town.tang)
    assert not is_inside(client)
    with refused(RuleViolation):
        unbind_device(Device.objects.get(), at=clock.now(), by=town.tang)


def test_an_office_account_gains_nothing_by_a_bound_phone(town: Town, later: Shift) -> None:
    client = signed_in(town.zhao)
    code = issue_device_code(town.zhao, at=clock.now(), by=town.tang)
    client.post("/account/device/", {"code": code})
    again = Client()
    again.cookies["device"] = client.cookies["device"].value
    again.post("/sign-in/", {"username": "zhao", "password": PASSWORD})
    assert is_inside(again)
    later(minutes=31)
    assert not is_inside(again)


# --- the first password ----------------------------------------------------------------------------------------------


@pytest.mark.article(20)
def test_a_first_password_opens_only_the_page_on_which_it_is_replaced(town: Town) -> None:
    first = issue_first_password(town.chen, at=clock.now(), by=town.tang)
    client = Client()
    client.post("/sign-in/", {"username": "chen", "password": first})
    for path in ("/", "/mine/", "/account/"):
        assert client.get(path)["Location"].startswith("/sign-in/password/")
    assert client.get("/api/v1/me/").status_code == 401
    same = client.post("/sign-in/password/", {"new_password1": first, "new_password2": first})
    assert same.status_code == 422 and "不能和现在的一样" in same.content.decode()
    weak = client.post("/sign-in/password/", {"new_password1": "12345", "new_password2": "12345"})
    assert weak.status_code == 422
    fields = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post("/sign-in/password/", fields).status_code == 302
    assert is_inside(client)
    assert Client().post("/sign-in/", {"username": "chen", "password": first}).status_code == 422


# --- who looks after whose account ---------------------------------------------------------------------------------


@pytest.mark.article(20)
def test_the_township_looks_after_its_peoples_accounts(town: Town) -> None:
    client = signed_in(town.tang)
    page = f"/staff/people/{town.chen.pk}/account/"
    assert "发手机绑定码" in client.get(page).content.decode()
    shown = client.post(page, {"verb": "device"}).content.decode()
    assert "绑定码 " in shown
    assert "绑定码 " not in client.get(page).content.decode()
    assert client.post(page, {"verb": "reset"}).status_code == 403
    assert client.post(page, {"verb": "nonsense"}).status_code == 403
    for name in ("xu", "zhao", "sun", "chen", "gu"):
        other = Client()
        other.force_login(getattr(town, name))
        assert other.get(page).status_code == 404, name


def test_a_desk_head_gives_no_administrator_a_password(town: Town) -> None:
    client = signed_in(town.wu)
    own = f"/staff/people/{town.wu.pk}/account/"
    assert client.post(own, {"verb": "password"}).status_code == 404
    guard = Client()
    guard.force_login(town.shen)
    assert guard.post(f"/staff/people/{town.wu.pk}/account/", {"verb": "reset"}).status_code == 302
