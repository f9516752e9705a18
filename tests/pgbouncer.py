"""A real PgBouncer with our settings, in front of the test run's own PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2

from puyang_grid.addresses import BASE_DIR, postgres_socket_dir
from puyang_grid.pid_files import wait_until
from tests.databases import run_addresses, run_var
from tests.live import free_port

PLACES = ("/usr/sbin/pgbouncer", "/usr/local/bin/pgbouncer")
ACCOUNTS = ("postgres", "nobody")  # it refuses to run as root
PORT = "5432"


def pgbouncer_program() -> str:
    """Return where PgBouncer is, or nothing."""
    return shutil.which("pgbouncer") or next((place for place in PLACES if Path(place).exists()), "")


def why_not() -> str:
    """Say what this machine lacks; empty when PgBouncer can be tried here."""
    if not pgbouncer_program():
        return "no PgBouncer on this machine (apt install pgbouncer)"
    if not run_addresses().embeds_postgres:
        return "the test run's PostgreSQL is elsewhere"
    return "" if account() else "PgBouncer refuses to run as root, and there is no other account"


def account() -> str:
    """Return the account that it runs under: our own, or an ordinary one when we are root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid()).pw_name
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ACCOUNTS if name in known), "")


@dataclass(frozen=True)
class Pooler:
    port: int
    database: str
    log: Path

    def url(self, role_url: str = "") -> str:
        """Return the address of the application's role, or of another role, by way of the pooler."""
        parts = urlsplit(role_url or run_addresses().app)
        login = parts.netloc.rpartition("@")[0]
        return urlunsplit(("postgresql", f"{login}@127.0.0.1:{self.port}", self.database, "", ""))

    def connect(self, **more: Any) -> Any:
        return psycopg2.connect(self.url(), connect_timeout=5, **more)


@contextmanager
def pooler(database: str) -> Iterator[Pooler]:
    """Start PgBouncer for one database, by the container's own entry point."""
    folder = Path(tempfile.mkdtemp(prefix="puyang-pgbouncer-"))
    found = Pooler(free_port(), database, folder / "log")
    child = _start(found, folder)
    try:
        wait_until(lambda: _answers(found) or child.poll() is not None, what="PgBouncer's answer")
        if child.poll() is not None:
            raise RuntimeError(f"PgBouncer does not start: {found.log.read_text()}")
        yield found
    finally:
        child.terminate()
        child.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _start(found: Pooler, folder: Path) -> subprocess.Popen[bytes]:
    secret = folder / "password"
    secret.write_text(unquote(urlsplit(run_addresses().app).password or "") + "\n")
    environ = {
        "PATH": os.environ.get("PATH", ""),
        "PGBOUNCER": pgbouncer_program(),
        "PGBOUNCER_RUN": str(folder / "run"),
        "PGBOUNCER_ADDRESS": "127.0.0.1",
        "PGBOUNCER_PORT": str(found.port),
        "DATABASE_HOST": str(postgres_socket_dir(run_var())),
        "DATABASE_PORT": PORT,
        "DATABASE_NAME": found.database,
        "DATABASE_APP_PASSWORD_FILE": str(secret),
    }
    as_whom: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(account())
        as_whom = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        for path in (folder, secret):
            os.chown(path, entry.pw_uid, entry.pw_gid)
    with found.log.open("wb") as log:
        return subprocess.Popen(
            ["sh", "deploy/pgbouncer/entrypoint.sh"],
            cwd=BASE_DIR, env=environ, stdout=log, stderr=log, **as_whom,
        )  # fmt: skip


def _answers(found: Pooler) -> bool:
    try:
        found.connect().close()
    except psycopg2.OperationalError:
        return False
    return True
