"""Guesses of codes and passwords by a signed-in user are counted in the database and slowed down (Art. 20)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.actions.leftovers import forget_what_is_over
from accounts.attempt_limits import TooManyAttempts, forgive, note_failure, require_attempts_left
from accounts.models import FailedAttempt, User
from common import clock
from tests.cases import refused
from tests.doors import PASSWORD
from tests.town import MONDAY, Town


def fail(user: User, times: int, *, at: datetime) -> None:
    for _ in range(times):
        note_failure(user, "factor", at=at)


@pytest.mark.parametrize(
    ("times", "still", "free"),
    [
        (5, timedelta(minutes=9), timedelta(minutes=11)),
        (10, timedelta(minutes=59), timedelta(minutes=61)),
        (20, timedelta(hours=23), timedelta(hours=25)),
    ],
)
def test_the_more_wrong_ones_the_longer_it_takes(
    town: Town, times: int, still: timedelta, free: timedelta
) -> None:
    fail(town.wu, times - 1, at=MONDAY - timedelta(minutes=1))
    fail(town.wu, 1, at=MONDAY)
    with refused(TooManyAttempts):
        require_attempts_left(town.wu, "factor", at=MONDAY - timedelta(minutes=1) + still)
    require_attempts_left(town.wu, "factor", at=MONDAY + free)


def test_what_is_refused_is_one_kind_of_one_account(town: Town) -> None:
    fail(town.wu, 5, at=MONDAY)
    require_attempts_left(town.wu, "password", at=MONDAY)
    require_attempts_left(town.gu, "factor", at=MONDAY)


def test_a_right_one_forgives_and_what_is_a_day_old_is_gone(town: Town) -> None:
    fail(town.wu, 4, at=MONDAY)
    forgive(town.wu, "factor")
    fail(town.wu, 4, at=MONDAY)
    require_attempts_left(town.wu, "factor", at=MONDAY)
    fail(town.wu, 1, at=MONDAY + timedelta(days=2))
    forget_what_is_over(at=MONDAY + timedelta(days=2))
    assert FailedAttempt.objects.count() == 1


@pytest.mark.article(20)
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/account/confirm/", {"password": "falsch"}),
        (
            "/account/password/",
            {"old_password": "falsch", "new_password1": "龙都-2026", "new_password2": "x"},
        ),
    ],
)
def test_the_password_is_not_guessed_on_a_phone_that_lies_open(
    town: Town, path: str, fields: dict[str, str]
) -> None:
    town.chen.set_password(PASSWORD)
    town.chen.save()
    client = Client()
    client.force_login(town.chen)
    assert [client.post(path, fields).status_code for _ in range(6)] == [422] * 5 + [429]
    answer = client.post(path, {**fields, "old_password": PASSWORD, "password": PASSWORD})
    assert answer.status_code == 429
    assert "10 分钟" in answer.content.decode()
    assert FailedAttempt.objects.filter(at__lte=clock.now()).count() == 5
