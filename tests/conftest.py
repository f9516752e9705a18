"""Shared fixtures: real servers, started once for the run, and a database for each worker."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import caches
from pytest_django.plugin import DjangoDbBlocker

from common import clock
from frame import shell
from puyang_grid.embedded import start_servers, stop_servers
from tests.databases import (
    CITY,
    EMPTY,
    be_quick_rather_than_durable,
    connected_to,
    copy_of,
    drop,
    forget_kept,
    run_addresses,
    run_var,
)
from tests.schedule import Schedule
from tests.town import Town, build_town
from workflow import rulebook

pytest_plugins = ["tests.live", "tests.browser"]

hypothesis.settings.register_profile("house", deadline=None, print_blob=True, derandomize=True)
hypothesis.settings.load_profile("house")


# The run starts some dozens of Python processes: without compiled files each would compile the whole project anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Schedule())
    keep_files_apart()
    if not is_worker(config):
        start_servers(run_addresses(), run_var())
        be_quick_rather_than_durable()


def keep_files_apart() -> None:
    """Let each worker have its own folder of uploads: names that two workers give alike are two files."""
    settings.MEDIA_ROOT = run_var() / f"media-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker(config):
        stop_servers(run_var())


def is_worker(config: pytest.Config) -> bool:
    """Say whether this is one of several parallel workers; their parent looks after the servers."""
    return hasattr(config, "workerinput")


# What a machine may lack: the mark of the tests that need it, and what the closing lines call them.
COUNTED = {
    "journey": "journeys",
    "real_nginx": "tests of the real nginx",
    "real_pgbouncer": "tests of the real PgBouncer",
}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Report how many tests ran that need more than Python, so that none can be skipped silently."""
    for mark, called in COUNTED.items():
        found = {
            outcome: [
                report
                for report in terminalreporter.getreports(outcome)
                if mark in getattr(report, "keywords", ())
            ]
            for outcome in ("passed", "failed", "error", "skipped")
        }
        terminalreporter.write_line(f"{called} run: {len(found['passed'] + found['failed'])}")
        not_run = found["skipped"] + [report for report in found["error"] if report.when == "setup"]
        if not_run:
            terminalreporter.write_line(f"{called} NOT run: {len(not_run)}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Give this worker a migrated, empty database, seen as the application's own role."""
    name = copy_of(EMPTY)
    with django_db_blocker.unblock(), connected_to(name):
        yield
    drop(name)


@pytest.fixture(autouse=True)
def cache_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has its own cache prefix: its counters begin at 0, and other workers' are not cleared."""
    monkeypatch.setattr(caches["default"], "key_prefix", uuid4().hex)


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """An empty database in which commits are real, for this test alone."""
    yield from _database_of_its_own(EMPTY, django_db_blocker)


@pytest.fixture
def own_city(django_db_setup: None, django_db_blocker: DjangoDbBlocker, settings: Any) -> Iterator[str]:
    """The demonstration city in a database in which commits are real, for this test alone."""
    settings.DEMO_MODE = True  # else nobody there could sign in
    settings.MEDIA_ROOT = settings.VAR_DIR / "media"  # where the city's photos are
    yield from _database_of_its_own(CITY, django_db_blocker)


def _database_of_its_own(template: str, blocker: DjangoDbBlocker) -> Iterator[str]:
    name = copy_of(template)
    with blocker.unblock(), connected_to(name):
        yield name
    drop(name)


@pytest.fixture(scope="session")
def town_is_built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Write the cast into this worker's database, once."""
    with django_db_blocker.unblock():
        build_town()


@pytest.fixture
def town(town_is_built: None, db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The cast, read afresh; what the test does to it is rolled back.

    Limits and the clock are read once in a test, so that statements can be counted whatever else the machine does.
    """
    monkeypatch.setattr(clock, "FRESH_SECONDS", 3600.0)
    monkeypatch.setattr(clock, "NEAR_SECONDS", 3600.0)
    clock.now()
    monkeypatch.setattr(rulebook, "FRESH_SECONDS", 3600.0)
    monkeypatch.setattr(shell, "FRESH_SECONDS", 3600.0)
    shell._hung.clear()
    forget_kept()
    return Town()
