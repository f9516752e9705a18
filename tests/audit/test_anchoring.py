"""Which links are placed in the tree, and how the database computes the state of a subject (Art. 25)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from audit.actions import append_entry
from audit.anchoring import seal_and_anchor
from audit.models import Anchor, Entry, Seal
from audit.witnesses import states_of, witnesses
from common import clock


@pytest.mark.article(25)
def test_a_link_that_was_written_late_takes_its_place_behind_the_newer_ones(
    town: Any, settings: Any, tmp_path: Path
) -> None:
    settings.AUDIT_ANCHOR_FILE = tmp_path / "roots.jsonl"
    at = clock.now()

    with connection.cursor() as cursor:  # its transaction has a number already, and ends after the other's
        cursor.execute("SELECT nextval(pg_get_serial_sequence('audit_entry', 'id'))")
        (number,) = cursor.fetchone()
    newer = append_entry("board_norms", verb="look_at", at=at, actor_id=None, record={})
    seal_and_anchor(at=at)
    late = Entry.objects.create(
        pk=number, subject="late", seq=1, at=at, verb="look_at", record="{}", hash="0" * 64, algorithm="none"
    )
    assert number < newer.pk
    assert seal_and_anchor(at=at) == 1
    places = dict(Seal.objects.values_list("entry_id", "position"))
    assert places[newer.pk] < places[late.pk]
    assert Anchor.objects.order_by("-number")[0].size == Entry.objects.count()


@pytest.mark.article(25)
def test_the_functions_of_the_database_say_what_verify_computes_without_them(own_city: str) -> None:
    compared = 0
    for witness in witnesses():
        numbers = [0]
        if witness.every:
            with connection.cursor() as cursor:
                cursor.execute(witness.every)
                numbers = [row[0] for row in cursor.fetchall()][:50]
        for edition in range(1, len(witness.editions) + 1):
            computed = {number: state for number, state, _ in states_of(witness, numbers, edition=edition)}
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT id, {witness.function(edition)}(id) FROM unnest(%s::bigint[]) id", [numbers]
                )
                assert dict(cursor.fetchall()) == computed
            compared += len(computed)
    assert compared > 100
