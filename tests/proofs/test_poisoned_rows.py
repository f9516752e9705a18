"""In each automatic task one row fails; the other row is still processed in the same run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common import clock
from plans.models import GridPlan, ImportJob
from puyang_grid.addresses import with_database
from puyang_grid.celery import app
from sweeps.due import LATE_AFTER, oldest_unfinished
from tests.databases import run_addresses
from tests.proofs.poisons import ENTRIES
from tests.town import MONDAY

POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$;
"""


APART = {"audit.tasks.anchor", "plans.tasks.read_imports", "access.tasks.report_anchor"}


@contextmanager
def administrator(database: str) -> Iterator[Any]:
    """A cursor of the database's administrator, past every trigger."""
    with closing(psycopg2.connect(with_database(run_addresses().admin, database))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            yield cursor


def poison(cursor: Any, table: str, event: str, when: str) -> None:
    cursor.execute(POISON)
    cursor.execute(
        f"CREATE TRIGGER aa_poison BEFORE {event} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION poison()"
    )


REMINDERS = {
    "boards.tasks.remind_of_boards": "boards.tasks",
    "matters.tasks.remind": "matters.tasks",
    "plans.tasks.remind_filings": "plans.tasks",
}


@pytest.fixture(autouse=True)
def in_office_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The daily reminders run at whatever hour the tests do."""
    for module in REMINDERS.values():
        monkeypatch.setattr(f"{module}.is_office_time", lambda at: True)


@pytest.mark.parametrize("name", REMINDERS)
def test_a_daily_reminder_waits_for_office_hours(
    db: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    monkeypatch.setattr(f"{REMINDERS[name]}.is_office_time", lambda at: bool(asked.append(at)))
    with CaptureQueriesContext(connection) as captured:
        assert run_task(name) == 0
    assert asked == [MONDAY]
    assert not [query for query in captured if "SELECT" in query["sql"]], "it looks for nothing to remind of"


def run_task(name: str) -> int:
    """Run a task of the beat table as a worker would."""
    app.loader.import_default_modules()
    done: int = app.tasks[name]()
    return done


def test_every_entry_of_the_beat_table_is_poisoned() -> None:
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} == {*ENTRIES, *APART}


@pytest.mark.slow
@pytest.mark.article(18)
@pytest.mark.parametrize("name", ENTRIES)
def test_the_neighbour_of_a_poisoned_row_is_served_and_the_row_is_seen(own_city: str, name: str) -> None:
    entry = ENTRIES[name]
    with administrator(own_city) as cursor:
        cursor.execute(entry.pair)
        (bad,), (good,) = cursor.fetchall()
        keys = {"bad": bad, "good": good}
        for statement in entry.due:
            cursor.execute(statement.format(**keys))
            assert cursor.rowcount > 0 or statement.startswith("DELETE"), statement
        if "bad_event" in entry.when:
            cursor.execute("SELECT event_id FROM notifications_outbox WHERE id = %s", [bad])
            keys["bad_event"] = cursor.fetchone()[0]
        poison(cursor, entry.table, entry.event, entry.when.format(**keys))
        cursor.execute(entry.served.format(**keys))
        assert cursor.fetchone()[0] is False, "not served before"
        run_task(name)
        cursor.execute(entry.served.format(**keys))
        assert cursor.fetchone()[0] is True
    since = oldest_unfinished(clock.now() + LATE_AFTER)
    assert entry.late in since
    assert clock.now() + LATE_AFTER - since[entry.late] >= LATE_AFTER, "an alarm within a minute"


@pytest.mark.slow
@pytest.mark.article(25)
def test_a_link_that_is_no_digest_keeps_no_other_from_its_place(
    own_city: str, settings: Any, tmp_path: Path
) -> None:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "roots.jsonl"
    with administrator(own_city) as cursor:
        cursor.execute("TRUNCATE audit_seal, audit_anchor")  # the demonstration starts sealed
        cursor.execute(
            "UPDATE audit_entry SET hash = 'no digest' WHERE id = (SELECT min(id) FROM audit_entry)"
        )
        cursor.execute("SELECT count(*) FROM audit_entry")
        (links,) = cursor.fetchone()
        assert run_task("audit.tasks.anchor") == links
    assert (tmp_path / "roots.jsonl").read_text().count("\n") == 1


@pytest.mark.slow
@pytest.mark.article(7)
def test_a_file_that_cannot_be_read_keeps_no_other_waiting(own_city: str) -> None:
    plan = GridPlan.objects.order_by("pk")[0]
    by, at = User.objects.get(username="county_admin"), clock.now()
    jobs = []
    for number in range(2):
        job = ImportJob(
            plan=plan,
            file_name=f"{number}.geojson",
            sha256="",
            form="geojson",
            by=by,
            at=at,
            status="waiting",
        )
        job.file.save(f"{number}.geojson", ContentFile(b'{"type": "FeatureCollection", "features": []}'))
        jobs.append(job)
    Path(jobs[0].file.path).unlink()
    run_task("plans.tasks.read_imports")
    for job in jobs:
        job.refresh_from_db()
    assert (jobs[0].status, bool(jobs[0].sentence)) == ("failed", True)
    assert jobs[1].status != "waiting"
    assert clock.now() - at < timedelta(minutes=1)
