"""A short simulation with faults: nothing is missing, doubled or early, and the account notices what is bent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from demo.simulation.ledger import compare, digest
from demo.simulation.report import lines_of
from demo.simulation.table import Table
from demo.simulation.world import World
from puyang_grid.addresses import with_database
from puyang_grid.roles import connect
from tests.databases import EMPTY, connected_to, copy_of, drop, run_addresses

pytestmark = [pytest.mark.article(18), pytest.mark.slow, pytest.mark.xdist_group("simulation")]

DAYS, FIRST = 8, date(2026, 12, 26)  # the new year lies in it, and the notice about it comes in the middle


def short_world() -> World:
    world = World(days=DAYS, seed=2, faulty=0.4, per_day=3, first_day=FIRST)
    world.run()
    return world


@pytest.fixture(scope="module")
def run(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """One run, in a database of its own."""
    name = copy_of(EMPTY)
    with django_db_blocker.unblock(), connected_to(name):
        yield short_world()
    drop(name)


@pytest.fixture
def bent(run: World) -> Iterator[None]:
    """Whatever a test bends is put back; no trigger and no constraint hinders it."""
    kept = {name: _all_of(name) for name in ("workflow_stageeffect", "supervision_supervisionorder")}
    yield
    for name, rows in kept.items():
        _as_administrator(f"DELETE FROM {name}")
        for row in rows:
            _as_administrator(f"INSERT INTO {name} SELECT * FROM json_populate_record(NULL::{name}, %s)", row)


def test_nothing_is_missing_doubled_or_early(run: World) -> None:
    table = compare(run)
    assert table.faults == []
    assert table.effects > 50 and table.orders > 0
    assert {"remind", "overdue", "escalate", "supervise"} <= {
        row.rule for row in table.rows.values() if row.did
    }
    assert {"killed", "cut off", "beside", "locked"} <= set(run.log.faults)
    assert table.replanned > 0, (run.log.calendar_at, run.now, run.end)
    assert any("all rules" in line for line in lines_of(table, run, seconds=1, whole=1))


def test_the_same_seed_gives_the_same_result(run: World, django_db_blocker: DjangoDbBlocker) -> None:
    first, name = digest(), copy_of(EMPTY)
    with connected_to(name):
        again = short_world()
        assert digest() == first
    drop(name)
    assert again.people.done == run.people.done and again.log == run.log


ANY = "id = (SELECT max(e.id) FROM workflow_stageeffect e JOIN workflow_stage s ON s.id = e.stage_id WHERE rule = '{}')"
BENT = {
    "a reminder is missing": (f"DELETE FROM workflow_stageeffect WHERE {ANY.format('remind')}", "remind", "missing"),
    "overdue is missing": (f"DELETE FROM workflow_stageeffect WHERE {ANY.format('overdue')}", "overdue", "missing"),
    "an escalation is missing": (
        f"DELETE FROM workflow_stageeffect WHERE {ANY.format('escalate')}", "escalate", "missing",
    ),
    "overdue is doubled": (
        "INSERT INTO workflow_stageeffect (stage_id, rule, deadline_version, due_at, at)"
        f" SELECT stage_id, rule, 9, due_at, at FROM workflow_stageeffect WHERE {ANY.format('overdue')}",
        "overdue", "doubled",
    ),
    "overdue is early": (
        "UPDATE workflow_stageeffect SET at = due_at - interval '1 second', due_at = due_at - interval '1 second'"
        f" WHERE {ANY.format('overdue')}",
        "overdue", "early",
    ),
    "a reminder is planned a second too early": (
        f"UPDATE workflow_stageeffect SET due_at = due_at - interval '1 second' WHERE {ANY.format('remind')}",
        "remind", "early",
    ),
    "overdue is a wake-up late": (
        f"UPDATE workflow_stageeffect SET at = at + interval '1 day' WHERE {ANY.format('overdue')}", "overdue", "late",
    ),
    "something rings that is never due": (
        "INSERT INTO workflow_stageeffect (stage_id, rule, deadline_version, due_at, at)"
        f" SELECT stage_id, 'lapse', 1, due_at, at FROM workflow_stageeffect WHERE {ANY.format('overdue')}",
        "lapse", "early",
    ),
    "an order is missing": (
        "DELETE FROM supervision_supervisionorder"
        " WHERE id = (SELECT max(id) FROM supervision_supervisionorder WHERE ground = 'red_light')",
        "order: red light", "missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bending", BENT)
def test_the_account_notices_what_is_bent(run: World, bent: None, bending: str) -> None:
    statement, rule, fault = BENT[bending]
    _as_administrator(statement)
    table = compare(run)
    assert _faults(table, rule, fault) >= 1 and table.faults


def _faults(table: Table, rule: str, fault: str) -> int:
    found = (row for row in table.rows.values() if row.rule in (rule, f"share: {rule}"))
    return sum(getattr(row, fault) for row in found)


def _all_of(name: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(one)::text FROM {name} one ORDER BY id")
        return [row for (row,) in cursor.fetchall()]


def _as_administrator(statement: str, *values: str) -> None:
    address = with_database(run_addresses().admin, str(connection.settings_dict["NAME"]))
    with closing(connect(address)) as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values or None)
