"""Runs jobs at the same time, each in a process of its own: threads of one process would share one processor."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing import get_context, get_start_method
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Job = Callable[[], int]


class JobFailed(RuntimeError):
    """A job has ended with an exception, which it has printed."""


def side_by_side(*jobs: Job) -> list[int]:
    """Run the jobs and return their results in order; raises :class:`JobFailed` if one of them fails.

    A job has its own connection, to the database its parent speaks to, and its own transactions. Where a process cannot
    be forked safely (macOS), the jobs run one after another.
    """
    if get_start_method() != "fork":
        return [job() for job in jobs]
    fork = get_context("fork")
    started = []
    for job in jobs:
        answer, sender = fork.Pipe(duplex=False)
        process = fork.Process(target=_run, args=(job, connection.copy(), sender), daemon=True)
        process.start()
        sender.close()
        started.append((process, answer))
    return [_result_of(process, answer) for process, answer in started]


def _run(job: Job, own: BaseDatabaseWrapper, sender: Connection) -> None:
    connections[DEFAULT_DB_ALIAS] = (
        own  # which connection a child inherits depends on whether a loop runs around it
    )
    try:
        sender.send(job())
    finally:
        connection.close()


def _result_of(process: BaseProcess, answer: Connection) -> int:
    try:
        result: int = answer.recv()
    except EOFError as end:
        raise JobFailed("A part of the demonstration could not be loaded; see the lines above.") from end
    process.join()
    return result
