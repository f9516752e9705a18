"""`verify` finds over eighty kinds of tampering by an owner of the database (Art. 25)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from access.invariants import INVARIANTS as ACCESS
from audit.actions import append_entry
from audit.anchor_file import AnchorsDisagree, read_lines
from audit.anchoring import (
    anchor_file,
    anchors_in,
    database_name,
    faults_against,
    faults_of_tree,
    seal_and_anchor,
)
from audit.invariants import broken_chains, looks_without_a_link, rows_that_their_chain_does_not_know
from audit.models import AccessEntry
from common import clock
from common.privacy.sealing import ring
from common.records.invariants import Invariant
from personnel.invariants import INVARIANTS as PERSONNEL
from puyang_grid.settings.base import database
from tests.audit.tampering import TAMPERINGS, Tampering
from tests.databases import run_addresses
from workflow.tasks import sweep_due_stages

ROWS = (
    Invariant("rows", rows_that_their_chain_does_not_know),
    Invariant("looks", looks_without_a_link),
    *ACCESS,
    *PERSONNEL,
)
CHECKS = {
    "chain": (Invariant("chain", broken_chains),),
    "rows": ROWS,
    "tree": (Invariant("tree", faults_of_tree),),
    "anchor": (Invariant("anchor", lambda: faults_against(anchors_in(anchor_file()))),),
}


class BentOnlyForNow(Exception):
    """Raised to roll the tampering back."""


@pytest.fixture
def anchored_city(own_city: str, settings: Any, tmp_path: Path) -> Iterator[str]:
    """The city, sealed and anchored three times, seen as the database's administrator."""
    settings.AUDIT_ANCHOR_FILE = tmp_path / "elsewhere" / "roots.jsonl"
    sweep_due_stages()
    at = clock.now() - timedelta(hours=1)
    for minute in range(3):
        append_entry("board_norms", verb="look_at", at=at, actor_id=None, record={"minute": minute})
        seal_and_anchor(at=at + timedelta(minutes=minute))
    assert AccessEntry.objects.exists()
    with as_administrator():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # a copy just made knows nothing of its own size
        yield own_city


class as_administrator:  # noqa: N801
    """Connect Django as the administrator, past every trigger, to the database that it uses now."""

    def __enter__(self) -> None:
        admin = database(run_addresses().admin)
        names = ("USER", "PASSWORD", "HOST", "PORT")
        self.before = {name: connection.settings_dict[name] for name in names}
        connection.close()
        connection.settings_dict.update({name: admin[name] for name in names})
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")

    def __exit__(self, *problem: object) -> None:
        connection.close()
        connection.settings_dict.update(self.before)


def finders() -> list[str]:
    """The checks that find a fault, in order. If the links are whole and the rows are not, the rest, which reads only
    the links, is left out."""
    found: list[str] = []
    for name, checks in CHECKS.items():
        if found == ["rows"]:
            break
        found += [name] if any(fault for check in checks for fault in check.faults()) else []
    return found


@pytest.mark.slow
@pytest.mark.article(25)
def test_every_tampering_is_found_and_by_whom(anchored_city: str) -> None:
    assert finders() == []
    found_by: dict[str, list[str]] = {}
    for tampering in TAMPERINGS:
        with suppress(BentOnlyForNow), transaction.atomic():
            tampering.act()
            found_by[tampering.name] = finders()
            raise BentOnlyForNow
    assert finders() == [], "nothing stayed bent"
    assert {name: found for name, found in found_by.items() if not found} == {}
    assert {each.name: each.finder for each in TAMPERINGS} == {
        name: found[0] for name, found in found_by.items()
    }


def test_more_than_forty_kinds_are_tried_each_once() -> None:
    assert len({tampering.name for tampering in TAMPERINGS}) == len(TAMPERINGS) >= 40
    assert {tampering.finder for tampering in TAMPERINGS} == set(CHECKS)
    assert all(isinstance(tampering, Tampering) for tampering in TAMPERINGS)


# --- the file outside ---------------------------------------------------------------------------------------


def written() -> list[str]:
    return anchor_file().read_text().splitlines()


@pytest.mark.article(25)
def test_a_missing_older_foreign_or_changed_file_is_reported(anchored_city: str) -> None:
    file, lines = anchor_file(), written()
    assert len(lines) >= 3
    kept = file.read_text()

    def faults_of(text: str) -> str:
        file.write_text(text)
        return " ".join(faults_against(anchors_in(file)))

    assert faults_of(kept) == ""
    assert "不存在" in " ".join(faults_against(anchors_in(file.with_name("gone.jsonl"))))
    assert "文件较旧" in faults_of("\n".join(lines[:-1]) + "\n")
    assert "属于另一个数据库" in faults_of(
        kept.replace(database_name(), "00000000-0000-0000-0000-000000000000")
    )
    assert "被改过" in faults_of(kept.replace('"size":', '"size":1', 1))
    assert "被改过" in faults_of("\n".join([lines[1], lines[0], *lines[2:]]) + "\n")
    assert "不完整" in faults_of(kept[:-30])
    assert "文件较旧" in faults_of("")
    assert "不在钥匙串里" in faults_of(kept.replace("trace.1", "trace.9"))


@pytest.mark.article(25)
def test_a_restored_older_database_does_not_overwrite_the_anchors(anchored_city: str) -> None:
    """The file keeps its lines: the next anchoring writes nothing."""
    before = written()
    older = next(tampering for tampering in TAMPERINGS if tampering.name == "an older dump put back")
    older.act()
    append_entry("board_norms", verb="later", at=clock.now(), actor_id=None, record={})
    seal_and_anchor(at=clock.now())
    assert written() == before
    assert list(faults_against(anchors_in(anchor_file()))) != []
    with pytest.raises(AnchorsDisagree, match="属于另一个数据库"):
        read_lines(anchor_file(), database="another", keys=ring("trace"))
