"""Limits work without Redis and for a whole network, and old counters are deleted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from redis.exceptions import ConnectionError as RedisIsGone

from accounts.actions.leftovers import forget_what_is_over
from accounts.counting import seconds_to_wait
from accounts.models import Counter
from common.web.client_address import network_of
from puyang_grid.settings import base
from tests.cases import case_in
from tests.doors import Visitor
from tests.town import MONDAY, Town

A_MINUTE = {"limit": 2, "seconds": 60}


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if Redis had gone: every question to it fails."""

    def gone(*args: object, **more: object) -> None:
        raise RedisIsGone

    for name in ("add", "incr", "get", "set", "count"):
        monkeypatch.setattr(type(cache._connections["default"]), name, gone)  # type: ignore[attr-defined]


def test_the_third_of_two_waits_until_the_window_is_over(db: None) -> None:
    waits = [seconds_to_wait("a", at=MONDAY + timedelta(seconds=n * 20), **A_MINUTE) for n in range(4)]
    assert waits == [0, 0, 20, 0]


def test_names_are_counted_apart_and_a_cost_counts_at_once(db: None) -> None:
    assert [seconds_to_wait(name, at=MONDAY, cost=2, **A_MINUTE) for name in ("a", "b", "a")] == [0, 0, 60]


def test_what_is_counted_at_the_same_moment_is_counted_once_each(own_database: str) -> None:
    def use(_: int) -> int:
        try:
            return seconds_to_wait("a", limit=10, seconds=60, at=MONDAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(use, range(40)))
    assert waits.count(0) == 10
    assert Counter.objects.get().uses == 40


def test_counters_that_are_over_are_forgotten_at_night(db: None) -> None:
    seconds_to_wait("a", at=MONDAY, **A_MINUTE)
    seconds_to_wait("b", at=MONDAY + timedelta(hours=1), **A_MINUTE)
    forget_what_is_over(at=MONDAY + timedelta(minutes=30))
    assert Counter.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.2.3.4", "10.2.3.4"),
        ("::ffff:10.2.3.4", "10.2.3.4"),
        ("2408:8000:1:2:3:4:5:6", "2408:8000:1:2::"),
        ("2408:8000:1:2::", "2408:8000:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("unix", "unix"),
        ("", ""),
    ],
)
def test_a_household_of_ipv6_counts_as_one(address: str, network: str) -> None:
    assert network_of(address) == network


def complaints(town: Town, address: Callable[[int], str], count: int) -> list[int]:
    fields = {"kind": "rude", "text": "说话不耐烦"}
    return [
        Client(REMOTE_ADDR=address(number)).post(f"/complain/{town.grid.code}/", fields).status_code
        for number in range(count)
    ]


def test_one_household_of_ipv6_is_one_complainant_without_redis_too(town: Town, no_redis: None) -> None:
    assert complaints(town, lambda number: f"2408:8000:1:2::{number:x}", 21) == [302] * 20 + [429]
    assert complaints(town, lambda number: "2408:8000:1:3::1", 1) == [302]


def test_codes_are_not_guessed_without_redis(town: Town, no_redis: None) -> None:
    answers = [Visitor().post("/complain/progress/", {"code": f"{n:016x}"}) for n in range(31)]
    assert [answer.status_code for answer in answers] == [422] * 30 + [429]
    assert 3000 < int(answers[-1]["Retry-After"]) <= 3600


def test_ratings_are_not_guessed_without_redis(town: Town, no_redis: None) -> None:
    answers = [Visitor().get(f"/r/{n:032x}/").status_code for n in range(41)]
    assert answers == [404] * 40 + [429]


def test_sign_ins_of_one_household_are_counted_together(town: Town) -> None:
    answers = [
        Client(REMOTE_ADDR=f"2408:8000:1:2::{number:x}")
        .post("/sign-in/", {"username": "chen", "password": "wrong"})
        .status_code
        for number in range(9)
    ]
    assert answers[0] == 422 and answers[-1] == 429


def rates(**limits: int) -> dict[str, dict[str, int]]:
    return {kind: {"account": 1000, "network": 1000, **limits} for kind in ("read", "write")}


def note(town: Town, who: Any) -> Any:
    body = {"version": case_in("awaiting_assignment", town).version}
    return Visitor(who).client.post(
        "/api/v1/cases/999999999/undo/",
        body,
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid4())},
    )


@pytest.mark.parametrize("whose", ["account", "network"])
def test_the_api_says_when_it_may_be_asked_again(
    town: Town, settings: Any, no_redis: None, whose: str
) -> None:
    settings.API_RATES = rates(**{whose: 2})
    answers = [note(town, town.zhao) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [404, 404, 429]
    refused = answers[-1]
    assert set(refused.json()) == {"code", "sentence", "field", "details", "request_id"}
    assert refused.json()["sentence"] == "操作太频繁，请稍后再试。"
    assert 0 < int(refused["Retry-After"]) <= 60
    assert note(town, town.wang).status_code == (404 if whose == "account" else 429)


def test_reads_are_counted_where_there_is_redis(town: Town, settings: Any) -> None:
    settings.API_RATES = rates(account=3)
    path, reader = "/api/v1/me/", Visitor(town.zhao)
    cache.delete(f"often:api:read:account:{town.zhao.pk}")
    answers = [reader.get(path) for _ in range(4)]
    cache.delete(f"often:api:read:account:{town.zhao.pk}")
    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    assert answers[-1]["Retry-After"] == "60"


def test_without_redis_the_api_is_still_read(town: Town, settings: Any, no_redis: None) -> None:
    settings.API_RATES = rates(account=1)
    assert [Visitor(town.zhao).get("/api/v1/me/").status_code for _ in range(3)] == [200] * 3


def test_outside_of_tests_there_are_rates() -> None:
    for kind, most in (("read", 6000), ("write", 2400)):
        assert 0 < base.API_RATES[kind]["account"] < base.API_RATES[kind]["network"] <= most
