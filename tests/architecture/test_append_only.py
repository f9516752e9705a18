"""What is append-only stays so for the application and for the owner too."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from common.append_only import append_only_models
from puyang_grid.addresses import with_database
from tests.databases import run_addresses

pytestmark = pytest.mark.django_db

TABLES = sorted(model._meta.db_table for model in append_only_models())
FORBIDDEN = (
    "UPDATE {table} SET id = id",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} ADD COLUMN extra integer",
    "DROP TABLE {table} CASCADE",
)


def test_the_four_traces_are_append_only() -> None:
    assert {"audit_entry", "audit_accessentry", "workflow_caseevent", "workflow_stageeffect"} <= set(TABLES)


def test_the_application_is_neither_superuser_nor_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("puyang_app", False, False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_may_not_change_a_trace(statement: str, table: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table))


@pytest.mark.parametrize("table", TABLES)
def test_a_truncate_by_the_owner_is_refused_by_the_trigger(table: str) -> None:
    url = with_database(run_addresses().owner, connection.settings_dict["NAME"])
    with closing(psycopg2.connect(url)) as owner, owner.cursor() as cursor:
        with pytest.raises(psycopg2.errors.RaiseException, match="Cannot truncate"):
            cursor.execute(f"TRUNCATE {table} CASCADE")
        owner.rollback()
