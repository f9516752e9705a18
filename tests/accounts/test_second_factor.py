"""Administrators and users who may open personal data need a second factor (Art. 20)."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.oath import TOTP

from accounts.actions import begin_enrolment, issue_device_code, issue_first_password, reset_second_factor
from accounts.actions.factor import confirm_enrolment
from accounts.models import RecoveryCode, SecondFactor, User
from common import clock
from common.errors import NotPermitted, RuleViolation
from tests.cases import refused
from tests.doors import PASSWORD, signed_in
from tests.town import Town


@pytest.fixture(autouse=True)
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def code_of(user: User, *, at: datetime | None = None, steps: int = 0) -> str:
    totp = TOTP(base64.b32decode(SecondFactor.objects.get(user=user).unseal("secret")))
    totp.time = (at or clock.now()).timestamp() + 30 * steps
    return f"{totp.token():06d}"


def proved(client: Client) -> None:
    """Give the password once more, as the page before the authenticator asks."""
    asked = client.get("/sign-in/enrol/")["Location"]
    assert asked == "/account/confirm/?next=%2Fsign-in%2Fenrol%2F"
    assert client.post(asked, {"password": "falsch"}).status_code == 422
    assert client.post(asked, {"password": PASSWORD})["Location"] == "/sign-in/enrol/"


def enrolled(user: User) -> tuple[Client, list[str]]:
    """Enrol with the code of the step before, so that the present one is still unused."""
    client = signed_in(user)
    assert client.get("/")["Location"] == "/sign-in/enrol/"
    proved(client)
    assert "二维码" in client.get("/sign-in/enrol/").content.decode()
    page = client.post("/sign-in/enrol/", {"code": code_of(user, steps=-1)}).content.decode()
    return client, re.findall(r"<li>([0-9a-f-]{19})</li>", page)


@pytest.mark.article(20)
@pytest.mark.parametrize("name", ["wu", "tang", "zheng", "shen", "xia", "zhao", "sun", "duan"])
def test_who_administers_or_may_reveal_enrols_before_anything_else(town: Town, name: str) -> None:
    client = signed_in(getattr(town, name))
    for path in ("/", "/overview/", "/staff/", "/access/", "/account/"):
        assert client.get(path)["Location"].startswith("/sign-in/enrol/")
    assert client.get("/help/").status_code == 200
    assert client.get("/api/v1/me/").status_code == 401


@pytest.mark.article(20)
@pytest.mark.parametrize("name", ["chen", "wang", "li"])
def test_people_of_the_grids_bind_a_phone_or_an_authenticator(town: Town, name: str) -> None:
    person = getattr(town, name)
    client = signed_in(person)
    for path in ("/", "/account/"):
        assert client.get(path)["Location"].startswith("/account/device/")
    assert client.get("/api/v1/me/").status_code == 401
    assert "改用验证器" in client.get("/account/device/").content.decode()
    code = issue_device_code(person, at=clock.now(), by=town.tang)
    assert client.post("/account/device/", {"code": code}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert signed_in(person).get("/account/")["Location"].startswith("/account/device/")  # elsewhere not


@pytest.mark.article(20)
def test_a_worker_without_a_code_takes_an_authenticator(town: Town) -> None:
    client = signed_in(town.chen)
    proved(client)
    client.get("/sign-in/enrol/")
    client.post("/sign-in/enrol/", {"code": code_of(town.chen, steps=-1)})
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("name", ["jiang", "nobody"])
def test_who_opens_nothing_of_others_goes_on_without(town: Town, name: str) -> None:
    assert signed_in(getattr(town, name)).get("/account/").status_code == 200


# --- a first password binds nothing ------------------------------------------------------------------------------


@pytest.mark.article(20)
def test_a_factor_is_bound_only_after_a_password_of_ones_own(town: Town) -> None:
    first = issue_first_password(town.wu, at=clock.now(), by=town.shen)
    client = Client()
    assert client.post("/sign-in/", {"username": "wu", "password": first}).status_code == 302
    assert client.get("/sign-in/enrol/")["Location"] == "/sign-in/password/"
    assert client.post("/sign-in/enrol/", {"code": "123456"})["Location"] == "/sign-in/password/"
    for act in (begin_enrolment, lambda user: confirm_enrolment(user, "123456", at=clock.now())):
        with refused(RuleViolation) as caught:
            act(User.objects.get(username="wu"))
        assert "先设自己的密码" in caught.value.sentence
    assert not SecondFactor.objects.filter(user=town.wu).exists()


def test_who_is_enrolled_gives_a_code_at_every_sign_in(town: Town) -> None:
    first, codes = enrolled(town.wu)
    assert len(codes) == 10 and first.get("/account/").status_code == 200
    again = signed_in(town.wu)
    assert again.get("/account/")["Location"] == "/sign-in/code/?next=%2Faccount%2F"
    before = again.session.session_key
    assert again.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    answer = again.post("/sign-in/code/?next=/account/", {"code": code_of(town.wu)})
    assert answer["Location"] == "/account/"
    assert again.session.session_key != before
    assert again.get("/account/").status_code == 200


@pytest.mark.article(20)
def test_enrolling_ends_the_sessions_that_were_opened_without(town: Town) -> None:
    older = signed_in(town.wu)
    assert older.get("/")["Location"] == "/sign-in/enrol/"
    newer, _ = enrolled(town.wu)
    assert newer.get("/account/").status_code == 200
    assert older.get("/")["Location"].startswith("/sign-in/?")


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 302), (0, 302), (1, 302), (2, 422)])
def test_a_clock_may_be_off_by_one_step(town: Town, steps: int, status: int) -> None:
    enrolled(town.wu)
    SecondFactor.objects.update(last_step=-1)
    assert (
        signed_in(town.wu).post("/sign-in/code/", {"code": code_of(town.wu, steps=steps)}).status_code
        == status
    )


def test_who_needs_no_second_factor_pays_for_none(town: Town) -> None:
    client = signed_in(town.jiang)
    client.get("/account/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/account/")
    statements = [query["sql"] for query in captured if "accounts_secondfactor" in query["sql"]]
    assert len(statements) == 1  # what the page itself shows; getting in costs nothing


@pytest.mark.article(20)
def test_a_code_is_used_once(town: Town) -> None:
    enrolled(town.wu)
    code = code_of(town.wu)
    one, two = signed_in(town.wu), signed_in(town.wu)
    assert one.post("/sign-in/code/", {"code": code}).status_code == 302
    assert two.post("/sign-in/code/", {"code": code}).status_code == 422


def test_a_code_on_paper_is_used_once(town: Town) -> None:
    _, codes = enrolled(town.wu)
    one, two = signed_in(town.wu), signed_in(town.wu)
    assert one.post("/sign-in/code/", {"code": codes[0].upper()}).status_code == 302
    assert two.post("/sign-in/code/", {"code": codes[0]}).status_code == 422
    assert RecoveryCode.objects.exclude(used_at=None).count() == 1


def test_guessing_is_stopped(town: Town) -> None:
    enrolled(town.wu)
    client = signed_in(town.wu)
    answers = [client.post("/sign-in/code/", {"code": "12345x"}).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_nothing_of_the_secret_is_readable_in_the_database(town: Town) -> None:
    secret = begin_enrolment(town.wu)
    assert begin_enrolment(town.wu) == secret
    assert secret.encode() not in bytes(SecondFactor.objects.get().secret)


def test_users_who_lost_both_factors_are_reset_by_the_guard_and_enrol_again(town: Town) -> None:
    client, _ = enrolled(town.wu)
    with refused(NotPermitted):
        reset_second_factor(town.wu, at=clock.now(), by=town.wu)
    reset_second_factor(town.wu, at=clock.now(), by=town.shen)
    assert client.get("/account/").status_code == 302
    assert signed_in(town.wu).get("/")["Location"] == "/sign-in/enrol/"


def test_a_demonstration_account_has_a_public_password_and_needs_no_code(town: Town, settings: Any) -> None:
    settings.DEMO_MODE = True
    User.objects.filter(pk=town.wu.pk).update(is_demonstration=True)
    assert signed_in(User.objects.get(pk=town.wu.pk)).get("/account/").status_code == 200
