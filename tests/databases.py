"""Databases for tests, each a copy of a template: made as the owner, used as the application's own role.

The application's role may not TRUNCATE, so Django's ``transaction=True`` tests cannot work here. A test that
needs real commits takes a database of its own (``own_database``, ``own_city``) and throws it away.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import connection

from frame import inbox, shell
from grids import levels, locate, maps, outlines
from puyang_grid.addresses import BASE_DIR, Addresses, addresses_from, with_database
from puyang_grid.roles import connect, drop_database, make_database, role_of
from puyang_grid.stamps import DATA, TABLES, Stamp
from workflow import queues
from workflow.rulebook import forget_rulebook
from worktime import calendars

LOADING = ("load_divisions", "load_calendar", "load_matters", "load_demo")
IS_WHOLE = (
    os.environ.get("TEST_CITY") == "whole"
)  # the city of `make demo`, instead of the small one of the tests
RULES = ("*/actions/*.py", "*/actions.py", "*/models.py")
KEPT_BY_THE_PROCESS = (
    locate._index_at,
    levels.level_of,
    maps._geojson_at,
    outlines._shapes_at,
    calendars._calendar_at,
    shell.posts_of,
    inbox._unread,
    queues._counts,
)
EMPTY, CITY = "template_empty", "template_city"


def run_var() -> Path:
    return Path(settings.VAR_DIR)


def run_addresses() -> Addresses:
    return addresses_from(os.environ, run_var())


def be_quick_rather_than_durable() -> None:
    """Let the test server not wait for the disk: test data need not survive a power cut.

    Tests of a killed server stay valid: the operating system keeps what a process has written.
    """
    if not run_addresses().embeds_postgres:
        return
    with closing(connect(_admin())) as admin, admin.cursor() as cursor:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            cursor.execute(f"ALTER SYSTEM SET {name} = off")
        cursor.execute("SELECT pg_reload_conf()")


def run_manage(words: list[str], database: str, *, as_owner: bool = False, **environ: str) -> str:
    """Run one management command on a database, in a process of its own; return what it printed."""
    addresses = run_addresses()
    whole = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "puyang_grid.settings.development",
        "DATABASE_URL": with_database(addresses.app, database),
        "DATABASE_OWNER_URL": with_database(addresses.owner, database),
        "DATABASE_ROLE": "owner" if as_owner else "app",
        "DEMO_MODE": "1",
        **environ,
    }
    command = [sys.executable, "manage.py", *words]
    done = subprocess.run(command, cwd=BASE_DIR, env=whole, check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(
            f"manage.py {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return done.stdout


def copy_of(template: str) -> str:
    """Make a database like ``template`` and return its name."""
    ensure_template(template)
    return new_database(template)


def new_database(template: str = "") -> str:
    """Make a database, without tables unless there is a template, and return its name."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{uuid4().hex[:8]}"
    _make(name, template=template)
    return name


def drop(name: str) -> None:
    with closing(connect(_admin())) as admin, admin.cursor() as cursor:
        drop_database(cursor, name)


def drop_leftovers() -> None:
    """Drop the copies that a killed run left in this folder's own server."""
    if not run_addresses().embeds_postgres:
        return
    with closing(connect(_admin())) as admin, admin.cursor() as cursor:
        cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'test\_%'")
        for (name,) in cursor.fetchall():
            drop_database(cursor, name)


def ensure_template(template: str) -> None:
    """Build a template unless the tables and the data are as they were when it was last built."""
    with (run_var() / f".{template}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = _stamp_of(template)
        if not stamp.has_changed():
            return
        stamp.kept_in.unlink(missing_ok=True)
        drop(template)
        if template == EMPTY:
            _make(EMPTY)
            run_manage(["create_tables", "--verbosity", "0"], EMPTY, as_owner=True)
            run_manage(["grant_app_role", "--verbosity", "0"], EMPTY, as_owner=True)
            run_manage(["begin_trace", "--verbosity", "0"], EMPTY)
        else:
            ensure_template(EMPTY)
            _make(CITY, template=EMPTY)
            for command in LOADING:
                run_manage([command, *(["--whole"] if IS_WHOLE and command == "load_demo" else [])], CITY)
            anchors = run_var() / "anchors" / "template.jsonl"
            anchors.unlink(missing_ok=True)  # of an earlier template, which was another database
            run_manage(["anchor"], CITY, AUDIT_ANCHOR_FILE=str(anchors))
        stamp.keep()


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Let Django's connection speak to another database for a while."""
    before = connection.settings_dict["NAME"]
    _speak_to(name)
    try:
        yield
    finally:
        _speak_to(before)


def _speak_to(name: str) -> None:
    """Change the database and forget what the process had kept of the other one."""
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name
    forget_kept()


def forget_kept() -> None:
    """Clear what this process caches by version: after a rollback the same version number comes again."""
    for kept in KEPT_BY_THE_PROCESS:
        kept.cache_clear()
    forget_rulebook()


def _stamp_of(template: str) -> Stamp:
    if template == EMPTY:
        return Stamp.of(template, run_var(), TABLES, salt=run_addresses().app)
    today = str(date.today())  # the city's cases are days old, and must not become weeks old
    return Stamp.of(
        template, run_var(), (*TABLES, *DATA, *RULES), salt=f"{run_addresses().app}{today}{IS_WHOLE}"
    )


def _make(name: str, *, template: str = "") -> None:
    addresses = run_addresses()
    with closing(connect(_admin())) as admin, admin.cursor() as cursor:
        make_database(cursor, name, owner=role_of(addresses.owner), template=template)
        cursor.execute(f'GRANT CONNECT ON DATABASE "{name}" TO "{role_of(addresses.app)}"')


def _admin() -> str:
    admin = run_addresses().admin
    if not admin:
        raise RuntimeError("Tests make databases: give DATABASE_URL an administrator's address, alone.")
    return admin
