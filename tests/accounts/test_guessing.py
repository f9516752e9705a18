"""One password on many accounts, from one address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client

from accounts.guessing import MOST_FAILURES
from accounts.models import User
from common import clock
from tests.town import Town

PASSWORD = "puyang-2026-网格"
HERE, ELSEWHERE = "203.0.113.9", "203.0.113.10"


def sign_in(username: str, password: str = PASSWORD, *, address: str = HERE) -> int:
    said = {"username": username, "password": password}
    return Client().post("/sign-in/", said, REMOTE_ADDR=address).status_code


def fail(times: int, *, ago: timedelta = timedelta(0), address: str = HERE) -> None:
    for number in range(times // 5):
        attempt = AccessAttempt.objects.create(
            username=f"somebody{number}", ip_address=address, failures_since_start=5
        )
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=clock.now() - ago)


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
