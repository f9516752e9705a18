"""One password on many accounts, from one address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.actions import issue_first_password
from accounts.actions.leftovers import forget_what_is_over
from accounts.attempt_limits import note_failed_sign_in
from accounts.guessing import MOST_FAILURES
from accounts.models import FailedAttempt, User
from common import clock
from tests.doors import PASSWORD
from tests.town import Town

HERE, ELSEWHERE = "203.0.113.9", "203.0.113.10"


def sign_in(username: str, password: str = PASSWORD, *, address: str = HERE) -> int:
    fields = {"username": username, "password": password}
    return Client().post("/sign-in/", fields, REMOTE_ADDR=address).status_code


def fail(times: int, *, ago: timedelta = timedelta(0), address: str = HERE) -> None:
    for number in range(times):
        note_failed_sign_in(f"somebody{number // 5}", address, at=clock.now() - ago)


@pytest.fixture
def chen(town: Town) -> User:
    town.chen.set_password(PASSWORD)
    town.chen.save()
    return town.chen


def test_an_address_that_guesses_is_stopped_before_the_password_counts(chen: User) -> None:
    fail(MOST_FAILURES)
    answer = Client().post("/sign-in/", {"username": "chen", "password": PASSWORD}, REMOTE_ADDR=HERE)
    assert answer.status_code == 429
    assert "10 分钟后再试" in answer.content.decode()


def test_nobody_elsewhere_is_stopped_with_it(chen: User) -> None:
    fail(MOST_FAILURES)
    assert sign_in("chen", address=ELSEWHERE) == 302


def test_a_whole_office_may_mistype_and_old_failures_are_forgotten(chen: User) -> None:
    fail(MOST_FAILURES - 5)
    fail(MOST_FAILURES, ago=timedelta(minutes=11), address=ELSEWHERE)
    assert sign_in("chen") == 302
    assert sign_in("chen", address=ELSEWHERE) == 302


def test_real_failures_on_many_accounts_are_counted(chen: User) -> None:
    fail(MOST_FAILURES - 5)
    assert [sign_in(f"nobody{number}", "x") for number in range(6)] == [422] * 5 + [429]


# --- the patient ---------------------------------------------------------------------------------------------------


def mistype(name: str, times: int, *, ago: timedelta, address: str = HERE) -> None:
    for _ in range(times):
        note_failed_sign_in(name, address, at=clock.now() - ago)


@pytest.mark.parametrize(
    ("times", "ago", "words"),
    [
        (8, timedelta(minutes=14), "过15 分钟"),
        (16, timedelta(hours=1), "过2 小时"),
        (40, timedelta(hours=20), "过一天"),
    ],
)
def test_who_waits_between_guesses_waits_longer_and_longer(
    chen: User, times: int, ago: timedelta, words: str
) -> None:
    mistype("chen", times - 2, ago=ago)
    assert sign_in("chen", "falsch") == 422
    mistype("chen", 1, ago=ago)
    answer = Client().post("/sign-in/", {"username": "chen", "password": PASSWORD}, REMOTE_ADDR=HERE)
    assert answer.status_code == 429 and words in answer.content.decode()
    assert sign_in("chen", address=ELSEWHERE) == 302  # nobody is locked out of his own place


def test_an_account_that_does_not_exist_is_refused_alike(chen: User) -> None:
    mistype("niemand", 16, ago=timedelta(hours=1))
    assert sign_in("niemand") == 429


def test_signing_in_forgives_here_and_a_new_password_everywhere(chen: User, town: Town) -> None:
    mistype("chen", 15, ago=timedelta(hours=1))
    mistype("chen", 16, ago=timedelta(hours=1), address=ELSEWHERE)
    assert sign_in("chen") == 302
    assert FailedAttempt.objects.count() == 16
    for _ in range(8):
        sign_in("chen", "falsch")
    first = issue_first_password(chen, at=clock.now(), by=town.tang)
    assert sign_in("chen", first) == 302 and sign_in("chen", first, address=ELSEWHERE) == 302


def test_an_unknown_account_costs_the_same_hash_as_a_wrong_password(
    chen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda hasher, *given: hashed.append("once") or encode(hasher, *given)
    )
    counts = []
    for name in ("chen", "niemand"):
        hashed.clear()
        assert sign_in(name, "falsch") == 422
        counts.append(len(hashed))
    User.objects.filter(username="chen").update(is_active=False)
    hashed.clear()
    assert sign_in("chen") == 422
    assert [*counts, len(hashed)] == [1, 1, 1]


def test_neither_name_nor_address_stands_in_the_count_and_a_day_later_it_is_gone(chen: User) -> None:
    sign_in("chen", "falsch")
    row = FailedAttempt.objects.get()
    assert "chen" not in row.name_digest and HERE not in row.network_digest
    assert forget_what_is_over(at=clock.now()) == 0
    assert forget_what_is_over(at=clock.now() + timedelta(days=2)) == 1
    assert not FailedAttempt.objects.exists()
