"""Many objects are written with one statement as `save` writes one: sealed, complete, refused where it is refused."""

from __future__ import annotations

import traceback
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, DataError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from common.privacy.sealing import MARK
from common.records.many import FEW, RowRefused, insert_rows, update_rows
from notifications.models import Outbox
from tests.cases import reported
from tests.town import MONDAY, Town
from workflow.models import Case, CaseEvent, Stage

MANY = FEW + 2


def stored(model: type[models.Model], pk: int) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}" WHERE id = %s', [pk])
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def clue_event(clue: Case, seq: int) -> CaseEvent:
    return CaseEvent(
        case=clue,
        seq=seq,
        verb="supplement",
        at=MONDAY,
        to_status=clue.status,
        level="township",
        note="线索原话",
    )


@pytest.mark.article(20)
@pytest.mark.parametrize("count", [1, FEW, MANY])
def test_what_must_be_sealed_is_sealed_however_many_are_written(town: Town, count: int) -> None:
    clue = reported(town, matter_id=town.matter("非法集资线索").pk)
    insert_rows([clue_event(clue, seq) for seq in range(2, 2 + count)])
    written = clue.events.filter(verb="supplement")
    assert [event.note for event in written] == ["线索原话"] * count
    for event in written:
        text = " ".join(map(str, stored(CaseEvent, event.pk)))
        assert MARK in text and "线索原话" not in text


def test_every_kind_of_value_is_stored_as_by_save(town: Town) -> None:
    stage = reported(town).stages.get()
    stage.alarms = [["a\tb\\", '引"号'], ["换\n行", None]]
    stage.explanation, stage.overdue_at, stage.ended_at = "制表\t符\\N\n行", None, MONDAY + timedelta(days=1)
    kept = {
        field.name: getattr(stage, field.name) for field in Stage._meta.concrete_fields if field.name != "id"
    }
    insert_rows([Stage(**kept) for _ in range(MANY)])
    Stage(**kept).save()
    rows = [stored(Stage, pk)[1:] for pk in Stage.objects.exclude(pk=stage.pk).values_list("pk", flat=True)]
    assert len(rows) == MANY + 1 and set(map(repr, rows)) == {repr(rows[-1])}


def test_every_kind_of_value_is_saved_as_by_save(town: Town) -> None:
    stages = [reported(town).stages.get() for _ in range(3)]
    names = ("alarms", "explanation", "is_rest", "overdue_at", "ended_at")
    odd = ('引"号 \\', "{括,号}", "NULL", "", " 空 ", "制表\t符\\N\n行", "O'Neil %s")
    for text in odd:
        for stage in stages:
            stage.alarms, stage.explanation = [[text, '"\\'], [None, "}"]], text
            stage.is_rest, stage.overdue_at, stage.ended_at = True, None, MONDAY + timedelta(microseconds=7)
        stages[0].save()
        update_rows(stages[1:])
        rows = [Stage.objects.values_list(*names).get(pk=stage.pk) for stage in stages]
        assert rows[1:] == rows[:1] * 2 and rows[0][1] == text


def notices(count: int) -> list[Outbox]:
    insert_rows(
        [
            Outbox(
                topic="t", audience="user:1", subject=f"n:{number}", created_at=MONDAY, next_attempt_at=MONDAY
            )
            for number in range(count)
        ]
    )
    return list(Outbox.objects.filter(topic="t").order_by("pk"))


@pytest.mark.parametrize("count", [1, 2, MANY])
def test_fields_of_many_are_saved_with_one_statement(db: None, count: int) -> None:
    rows = notices(count)
    for number, row in enumerate(rows):
        row.sentence, row.delivered_at = f"第 {number} 条", MONDAY if number % 2 else None
        row.attempts = 9
    with CaptureQueriesContext(connection) as captured:
        update_rows(rows, ("sentence", "delivered_at"))
    assert len(captured) == 1
    for number, row in enumerate(Outbox.objects.filter(topic="t").order_by("pk")):
        assert (row.sentence, row.delivered_at, row.attempts) == (
            f"第 {number} 条",
            MONDAY if number % 2 else None,
            0,
        )


def test_without_names_all_that_was_loaded_is_saved(db: None) -> None:
    notices(MANY)
    rows = list(Outbox.objects.defer("last_error").order_by("pk"))
    for row in rows:
        row.topic, row.attempts = "u", 7
    Outbox.objects.update(last_error="meanwhile")
    update_rows(rows)
    assert set(Outbox.objects.values_list("topic", "attempts", "last_error")) == {("u", 7, "meanwhile")}


def test_the_row_that_the_database_refuses_is_named_without_its_content(town: Town) -> None:
    case = reported(town)
    events = [clue_event(case, seq) for seq in range(2, 2 + MANY)]
    events[7].to_status = "x" * 25
    with pytest.raises(RowRefused) as caught, transaction.atomic():
        insert_rows(events)
    assert caught.value.row is events[7]
    assert "线索原话" not in "".join(traceback.format_exception(caught.value))


def test_a_text_that_is_too_long_is_refused_and_not_cut(db: None) -> None:
    rows = notices(2)
    rows[1].topic = "x" * 41
    with pytest.raises(DataError), transaction.atomic():
        update_rows(rows, ("topic",))
    assert set(Outbox.objects.values_list("topic", flat=True)) == {"t"}


def test_a_row_that_no_longer_exists_is_an_error(db: None) -> None:
    rows = notices(3)
    rows[2].delete()
    rows[2].pk = 0
    with pytest.raises(DatabaseError, match="1 rows of notifications_outbox"), transaction.atomic():
        update_rows(rows, ("topic",))


def test_nothing_costs_nothing(db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        insert_rows([])
        update_rows([])
    assert not captured.captured_queries
