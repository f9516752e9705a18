"""The clock acts exactly once, whatever happens to the processes that carry it out (F2, F3, F4, F11).

Real workers, a real broker, real kills. Each city starts as a copy of the same one with every open clock run
out; what was done in it must equal what one undisturbed sweep does in a twin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest

from puyang_grid.pid_files import wait_until
from tests.live import LiveCity, found_city

pytestmark = [
    pytest.mark.slow,
    pytest.mark.article(18),
    pytest.mark.xdist_group("exactly once"),  # the twin that is left alone is made once
]

Trace = dict[str, Counter[tuple[Any, ...]]]
QUICK = {"SWEEP_PERIOD": "0.5", "RELAY_PERIOD": "0.5"}

RUN_OUT = """
UPDATE workflow_stage SET
  alarms = (
    SELECT jsonb_agg(jsonb_build_array(alarm->>0, to_char(
        ((alarm->>1)::timestamptz - interval '90 days') AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'
      )) ORDER BY place)
    FROM jsonb_array_elements(alarms) WITH ORDINALITY AS listed(alarm, place)
  ),
  started_at = started_at - interval '90 days',
  due_at = due_at - interval '90 days',
  next_action_at = next_action_at - interval '90 days'
WHERE ended_at IS NULL AND jsonb_array_length(alarms) > 0;
UPDATE workflow_case SET due_at = workflow_stage.due_at FROM workflow_stage
WHERE workflow_stage.case_id = workflow_case.id AND workflow_stage.ended_at IS NULL
AND workflow_stage.share_id IS NULL;  -- a unit invited to a conference has a stay too
"""
DUE = "SELECT count(*) FROM workflow_stage WHERE ended_at IS NULL AND next_action_at <= clock_timestamp()"
OWED = """
SELECT count(*) FROM notifications_outbox
WHERE delivered_at IS NULL AND next_attempt_at <= clock_timestamp()
"""
DONE = "SELECT count(*) FROM workflow_stageeffect"
TRACES = {
    "effects": """
        SELECT s.case_id, e.rule FROM workflow_stageeffect e JOIN workflow_stage s ON s.id = e.stage_id""",
    "events": "SELECT case_id, verb, to_status, level FROM workflow_caseevent",
    # Boards are brought up to date some hundred a minute: how many links that makes depends on how long a test ran.
    "entries": "SELECT subject, verb FROM audit_entry WHERE subject !~ '^board:'",
    "messages": "SELECT audience, topic, subject FROM notifications_message",
    "owed": "SELECT audience, topic, subject FROM notifications_outbox",
}


def count(city: LiveCity, statement: str) -> int:
    return int(city.sql(statement)[0][0])


def run_out(city: LiveCity) -> None:
    """Make every open stage overdue."""
    city.sql(RUN_OUT)
    assert count(city, DUE) > 20


def is_quiet(city: LiveCity) -> bool:
    return count(city, DUE) == 0 and count(city, OWED) == 0


def trace_of(city: LiveCity) -> Trace:
    return {name: Counter(city.sql(statement)) for name, statement in TRACES.items()}


@pytest.fixture(scope="module")
def undisturbed() -> Trace:
    """The effects of one sweep without interference."""
    city = found_city()
    try:
        run_out(city)
        city.manage("sweep")
        assert is_quiet(city)
        return trace_of(city)
    finally:
        city.end()


def assert_done_exactly_once(city: LiveCity, undisturbed: Trace) -> None:
    wait_until(lambda: is_quiet(city), patience=90, what="the end of all due work")
    found = trace_of(city)
    assert found["effects"]
    for name, expected in undisturbed.items():
        assert found[name] - expected == Counter(), f"{name}: done more than once"
        assert expected - found[name] == Counter(), f"{name}: not done"
    assert "不成立" not in city.manage("verify")


def test_several_sweepers_at_once_act_once(
    new_live_city: Callable[..., LiveCity], undisturbed: Trace
) -> None:
    city = new_live_city("worker", "worker-2", **QUICK)
    by_hand = [city.spawn("sweep", "--loop", "0.1") for _ in range(2)]
    run_out(city)
    city.start("beat")
    assert_done_exactly_once(city, undisturbed)
    for sweeper in by_hand:
        assert sweeper.poll() is None
        sweeper.kill()
        sweeper.communicate()


def test_a_worker_killed_in_the_middle_of_a_batch_loses_and_doubles_nothing(
    new_live_city: Callable[..., LiveCity], undisturbed: Trace
) -> None:
    city = new_live_city("beat", SWEEP_AT_ONCE="3", **QUICK)  # else all would be one batch, done or not
    run_out(city)
    cut_off = 0
    for _ in range(4):
        before = count(city, DONE)
        city.start("worker")
        wait_for_progress(city, beyond=before)
        city.kill("worker")
        cut_off += count(city, DONE) > before and count(city, DUE) > 0
    assert cut_off, "no batch was cut off: the proof proves nothing"
    city.start("worker")
    assert_done_exactly_once(city, undisturbed)


def wait_for_progress(city: LiveCity, *, beyond: int) -> None:
    """Wait until a batch has begun, or nothing is left to begin."""

    def has_begun() -> bool:
        return count(city, DONE) > beyond or is_quiet(city)

    wait_until(has_begun, patience=60, pause=0.005, what="the first effect")


def test_a_redis_that_is_flushed_and_lost_loses_and_doubles_nothing(
    new_live_city: Callable[..., LiveCity], undisturbed: Trace
) -> None:
    city = new_live_city("worker", "beat", **QUICK)
    run_out(city)
    until = monotonic() + 4
    while monotonic() < until:
        city.flush_redis()
        sleep(0.1)
    city.kill_redis(forgetting=True)
    sleep(1)
    city.start_redis()
    assert_done_exactly_once(city, undisturbed)
    assert city.is_running("worker")
    assert city.is_running("beat")
