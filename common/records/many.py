"""Writes many objects of one model with one statement: what ``save`` is for one object.

Values pass through their fields as in ``save``, so that a text is sealed that must be sealed. Signals are not sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from types import NoneType
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, connection, models
from django.db.models.base import ModelState

from common.records.copying import LineRefused, as_array, as_lines, copy_text

FEW = 10  # up to so many, INSERT costs no more than COPY
Row = TypeVar("Row", bound=models.Model)
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
    columns = [_values(field, rows, add=True) for field in fields]
    try:
        copy_text(type(rows[0]), [str(field.column) for field in fields], as_lines(columns))
    except LineRefused as refused:
        raise RowRefused(str(refused), rows[refused.place]) from refused


def alike(row: Row, **values: Any) -> Row:
    """Returns a new object like one that is not saved, but for some values; it costs a quarter of making one anew."""
    new: Row = type(row).__new__(type(row))
    new.__dict__.update(row.__dict__)
    new._state = ModelState()
    for name, value in values.items():
        setattr(new, name, value)
    return new


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
    _update(model, [row.pk for row in rows], {field: _values(field, rows) for field in fields})


def update_columns(
    model: type[models.Model], keys: Sequence[int], columns: Mapping[str, Sequence[Any]]
) -> None:
    """Saves these columns of the rows with these keys, in the order of the keys: as :func:`update_rows`, without rows.

    For fields whose ``save`` changes no value. Raises :class:`DatabaseError` if a row does not exist.
    """
    fields = {model._meta.get_field(name): values for name, values in columns.items()}
    assert all(map(_is_an_attribute, fields)), "a field of these needs its row"
    if keys:
        _update(model._meta, keys, {field: _ready(field, values) for field, values in fields.items()})


def _update(model: Any, keys: Sequence[Any], values: Mapping[Any, Sequence[Any]]) -> None:
    columns = [f'"{field.column}"' for field in values]
    arrays = ", ".join(f"%s::{_plain_type(field)}[]" for field in (model.pk, *values))
    changes = ", ".join(f"{column} = given.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model.db_table}" SET {changes}'
            f" FROM unnest({arrays}) AS given(key, {', '.join(columns)})"
            f' WHERE "{model.db_table}"."{model.pk.column}" = given.key',
            [as_array(column) for column in (keys, *values.values())],
        )
        if cursor.rowcount != len(keys):
            raise DatabaseError(f"{len(keys) - cursor.rowcount} rows of {model.db_table} no longer exist")


def _values(field: Any, rows: Sequence[models.Model], *, add: bool = False) -> Sequence[Any]:
    """The values of a column as ``save`` sends them."""
    if _is_an_attribute(field):
        return _ready(field, list(map(attrgetter(field.attname), rows)))
    return _ready(field, [field.pre_save(row, add) for row in rows])


def _ready(field: Any, values: Sequence[Any]) -> Sequence[Any]:
    """Values as they are sent. Those of plain types, most by far, need no preparation; JSON is sent as text."""
    if isinstance(field, models.JSONField):
        encode = (field.encoder or json.JSONEncoder)(ensure_ascii=False).encode
        return [None if value is None else encode(value) for value in values]
    if PLAIN.issuperset(map(type, values)):
        return values
    return [value if type(value) in PLAIN else field.get_prep_value(value) for value in values]


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
