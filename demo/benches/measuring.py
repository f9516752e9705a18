"""Measurements compared with raw SQL on the same tables, interleaved in one process.

Everything happens in a scratch database that is dropped afterwards; the seeds are fixed.
"""

from __future__ import annotations

import gzip
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import User
from puyang_grid.addresses import BASE_DIR, addresses_from, with_database
from puyang_grid.roles import connect, drop_database, make_database, role_of

SCRATCH = "puyang_bench"
LOADING = ("load_divisions", "load_calendar", "load_matters", "load_demo")


@dataclass
class Series:
    """Times of one path in milliseconds."""

    name: str
    times: list[float] = field(default_factory=list)

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """The 95th percentile, to which the limits for pages refer."""
        return statistics.quantiles(self.times, n=100)[94]

    @property
    def p99(self) -> float:
        """The 99th percentile."""
        return statistics.quantiles(self.times, n=100)[98]

    def line(self) -> str:
        """One line of the report."""
        times = "   ".join(f"{name} {getattr(self, name):8.3f} ms" for name in ("p50", "p95", "p99"))
        return f"{self.name:<44} {times}   n={len(self.times)}"


@contextmanager
def scratch_city(*, loading: Sequence[str] = LOADING) -> Iterator[None]:
    """Create a database with the demo city, connect to it as the application, and drop it afterwards."""
    addresses = addresses_from(os.environ, settings.VAR_DIR)
    if not addresses.admin:
        raise RuntimeError(
            "The benchmark makes a database: give DATABASE_URL an administrator's address, alone."
        )
    with closing(connect(addresses.admin)) as admin, admin.cursor() as cursor:
        drop_database(cursor, SCRATCH)
        make_database(cursor, SCRATCH, owner=role_of(addresses.owner))
        cursor.execute(f'GRANT CONNECT ON DATABASE "{SCRATCH}" TO "{role_of(addresses.app)}"')
    before = connection.settings_dict["NAME"]
    try:
        for words in (["create_tables", "-v0"], ["grant_app_role", "-v0"]):
            manage(words, as_owner=True)
        for command in (
            ["begin_trace", "-v0"],
            ["collectstatic", "--no-input", "-v0"],
            *([name] for name in loading),
        ):
            manage(command)
        connection.close()
        connection.settings_dict["NAME"] = SCRATCH
        with override_settings(DEMO_MODE=True):  # otherwise its accounts cannot sign in
            yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        with closing(connect(addresses.admin)) as admin, admin.cursor() as cursor:
            drop_database(cursor, SCRATCH)


def scratch_environ(*, as_owner: bool = False) -> dict[str, str]:
    """The environment for a process that works on the scratch database."""
    addresses = addresses_from(os.environ, settings.VAR_DIR)
    return {
        **os.environ,
        "DATABASE_URL": with_database(addresses.app, SCRATCH),
        "DATABASE_OWNER_URL": with_database(addresses.owner, SCRATCH),
        "DATABASE_ROLE": "owner" if as_owner else "app",
        "DEMO_MODE": "1",
    }


def manage(words: list[str], *, as_owner: bool = False) -> None:
    """Run a management command on the scratch database in a separate process."""
    environ = scratch_environ(as_owner=as_owner)
    subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=BASE_DIR,
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
    )


class Visitor:
    """A signed-in user of the scratch city; a response other than 200 ends the measurement."""

    def __init__(self, user: User) -> None:
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(user)

    def get(self, address: str, query: dict[str, str] | None = None) -> bytes:
        """Return the content of an address."""
        answer = self.client.get(address, query)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}; nothing is reported.")
        return answer.content

    def describe(self, address: str, query: dict[str, str] | None = None) -> str:
        """Return the size and cost of one response, as a line of the report."""
        self.get(address, query)
        with CaptureQueriesContext(connection) as captured:
            content = self.get(address, query)
        return (
            f"{address} {len(content):,} 字节，压缩后 {len(gzip.compress(content)):,}，{len(captured)} 条 SQL"
        )


def as_owner(statement: str) -> None:
    """Run one statement on the scratch database as the owner."""
    addresses = addresses_from(os.environ, settings.VAR_DIR)
    with closing(connect(with_database(addresses.owner, SCRATCH))) as owner, owner.cursor() as cursor:
        cursor.execute(statement)


def settings_of_server() -> dict[str, str]:
    """The durability settings; without them a result means little."""
    wanted = ("fsync", "full_page_writes", "synchronous_commit", "server_version", "shared_buffers")
    with connection.cursor() as cursor:
        shown = {}
        for name in wanted:
            cursor.execute(f"SHOW {name}")
            shown[name] = str(cursor.fetchone()[0])
    if "off" in (shown["fsync"], shown["full_page_writes"], shown["synchronous_commit"]):
        raise RuntimeError("Durability is switched off; nothing is reported.")
    return shown


def interleave(paths: dict[str, Callable[[], object]], *, rounds: int, warm_up: int = 20) -> list[Series]:
    """Run the paths A B C A B C …, so that a disturbance affects all of them equally."""
    series = {name: Series(name) for name in paths}
    for turn in range(warm_up + rounds):
        for name, path in paths.items():
            started = perf_counter()
            path()
            if turn >= warm_up:
                series[name].times.append((perf_counter() - started) * 1000)
    return list(series.values())
