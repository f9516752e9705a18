"""First passwords expire and are announced; length limits; guesses of one name from many networks (Art. 20)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actions import (
    bind_device,
    issue_device_code,
    issue_first_password,
    reset_second_factor,
    set_own_password,
    sign_out_everywhere,
)
from accounts.attempt_limits import note_failed_sign_in
from accounts.guessing import FREE, LONGEST_WAIT, remember_network, wait_after
from accounts.models import FailedAttempt, KnownNetwork, User
from accounts.passwords import LONGEST, SHORTEST
from common import clock
from common.errors import RuleViolation
from notifications.models import Outbox
from puyang_grid.addresses import with_database
from retention.actions import erase_what_is_over
from tests.cases import refused
from tests.databases import run_addresses
from tests.doors import PASSWORD
from tests.town import Town

AT_LIMIT = "濮阳Grid-" + "ab" * ((LONGEST - 7) // 2) + "c" * ((LONGEST - 7) % 2)
HOME = "203.0.113.9"


def sign_in(name: str, password: str, *, address: str = HOME, client: Client | None = None) -> Any:
    fields = {"username": name, "password": password}
    return (client or Client()).post("/sign-in/", fields, REMOTE_ADDR=address)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What reaches the password hasher."""
    found: list[str] = []
    encode = MD5PasswordHasher.encode

    def noting(hasher: Any, password: str, *given: Any) -> str:
        found.append(password)
        return encode(hasher, password, *given)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noting)
    return found


# --- first passwords -------------------------------------------------------------------------------------------------


@pytest.mark.article(20)
def test_a_first_password_ends_after_three_days_with_a_sentence(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = clock.now()
    first = issue_first_password(town.chen, at=at, by=town.tang)
    assert User.objects.get(username="chen").password_ends_at == at + timedelta(hours=72)
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(hours=71, minutes=59))
    browser = Client()
    assert sign_in("chen", first, client=browser).status_code == 302
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(hours=72))
    answer = sign_in("chen", first)
    assert answer.status_code == 422 and "初始密码已过 72 小时" in answer.content.decode()
    assert "初始密码" not in sign_in("chen", "falsch").content.decode()  # only who knows it is told
    left = browser.post("/sign-in/password/", {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert left["Location"] == "/sign-in/"  # whoever came in in time sets none any more
    assert User.objects.get(username="chen").must_set_password
    with refused(RuleViolation):
        set_own_password(town.chen, PASSWORD, at=clock.now())


@pytest.mark.article(20)
def test_the_database_knows_that_a_first_password_ends(town: Town) -> None:
    with pytest.raises(IntegrityError, match="a_first_password_ends"), transaction.atomic():
        User.objects.filter(pk=town.chen.pk).update(must_set_password=True)


def test_a_password_of_ones_own_does_not_end(town: Town) -> None:
    issue_first_password(town.chen, at=clock.now(), by=town.tang)
    set_own_password(User.objects.get(username="chen"), PASSWORD, at=clock.now())
    chen = User.objects.get(username="chen")
    assert not chen.must_set_password and chen.password_ends_at is None
    assert sign_in("chen", PASSWORD).status_code == 302


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("act", "word"),
    [
        (issue_first_password, "初始密码，72 小时内有效"),
        (issue_device_code, "手机绑定码"),
        (sign_out_everywhere, "退出登录"),
        (reset_second_factor, "双重验证"),
    ],
)
def test_the_owner_gets_a_notice_of_what_another_did_without_the_secret(
    town: Town, act: Callable[..., str | None], word: str
) -> None:
    secret = act(town.chen, at=clock.now(), by=town.tang)
    notice = Outbox.objects.get(audience=f"user:{town.chen.pk}", topic="account")
    assert word in notice.sentence and "Tang" in notice.sentence
    assert secret is None or secret not in notice.sentence


def test_ones_own_acts_need_no_message(town: Town) -> None:
    sign_out_everywhere(town.chen, at=clock.now(), by=town.chen)
    assert not Outbox.objects.filter(topic="account").exists()


# --- one length at both ends ---------------------------------------------------------------------------------------


def test_the_longest_password_that_may_be_set_opens_the_door(town: Town) -> None:
    assert len(AT_LIMIT) == LONGEST
    validate_password(AT_LIMIT, town.chen)
    set_own_password(town.chen, AT_LIMIT, at=clock.now())
    browser = Client()
    assert sign_in("chen", AT_LIMIT, client=browser).status_code == 302
    assert browser.post("/account/confirm/", {"password": AT_LIMIT}).status_code == 302


@pytest.mark.parametrize("password", ["x" * (SHORTEST - 1), AT_LIMIT + "x"])
def test_nothing_shorter_or_longer_is_set_anywhere(town: Town, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, town.chen)
    with refused(RuleViolation):
        set_own_password(town.chen, password, at=clock.now())


def test_what_is_too_long_is_refused_with_a_sentence_and_not_hashed(town: Town, hashed: list[str]) -> None:
    town.chen.set_password(PASSWORD)
    town.chen.save()
    browser = Client()
    assert sign_in("chen", PASSWORD, client=browser).status_code == 302
    hashed.clear()
    long = AT_LIMIT + "x"
    new = {"old_password": long, "new_password1": long, "new_password2": long}
    for answer in (
        sign_in("chen", long),
        browser.post("/account/password/", new),
        browser.post("/account/confirm/", {"password": long}),
    ):
        assert answer.status_code == 422 and f"密码最多 {LONGEST} 位" in answer.content.decode()
    assert (
        'maxlength="128"' not in browser.get("/account/confirm/").content.decode()
    )  # nothing is cut off unseen
    assert hashed == []
    assert not town.chen.check_password(long) and hashed == []
    with pytest.raises(ValueError, match="最多"):
        town.chen.set_password(long)


# --- one name, guessed from everywhere -------------------------------------------------------------------------------


@pytest.fixture
def chen(town: Town) -> User:
    town.chen.set_password(PASSWORD)
    town.chen.save()
    return town.chen


def guessed_from_everywhere(name: str, times: int, *, ago: timedelta = timedelta(0)) -> None:
    for number in range(times):
        note_failed_sign_in(name, f"198.51.{number // 250}.{number % 250}", at=clock.now() - ago)


@pytest.mark.article(20)
def test_a_name_guessed_from_many_networks_is_slowed_and_its_owner_is_not(chen: User, town: Town) -> None:
    assert sign_in("chen", PASSWORD).status_code == 302  # the network is known from now on
    guessed_from_everywhere("chen", FREE)
    strange = sign_in("chen", PASSWORD, address="192.0.2.77")
    assert strange.status_code == 429 and "过 1 分钟再试" in strange.content.decode()
    assert sign_in("chen", PASSWORD).status_code == 302
    code = issue_device_code(chen, at=clock.now(), by=town.tang)
    phone = Client()
    _, token = bind_device(chen, code, name="手机", at=clock.now())
    phone.cookies["device"] = token
    assert sign_in("chen", PASSWORD, address="192.0.2.78", client=phone).status_code == 302


@pytest.mark.article(20)
def test_asking_again_does_not_prolong_the_wait(chen: User) -> None:
    guessed_from_everywhere("chen", FREE, ago=timedelta(seconds=50))
    for _ in range(5):
        assert sign_in("chen", PASSWORD, address="192.0.2.77").status_code == 429
    assert FailedAttempt.objects.count() == FREE
    FailedAttempt.objects.all().delete()
    guessed_from_everywhere("chen", FREE, ago=timedelta(seconds=61))
    assert sign_in("chen", PASSWORD, address="192.0.2.77").status_code == 302


def test_a_name_that_does_not_exist_is_answered_alike(chen: User) -> None:
    for name in ("chen", "niemand"):
        guessed_from_everywhere(name, FREE)
        answer = sign_in(name, PASSWORD, address="192.0.2.77")
        assert answer.status_code == 429 and "过 1 分钟再试" in answer.content.decode()


def test_one_network_alone_slows_nobody_elsewhere(chen: User) -> None:
    for _ in range(3 * FREE):
        note_failed_sign_in("chen", "198.51.100.1", at=clock.now())
    assert sign_in("chen", PASSWORD, address="192.0.2.77").status_code == 302


def test_the_wait_grows_and_ends() -> None:
    waits = [wait_after(count) for count in (0, FREE - 1, FREE, FREE + 5, FREE + 10, FREE + 500)]
    minutes = [wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [0, 0, 1, 2, 4, 60] and waits[-1] == LONGEST_WAIT


@pytest.mark.slow
def test_strangers_try_a_name_one_after_the_other(own_database: str) -> None:
    """Another connection holds the lock of the name; a request from the owner's network does not wait for it."""
    chen = User.objects.create_user("chen", PASSWORD, name="Chen")
    remember_network(chen, HOME, at=clock.now())
    note_failed_sign_in("chen", "192.0.2.1", at=clock.now())
    digest = FailedAttempt.objects.get().name_digest
    address = with_database(run_addresses().app, own_database)
    with closing(psycopg2.connect(address)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
        strange = sign_in("chen", PASSWORD, address="192.0.2.77")
        assert strange.status_code == 429 and "正有别处在登录" in strange.content.decode()
        assert sign_in("chen", PASSWORD).status_code == 302
        other.rollback()
    assert sign_in("chen", PASSWORD, address="192.0.2.77").status_code == 302


def test_known_networks_are_digests_and_are_forgotten(chen: User) -> None:
    assert sign_in("chen", PASSWORD).status_code == 302
    assert sign_in("chen", PASSWORD).status_code == 302
    row = KnownNetwork.objects.get()
    assert HOME not in row.network_digest
    erase_what_is_over(at=clock.now() + timedelta(days=181))
    assert not KnownNetwork.objects.exists()
