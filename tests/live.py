"""A city at work: real gunicorn, Celery and Valkey processes over a copy of the demonstration city.

``live_city`` is shared by the tests of one worker; ``new_live_city`` makes one for a test that breaks things.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import psycopg2
import pytest
from redis import Redis

from demo.running import children_commands
from puyang_grid.addresses import BASE_DIR, valkey_socket, with_database
from puyang_grid.embedded import kill_valkey, start_valkey, stop_servers
from puyang_grid.pid_files import kill, recorded_child, start_recorded, still_alive, stop_recorded, wait_until
from puyang_grid.stamps import ASSETS, Stamp
from tests.databases import CITY, copy_of, drop, drop_leftovers, run_addresses, run_manage, run_var


@dataclass
class LiveCity:
    """The processes of one running platform by name: ``web``, ``worker``, ``worker-2``, ``beat``."""

    database: str
    var: Path
    port: int
    environ: dict[str, str]
    names: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, name: str) -> psutil.Process:
        """Start one process; ``worker-2`` is a second worker."""
        command = children_commands(self.port)[name.partition("-")[0]]
        if name.startswith("worker"):
            command = [*command, "--hostname", f"{name}@%h"]
        child = start_recorded(name, command, var=self.var, environ=self.environ)
        if name not in self.names:
            self.names.append(name)
        if name == "web":
            wait_until(self.answers, patience=60, what="the web server's answer")
        return child

    def stop(self, name: str) -> None:
        """End one process in good order."""
        stop_recorded(name, self.var)

    def kill(self, name: str) -> None:
        """End one process and its children as a power cut would."""
        process = recorded_child(name, self.var)
        if process is None:
            return
        family = [process, *process.children(recursive=True)]
        for member in family:
            kill(member)
        still_alive(family, patience=10)

    def is_running(self, name: str) -> bool:
        return recorded_child(name, self.var) is not None

    def kill_redis(self, *, forgetting: bool = False) -> None:
        kill_valkey(self.var, forgetting=forgetting)

    def start_redis(self) -> None:
        start_valkey(self.var)

    def flush_redis(self) -> None:
        """Empty Redis, queues and all."""
        self.redis().flushall()

    def redis(self) -> Redis:
        return Redis(unix_socket_path=str(valkey_socket(self.var)))

    def manage(self, *words: str) -> str:
        """Run a management command in this city; return what it printed."""
        return run_manage(list(words), self.database, **self._settings())

    def spawn(self, *words: str) -> subprocess.Popen[str]:
        """Start a management command beside the others (a second sweeper, say); the caller ends it."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env=self.environ,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def sql(self, statement: str, values: Sequence[Any] = (), *, as_owner: bool = False) -> list[Any]:
        """Run one statement and return its rows; as the application's role unless said otherwise."""
        addresses = run_addresses()
        url = with_database(addresses.owner if as_owner else addresses.app, self.database)
        with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/livez", timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def log_of(self, name: str) -> str:
        path = self.var / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def end(self) -> None:
        """Stop everything and throw the city away."""
        for name in reversed(self.names):
            stop_recorded(name, self.var, patience=10)
        stop_servers(self.var)
        drop(self.database)
        shutil.rmtree(self.var, ignore_errors=True)

    def _settings(self) -> dict[str, str]:
        names = ("REDIS_URL", "PUYANG_VAR", "STATIC_ROOT", "DEBUG", "DEMO_MODE")
        return {name: self.environ[name] for name in names}


def found_city(**environ: str) -> LiveCity:
    """Copy the city, give it a Valkey and a folder of its own; no process of ours runs in it yet."""
    database = copy_of(CITY)
    var = run_var() / f"live-{database.rpartition('_')[2]}"
    addresses = run_addresses()
    settings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "puyang_grid.settings.development",
        "DATABASE_URL": with_database(addresses.app, database),
        "DATABASE_OWNER_URL": with_database(addresses.owner, database),
        "REDIS_URL": f"unix://{valkey_socket(var)}?db=0",
        "PUYANG_VAR": str(var),
        "STATIC_ROOT": str(run_var() / "static"),
        "DEBUG": "0",
        "DEMO_MODE": "1",
        "LOG_LEVEL": "INFO",
        **environ,
    }
    start_valkey(var)
    var.mkdir(parents=True, exist_ok=True)
    shutil.copy(run_var() / "secrets.json", var)  # else nothing that the city has sealed would open
    collect_assets(settings)
    shutil.copytree(run_var() / "media", var / "media", copy_function=os.link, dirs_exist_ok=True)
    return LiveCity(database=database, var=var, port=free_port(), environ=settings)


def collect_assets(environ: dict[str, str]) -> None:
    """Lay the assets out as production does, unless that was done for the same files; one worker at a time."""
    stamp = Stamp.of("assets", run_var(), ASSETS)
    with (run_var() / "assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.has_changed():
            return
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity", "0"]
        subprocess.run(command, cwd=BASE_DIR, env=environ, check=True)
        stamp.keep()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Before any worker starts, the parent clears the ground."""
    if not hasattr(session.config, "workerinput"):
        end_leftovers()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """After every worker has ended, the parent ends processes that a killed worker may have left."""
    if not hasattr(session.config, "workerinput"):
        end_leftovers()


def end_leftovers() -> None:
    """Clean up after a test run that was killed: its processes, its folders, its databases."""
    for var in run_var().glob("live-*"):
        for record in (var / "pids").glob("*.json"):
            stop_recorded(record.stem, var, patience=5)
        shutil.rmtree(var, ignore_errors=True)
    drop_leftovers()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def live_city() -> Iterator[LiveCity]:
    """The shared city with web, worker and beat; tests may use it but must not break it.

    No sweep of the cases comes between two clicks of a journey: which limits of the demonstration lapse within these
    minutes depends on the hour of the run. What comes on its day comes at once.
    """
    city = found_city(SWEEP_PERIOD="3600", CALENDAR_PERIOD="2")
    try:
        for name in ("web", "worker", "beat"):
            city.start(name)
        yield city
    finally:
        city.end()


@pytest.fixture
def new_live_city() -> Iterator[Callable[..., LiveCity]]:
    """Make cities that a test may break: ``city = new_live_city("web", "worker", SWEEP_PERIOD="1")``."""
    founded: list[LiveCity] = []

    def found(*names: str, **environ: str) -> LiveCity:
        city = found_city(**environ)
        founded.append(city)
        for name in names:
            city.start(name)
        return city

    yield found
    for city in founded:
        city.end()
