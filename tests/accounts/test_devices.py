"""Bound phones of managed people: who may issue codes, who may unbind, and what is kept (Art. 20)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from accounts.models import Device, User
from common import clock
from tests.doors import Visitor, signed_in
from tests.town import Town

PAGE = "/staff/devices/"


def phone_of(user: User, name: str = "安卓手机") -> Device:
    at = clock.now()
    return Device.objects.create(
        user=user,
        name=name,
        token_hash=f"{user.pk}-{name}",
        bound_at=at,
        ends_at=at + timedelta(days=30),
    )


@pytest.mark.article(20)
def test_the_township_issues_a_code_that_is_shown_once_and_binds_the_phone(town: Town) -> None:
    tang = Visitor(town.tang)
    shown = tang.post(PAGE, {"account": "chen"})
    code = re.search(r"(\d{4} \d{4})</b>", shown.content.decode())
    assert shown.status_code == 200 and code
    assert code[1] not in tang.text(PAGE)
    form = signed_in(town.chen).get("/account/device/").content.decode()
    assert "返回我的账号" in form  # who does not bind now is not made to sign out
    assert signed_in(town.chen).post("/account/device/", {"code": code[1]}).status_code == 302
    page = tang.text(PAGE)
    assert "Chen" in page and "解绑Chen的手机" in page


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("name", "account", "status"),
    [
        ("tang", "chen", 200),
        ("wu", "chen", 200),
        ("tang", "wang", 200),
        ("tang", "zhao", 403),  # a desk needs no bound phone
        ("xu", "chen", 422),  # of another township: as missing
        ("gu", "chen", 422),
        ("tang", "tang", 422),  # not oneself
        ("tang", "no-such", 422),
        ("tang", "", 422),
        ("zhao", "chen", 403),
        ("chen", "lin", 403),
        ("zheng", "chen", 403),
    ],
)
def test_who_may_issue_a_code_for_whom(town: Town, name: str, account: str, status: int) -> None:
    answer = Visitor(getattr(town, name)).post(PAGE, {"account": account})
    assert answer.status_code == status
    assert (re.search(r"\d{4} \d{4}</b>", answer.content.decode()) is not None) == (status == 200)


@pytest.mark.article(20)
def test_a_lost_phone_is_unbound_by_who_manages_the_person_and_nobody_else(town: Town) -> None:
    phone = phone_of(town.chen)
    for name, status in (("xu", 404), ("gu", 404), ("zhao", 404), ("lin", 404), ("chen", 404)):
        assert Visitor(getattr(town, name)).post(f"{PAGE}{phone.pk}/unbind/").status_code == status, name
    assert Visitor(town.tang).post(f"{PAGE}{10**9}/unbind/").status_code == 404
    assert Visitor(town.tang).post(f"{PAGE}{phone.pk}/unbind/").status_code == 302
    assert Visitor(town.tang).post(f"{PAGE}{phone.pk}/unbind/").status_code == 404
    phone.refresh_from_db()
    assert phone.removed_at is not None


def test_unbinding_one_of_ones_own_leaves_the_others_bound_and_this_session_open(town: Town) -> None:
    lost, kept = phone_of(town.chen), phone_of(town.chen, "iPhone")
    here, there = signed_in(town.chen), signed_in(town.chen)
    foreign = phone_of(town.lin)
    assert here.post(f"/account/devices/{foreign.pk}/unbind/").status_code == 404
    assert here.post(f"/account/devices/{lost.pk}/unbind/").status_code == 302
    page = here.get("/account/")
    assert page.status_code == 200
    assert "解绑iPhone" in page.content.decode() and "解绑安卓" not in page.content.decode()
    assert there.get("/account/").status_code == 302
    kept.refresh_from_db()
    assert kept.removed_at is None


def test_the_use_of_a_phone_is_recorded_at_most_once_an_hour(town: Town) -> None:
    client = signed_in(town.chen)
    tang = Visitor(town.tang)
    code = re.search(r"(\d{4} \d{4})</b>", tang.post(PAGE, {"account": "chen"}).content.decode())
    assert code
    client.post("/account/device/", {"code": code[1]})
    Device.objects.update(seen_at=clock.now() - timedelta(hours=2))
    before = Device.objects.get().seen_at
    session = client.session
    session["seen_at"] -= 120
    session.save()
    client.get("/account/")
    after = Device.objects.get().seen_at
    assert before is not None and after is not None and after > before


def test_the_list_of_phones_costs_the_same_for_few_and_many(town: Town) -> None:
    tang = Visitor(town.tang)
    phone_of(town.chen)
    before = tang.statements(PAGE)
    for number in range(60):
        phone_of(town.lin, f"手机{number}")
    assert tang.statements(PAGE) == before
    assert "下一页" in tang.text(PAGE)


def test_a_phone_that_is_bound_again_is_one_phone(town: Town) -> None:
    client, tang = signed_in(town.chen), Visitor(town.tang)
    for _ in range(2):
        code = re.search(r"(\d{4} \d{4})</b>", tang.post(PAGE, {"account": "chen"}).content.decode())
        assert code
        assert client.post("/account/device/", {"code": code[1]}).status_code == 302
    assert Device.objects.count() == 2
    assert Device.objects.filter(removed_at=None).count() == 1
    assert client.get("/account/").status_code == 200
