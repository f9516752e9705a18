"""Jobs run in processes of their own; one that fails stops the loading with a sentence."""

from __future__ import annotations

import asyncio
import os

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


def test_a_loop_that_runs_around_it_gives_a_job_no_other_connection(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a thread with a browser's event loop Django keeps its connections elsewhere than in the child of a fork."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    assert answer_of_database() == 7  # a connection of the thread, outside of the loop

    async def beside_a_loop() -> list[int]:
        return side_by_side(answer_of_database, answer_of_database)

    assert asyncio.run(beside_a_loop()) == [7, 7]
    assert answer_of_database() == 7
