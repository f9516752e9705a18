"""Append-only tables refuse changes by the application and by the owner."""

from __future__ import annotations

import re
from contextlib import closing

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction

from common.records.append_only import append_only_models
from puyang_grid.addresses import with_database
from tests.cases import reported
from tests.databases import run_addresses
from tests.faults import assert_none
from tests.town import Town

pytestmark = pytest.mark.django_db

KEYS = {model._meta.db_table: model._meta.pk.column for model in append_only_models()}
TABLES = sorted(KEYS)
REFUSED = r"permission denied|must be owner"
FORBIDDEN = (
    "UPDATE {table} SET {key} = {key}",
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


def is_refused(statement: str) -> bool:
    """Whether the database refuses the statement to the application; an accepted one is rolled back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as refusal:
        return re.search(REFUSED, str(refusal)) is not None
    return False


def test_the_application_may_not_change_a_trace() -> None:
    assert_none(
        attempt
        for statement in FORBIDDEN
        for table, key in KEYS.items()
        if not is_refused(attempt := statement.format(table=table, key=key))
    )


def test_a_truncate_by_the_owner_is_refused_by_the_trigger() -> None:
    url = with_database(run_addresses().owner, connection.settings_dict["NAME"])
    with closing(psycopg2.connect(url)) as owner, owner.cursor() as cursor:
        for table in TABLES:
            with pytest.raises(psycopg2.errors.RaiseException, match="Cannot truncate"):
                cursor.execute(f"TRUNCATE {table} CASCADE")
            owner.rollback()


def as_application(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.article(25)
def test_a_session_setting_switches_no_guard_off_for_the_application(town: Town) -> None:
    case = reported(town)
    jump = f"UPDATE workflow_case SET status = 'awaiting_rating' WHERE id = {case.pk}"
    names = [name for (name,) in _triggers("workflow_case")]
    with pytest.raises(DatabaseError, match="Invalid transition"):
        as_application(f"SELECT set_config('pgtrigger.ignore', '{{{','.join(names)}}}', true)", jump)
    with pytest.raises(DatabaseError, match="permission denied"):
        as_application("SET session_replication_role = replica", jump)


def _triggers(table: str) -> list[tuple[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
        )
        found: list[tuple[str]] = cursor.fetchall()
        return found


@pytest.mark.article(14)
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM workflow_case",
        "DELETE FROM workflow_stage",
        "DELETE FROM conduct_complaint",
        "DELETE FROM personnel_gridposting",
        "DELETE FROM accounts_user",
        "UPDATE workflow_steplimit SET amount = 1",
        "DELETE FROM workflow_steplimit",
        "UPDATE worktime_calendarday SET is_workday = true",
        "UPDATE worktime_officehours SET spans = '00:00-23:59'",
        "UPDATE grids_gridversion SET name = 'x'",
        "UPDATE grids_gridunit SET households = 1",
        "UPDATE grids_coderule SET ranges = '{}'",
        "UPDATE matters_listnorm SET notice_days = 0",
        "UPDATE boards_boardnorm SET check_days = 0",
        "UPDATE plans_gridnorm SET village_max = 1",
        "UPDATE audit_ledger SET uid = gen_random_uuid()",
        "CREATE TABLE mine (id int)",
        "CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
        " LANGUAGE sql AS 'SELECT true'",
    ],
)
def test_what_is_published_is_out_of_the_application_s_reach(town: Town, statement: str) -> None:
    with pytest.raises(DatabaseError, match=REFUSED):
        as_application(statement)


@pytest.mark.article(20)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_user SET is_superuser = true WHERE username = 'chen'",
        "INSERT INTO accounts_user SELECT (jsonb_populate_record(u, jsonb_build_object('id', 999999, 'username', 'zz',"
        " 'is_superuser', true))).* FROM accounts_user u WHERE username = 'chen'",
    ],
)
def test_the_application_makes_no_superuser(town: Town, statement: str) -> None:
    with pytest.raises(DatabaseError, match="superuser"):
        as_application(statement)
