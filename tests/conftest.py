"""The ground all tests stand on: real servers, started once for the run, and a database for each worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
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
    if not is_worker(config):
        start_servers(run_addresses(), run_var())
        be_quick_rather_than_durable()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker(config):
        stop_servers(run_var())


def is_worker(config: pytest.Config) -> bool:
    """Say whether this is one of several parallel workers; their parent looks after the servers."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that share a running city run on one worker, so that it is started once."""
    for item in items:
        if "live_city" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("live city"))


# What a machine may lack: the mark of the tests that need it, and what the closing lines call them.
COUNTED = {
    "journey": "journeys",
    "real_nginx": "tests of the real nginx",
    "real_pgbouncer": "tests of the real PgBouncer",
}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Close with how many tests ran that need more than Python, so that none can be skipped silently."""
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


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """An empty database in which commits are real, for this test alone."""
    yield from _database_of_its_own(EMPTY, django_db_blocker)


@pytest.fixture
def own_city(django_db_setup: None, django_db_blocker: DjangoDbBlocker, settings: Any) -> Iterator[str]:
    """The demonstration city in a database in which commits are real, for this test alone."""
    settings.DEMO_MODE = True  # else nobody there could sign in
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
    monkeypatch.setattr(rulebook, "FRESH_SECONDS", 3600.0)
    monkeypatch.setattr(shell, "FRESH_SECONDS", 3600.0)
    shell._hung.clear()
    forget_kept()
    return Town()
