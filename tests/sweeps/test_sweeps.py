"""Sweeps: each row in its own transaction, failing rows later, no endless loop, late rows reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from threading import Barrier, get_ident
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, connection
from django.test import Client

from accounts.models import User
from common import clock
from sweeps.actions import AtFault, sweep, sweep_claimed, sweep_rows, sweep_together
from sweeps.due import finding, oldest_unfinished
from sweeps.models import Setback
from tests.town import MONDAY, Town

MINUTE = timedelta(minutes=1)


def poisonous(key: Any) -> bool:
    """Raise in the database itself for one key, as a row does that breaks a constraint."""
    User.objects.create(username=f"swept-{key}", name="扫")
    if key == 2:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    return True


def test_a_row_that_raises_holds_up_no_other_and_leaves_nothing_behind(town: Town) -> None:
    result = sweep("trial", [1, 2, 3], poisonous, at=MONDAY)
    assert (result.done, result.left) == (2, {2})
    assert set(User.objects.filter(name="扫").values_list("username", flat=True)) == {"swept-1", "swept-3"}
    setback = Setback.objects.get()
    assert (setback.sweep, setback.row, setback.attempts, setback.since) == ("trial", "2", 1, MONDAY)
    assert setback.reason.startswith("DataError: ")


def test_a_set_back_row_waits_longer_each_time_and_is_forgotten_once_it_is_done(town: Town) -> None:
    asked: list[Any] = []

    def fails(key: Any) -> bool:
        asked.append(key)
        raise IntegrityError("19912345678 already exists")

    at, waits = MONDAY, []
    for _ in range(12):
        sweep("trial", ["7"], fails, at=at)
        sweep("trial", ["7"], fails, at=at)  # too early: not asked
        setback = Setback.objects.get()
        waits.append((setback.next_attempt_at - at).total_seconds())
        at = setback.next_attempt_at
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == max(waits) == 600
    assert len(asked) == 12
    assert "19912345678" not in setback.reason
    assert sweep("trial", ["7"], lambda key: True, at=at).done == 1
    assert not Setback.objects.exists()


def test_rows_in_use_are_looked_at_once_and_not_counted(town: Town) -> None:
    """Two hundred locked rows at the front once made the sweep loop for ever."""
    User.objects.bulk_create(User(username=f"row-{number}", name="行") for number in range(450))
    looked: list[int] = []

    def act(pk: int) -> bool:
        looked.append(pk)
        return len(looked) > 300  # those at the front are held by somebody

    rows = User.objects.filter(name="行").order_by("pk")
    assert sweep_rows("trial", rows, act, at=MONDAY).done == 150
    assert len(looked) == len(set(looked)) == 450
    assert sweep_rows("trial", rows, act, at=MONDAY, most=10).done == 10


def test_what_is_done_together_is_done_one_by_one_when_it_raises(town: Town) -> None:
    chunks: list[list[int]] = []

    def act(keys: Any) -> int:
        chunks.append(list(keys))
        for key in keys:
            poisonous(key)
        return len(keys)

    result = sweep_together("trial", [1, 2, 3, 4], act, at=MONDAY, size=3)
    assert (result.done, result.left) == (3, {2})
    assert chunks == [[1, 2, 3], [4], [1], [2], [3]]
    assert User.objects.filter(name="扫").count() == 3


def test_many_that_raise_together_are_halved_until_few_are_left(town: Town) -> None:
    chunks: list[int] = []

    def act(keys: Any) -> int:
        chunks.append(len(keys))
        if 137 in keys:
            raise IntegrityError("poisoned")
        return len(keys)

    result = sweep_together("trial", list(range(400)), act, at=MONDAY, size=400)
    assert (result.done, result.left) == (399, {137})
    assert Setback.objects.get().row == "137"
    assert len(chunks) < 30 and chunks[0] == 400


def test_chunks_side_by_side_share_the_work_and_a_poisoned_row_is_found(own_database: str) -> None:
    both, done = Barrier(2), list[int]()

    def act(keys: Any) -> int:
        if 0 in keys or 10 in keys:
            both.wait(timeout=10)  # each thread has one of the first two chunks at the same moment
        for key in keys:
            User.objects.create(username=f"swept-{key}", name="扫")
        if 25 in keys:
            raise IntegrityError("poisoned")
        done.extend(keys)
        return len(keys)

    result = sweep_together("trial", list(range(60)), act, at=MONDAY, size=10, side_by_side=2)
    assert (result.done, result.left) == (59, {25})
    assert sorted(done) == [key for key in range(60) if key != 25]
    assert User.objects.filter(name="扫").count() == 59
    assert Setback.objects.get().row == "25"


def test_within_a_transaction_nothing_is_worked_on_side_by_side(town: Town) -> None:
    threads: set[int] = set()

    def act(keys: Any) -> int:
        threads.add(get_ident())
        return len(keys)

    assert sweep_together("trial", list(range(60)), act, at=MONDAY, size=10, side_by_side=2).done == 60
    assert threads == {get_ident()}


def swept_accounts(count: int) -> Any:
    """Accounts that are due until they are called 扫过."""
    User.objects.bulk_create(User(username=f"row-{number}", name="行") for number in range(count))
    return User.objects.filter(name="行").order_by("pk")


def test_a_batch_that_raises_is_halved_and_only_the_row_at_fault_is_left(town: Town) -> None:
    rows = swept_accounts(16)
    bad = rows[5].pk
    batches: list[int] = []

    def act(users: Sequence[User]) -> int:
        batches.append(len(users))
        done = User.objects.filter(pk__in=[user.pk for user in users]).update(name="扫过")
        if bad in [user.pk for user in users]:
            raise IntegrityError("poisoned")
        return done

    result = sweep_claimed("trial", rows, act, at=MONDAY, size=8)
    assert (result.done, result.left, batches) == (15, {bad}, [8, 4, 4, 2, 1, 1, 2, 8])
    assert [row.pk for row in rows.all()] == [bad]
    assert sweep_claimed("trial", rows, act, at=MONDAY, size=8).done == 0
    at = Setback.objects.get().next_attempt_at
    batches.clear()
    swept_accounts_again = User.objects.filter(username__in=["row-1", "row-2"]).update(name="行")
    assert sweep_claimed("trial", rows, act, at=at, size=8).done == swept_accounts_again == 2
    assert batches == [1, 2], "what failed before is tried alone"
    User.objects.filter(pk=bad).update(name="有人办了")
    sweep_claimed("trial", rows, act, at=at, size=8)
    assert not Setback.objects.exists()


def test_a_row_that_is_named_as_at_fault_is_not_searched_for(town: Town) -> None:
    rows = swept_accounts(16)
    bad = rows[5].pk
    batches: list[int] = []

    def act(users: Sequence[User]) -> int:
        batches.append(len(users))
        if bad in [user.pk for user in users]:
            raise AtFault(bad) from IntegrityError("poisoned")
        return User.objects.filter(pk__in=[user.pk for user in users]).update(name="扫过")

    result = sweep_claimed("trial", rows, act, at=MONDAY, size=8)
    assert (result.done, result.left, batches) == (15, {bad}, [8, 1, 7, 8])


def test_a_pass_over_claims_ends_at_its_limit_and_with_the_worker_s_time(town: Town) -> None:
    rows = swept_accounts(9)

    def act(users: Sequence[User]) -> int:
        return User.objects.filter(pk__in=[user.pk for user in users]).update(name="扫过")

    assert sweep_claimed("trial", rows, act, at=MONDAY, size=4, most=6).done == 6
    assert sweep_claimed("trial", rows, lambda keys: 0, at=MONDAY, size=2, most=6).done == 0

    def too_long(users: Sequence[User]) -> int:
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        sweep_claimed("trial", rows, too_long, at=MONDAY)
    assert not Setback.objects.exists()


def test_a_late_row_is_seen_by_readyz_within_a_minute(town: Town, client: Client) -> None:
    began = clock.now()
    sweep("trial", [1, 2], poisonous, at=began - 2 * MINUTE)
    assert oldest_unfinished(began)["trial"] == began - 2 * MINUTE
    assert finding().startswith("trial 1")
    answer = client.get("/readyz")
    assert answer.status_code == 200, "it serves all the same"
    assert answer.json()["status"] == "degraded"
    assert "trial" in answer.json()["sweeps"]


def test_what_is_young_alarms_nobody(town: Town, client: Client) -> None:
    sweep("trial", [1, 2], poisonous, at=clock.now())
    assert finding() == "ok"
    assert client.get("/readyz").json()["sweeps"] == "ok"


@pytest.mark.parametrize("key", ["7", 7])
def test_a_key_is_known_by_its_words(town: Town, key: Any) -> None:
    Setback.objects.create(
        sweep="trial", row="7", attempts=1, since=MONDAY, next_attempt_at=MONDAY + MINUTE, reason=""
    )
    assert sweep("trial", [key], lambda _: True, at=MONDAY).left == {key}


def test_what_somebody_finished_by_hand_no_longer_counts_as_a_failure(town: Town) -> None:
    sweep("trial", [1, 2, 3], poisonous, at=MONDAY)
    sweep("other", [2], poisonous, at=MONDAY)
    assert sweep("trial", [3], lambda key: True, at=MONDAY, are_all=False).done == 1
    assert set(Setback.objects.values_list("sweep", "row")) == {("trial", "2"), ("other", "2")}
    assert sweep("trial", [3], lambda key: True, at=MONDAY).done == 1
    assert set(Setback.objects.values_list("sweep", "row")) == {("other", "2")}


def test_a_worker_whose_time_is_over_stops_and_blames_no_row(town: Town) -> None:
    def too_long(key: Any) -> bool:
        raise SoftTimeLimitExceeded

    with pytest.raises(SoftTimeLimitExceeded):
        sweep("trial", [1], too_long, at=MONDAY)
    with pytest.raises(SoftTimeLimitExceeded):
        sweep_together("trial", [1], too_long, at=MONDAY)
    assert not Setback.objects.exists()
