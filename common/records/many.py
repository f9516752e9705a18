"""Writes many objects of one model with one statement: what ``save`` is for one object.

Values pass through their fields as in ``save``, so that a text is sealed that must be sealed. Signals are not sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from operator import attrgetter
from types import NoneType
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models

from common.records.copying import LineRefused, as_array, as_lines, copy_text

FEW = 10  # up to so many, INSERT costs no more than COPY
PLAIN = frozenset((NoneType, bool, int, float, str, date, datetime, UUID))
DATED = (models.DateField.pre_save, models.DateTimeField.pre_save, models.TimeField.pre_save)
LENGTH = re.compile(r"\(\d+\)")


class RowRefused(DatabaseError):
    """The one of many objects that the database refused."""

    def __init__(self, reason: str, row: models.Model) -> None:
        super().__init__(reason)
        self.row = row


def insert_rows(rows: Sequence[models.Model]) -> None:
    """Inserts new objects. Only a few get their keys; the keys of many stay unknown, as COPY does not return them.

    Raises :class:`RowRefused` for one of many where PostgreSQL says which.
    """
    if len(rows) <= FEW:
        if rows:
            type(rows[0])._base_manager.bulk_create(rows)
        return
    fields = [field for field in rows[0]._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = [_values(field, rows, add=True, prepared=_as_text(field)) for field in fields]
    try:
        copy_text(type(rows[0]), [str(field.column) for field in fields], as_lines(columns))
    except LineRefused as refused:
        raise RowRefused(str(refused), rows[refused.place]) from refused


def update_rows(rows: Sequence[Any], names: Collection[str] | None = None) -> None:
    """Saves these fields of saved objects, or all fields that are loaded.

    Raises :class:`DatabaseError` if a row no longer exists.
    """
    if len(rows) == 1:
        rows[0].save(update_fields=names)
    if len(rows) <= 1:
        return
    model, deferred = rows[0]._meta, rows[0].get_deferred_fields()
    fields = [
        field
        for field in model.concrete_fields
        if not field.primary_key and (field.attname not in deferred if names is None else field.name in names)
    ]
    columns = [f'"{field.column}"' for field in fields]
    arrays = ", ".join(f"%s::{_plain_type(field)}[]" for field in (model.pk, *fields))
    changes = ", ".join(f"{column} = given.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model.db_table}" SET {changes}'
            f" FROM unnest({arrays}) AS given(key, {', '.join(columns)})"
            f' WHERE "{model.db_table}"."{model.pk.column}" = given.key',
            [as_array(_values(field, rows, prepared=_as_text(field))) for field in (model.pk, *fields)],
        )
        if cursor.rowcount != len(rows):
            raise DatabaseError(f"{len(rows) - cursor.rowcount} rows of {model.db_table} no longer exist")


def _values(
    field: Any, rows: Sequence[models.Model], *, add: bool = False, prepared: Callable[[Any], Any]
) -> list[Any]:
    """The values of a column as ``save`` sends them. Those of plain types, most by far, need no preparation."""
    if _is_an_attribute(field):
        values = list(map(attrgetter(field.attname), rows))
    else:
        values = [field.pre_save(row, add) for row in rows]
    if not isinstance(field, models.JSONField) and PLAIN.issuperset(map(type, values)):
        return values
    plain = frozenset() if isinstance(field, models.JSONField) else PLAIN
    return [value if type(value) in plain else prepared(value) for value in values]


def _is_an_attribute(field: Any) -> bool:
    """Whether ``save`` takes the value of a field as it is: nothing is sealed, stored or set to now."""
    before = type(field).pre_save
    is_dated = before in DATED and not field.auto_now and not field.auto_now_add
    return is_dated or before is models.Field.pre_save


def _plain_type(field: Any) -> str:
    """The type of a column without its length: a cast to a length would cut a text instead of refusing it."""
    return LENGTH.sub(
        "", str(field.rel_db_type(connection) if field.primary_key else field.db_type(connection))
    )


def _as_text(field: Any) -> Callable[[Any], Any]:
    """JSON is sent as text; everything else is prepared by its field."""
    if isinstance(field, models.JSONField):
        return lambda value: (
            None if value is None else json.dumps(value, cls=field.encoder, ensure_ascii=False)
        )
    prepared: Callable[[Any], Any] = field.get_prep_value
    return prepared
