"""Jobs run in processes of their own; one that fails stops the loading with a sentence."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from demo.side_by_side import JobFailed, side_by_side


def number_of_process() -> int:
    return os.getpid()


def answer_of_database() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        answer: int = cursor.fetchone()[0]
    return answer


def failing() -> int:
    raise ValueError("there is no such grid")


def test_each_job_has_a_process_and_a_connection_of_its_own(own_database: str) -> None:
    first, second, answer = side_by_side(number_of_process, number_of_process, answer_of_database)
    assert len({first, second, os.getpid()}) == 3
    assert answer == 7


def test_a_job_that_fails_is_not_passed_over(own_database: str) -> None:
    with pytest.raises(JobFailed, match="could not be loaded"):
        side_by_side(number_of_process, failing)


def answers_beside_a_loop() -> list[int]:
    """What two jobs answer that begin in a running loop, after its thread has had a connection outside of the loop."""
    assert answer_of_database() == 7

    async def both() -> list[int]:
        return side_by_side(answer_of_database, answer_of_database)

    try:
        return asyncio.run(both())
    finally:
        connection.close()


def test_a_loop_that_runs_around_it_gives_a_job_no_other_connection(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a thread with a browser's event loop Django keeps its connections elsewhere than in the child of a fork.

    The thread is one of its own, because a browser's loop may run in that of the tests already.
    """
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(answers_beside_a_loop).result() == [7, 7]
