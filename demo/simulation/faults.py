"""What goes wrong around the sweep: it is killed, cut off, doubled, locked out, or its store is emptied."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError, connection
from django.test.utils import override_settings

from sweeps.models import Setback

KINDS = ("killed", "cut off", "beside", "twice", "locked", "down", "emptied", "jumped", "stepped back")
OWN_STORE = "9"  # a store of Redis that nobody else uses, so that it can be emptied
FEW_AT_ONCE = 5  # stays in a batch, so that a kill falls between batches and within them


class Killed(BaseException):
    """The process of the sweep ends here: not an error that it could handle."""


@contextmanager
def own_store() -> Iterator[None]:
    """Use a store of Redis of one's own."""
    parts = urlsplit(str(settings.CACHES["default"]["LOCATION"]))
    query = urlencode({**dict(parse_qsl(parts.query)), "db": OWN_STORE})
    location = urlunsplit(parts._replace(query=query))
    if parts.scheme == "unix":  # urlunsplit would write unix:/path
        location = f"unix://{parts.path}?{query}"
    kept = {"default": {**settings.CACHES["default"], "LOCATION": location}}
    with override_settings(CACHES=kept):
        yield


def empty_store() -> None:
    """Lose everything that Redis holds."""
    caches["default"].clear()


@contextmanager
def in_silence() -> Iterator[None]:
    """Keep what the platform logs of an error that is meant out of the report."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def at_statement(number: int, act: Callable[[], None]) -> Iterator[None]:
    """Call ``act`` before the statement with this number."""
    left = number

    def count(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            act()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield


def killed(work: Callable[[], object], number: int) -> None:
    """Kill the sweep at a statement: its transaction is rolled back, what it had committed stays."""

    def kill() -> None:
        raise Killed

    with suppress(Killed), at_statement(number, kill):
        work()


def cut_off(work: Callable[[], object], number: int) -> None:
    """Let the database end the connection of the sweep at a statement."""
    other = connection.copy()

    def cut() -> None:
        backend = connection.connection.info.backend_pid
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    try:
        with in_silence(), suppress(DatabaseError, InterfaceError), at_statement(number, cut):
            work()
    finally:
        other.close()
        connection.close()


def beside(work: Callable[[], object], number: int) -> None:
    """Let a second sweep, with a connection of its own, run as a whole at a statement of the first."""

    def second() -> None:
        try:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '500ms'")  # it must never wait for the first
                work()
        finally:
            connection.close()

    def run() -> None:
        thread = Thread(target=second)
        thread.start()
        thread.join()

    with at_statement(number, run):
        work()


def locked(work: Callable[[], object], case: int) -> None:
    """Hold a case while the sweep runs, as somebody does who is acting on it."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT FROM workflow_case WHERE id = %s FOR UPDATE", [case])
            work()
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def set_back(at: datetime) -> bool:
    """Whether rows wait after a fault, so that a pass at ``at`` does not finish them."""
    return Setback.objects.filter(next_attempt_at__gt=at).exists()
