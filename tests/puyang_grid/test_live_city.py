"""Losing Redis only delays tasks: the platform goes on and catches up by itself (F4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.request import urlopen

import pytest

from puyang_grid.pid_files import wait_until
from tests.live import LiveCity

pytestmark = pytest.mark.slow


def readiness(city: LiveCity) -> dict[str, str]:
    with urlopen(f"{city.url}/readyz", timeout=5) as response:
        found: dict[str, str] = json.load(response)
    return found


def relays(city: LiveCity) -> int:
    return city.log_of("worker").count('"task_succeeded"')


def test_a_city_without_redis_is_degraded_and_recovers_by_itself(
    new_live_city: Callable[..., LiveCity],
) -> None:
    city = new_live_city("web", "worker", "beat", RELAY_PERIOD="1")
    wait_until(lambda: relays(city) > 0, what="a first relay")
    city.kill_redis(forgetting=True)
    lost = readiness(city)
    assert (lost["status"], lost["redis"]) == ("degraded", "down")
    city.start_redis()
    assert readiness(city)["redis"] == "ok"
    wait_until(lambda: readiness(city)["status"] == "ready", patience=60, what="nothing being late any more")
    before = relays(city)
    wait_until(lambda: relays(city) > before, patience=20, what="a relay after the loss")
    assert city.is_running("worker")
    assert city.is_running("beat")
