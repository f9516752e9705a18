"""Writes many rows at once with PostgreSQL's COPY: for thousands of rows, where INSERT costs ten times more."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import NoneType
from typing import Any

from django.db import DatabaseError, connection, models

LINE = re.compile(r"^COPY \w+\D+(\d+)", re.MULTILINE)
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copy_rows(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Copy rows, each a mapping from column to value with the same keys, into the model's table.

    Values are plain: None, bool, numbers, texts without NUL, bytes, dates; lists and mappings become JSON. Columns that
    are left out, such as the key, get the database's default. Returns the number of rows.
    """
    listed = list(rows)
    if not listed:
        return 0
    copy_text(model, list(listed[0]), as_text(listed))
    return len(listed)


def as_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as lines of COPY's text format, in the order of the first row's columns."""
    columns = list(rows[0])
    return "".join([as_line([row[column] for column in columns]) + "\n" for row in rows])


def as_line(values: Iterable[object]) -> str:
    """Values as a line of COPY's text format, or as a part of one, without the end of the line."""
    return "\t".join([_text(value) for value in values])


class LineRefused(DatabaseError):
    """A line that the database refused: ``place`` counts from 0. The line itself is not in the message."""

    def __init__(self, reason: str, place: int) -> None:
        super().__init__(reason)
        self.place = place


def copy_text(model: type[models.Model], columns: Sequence[str], text: str) -> None:
    """Copy lines that are already in COPY's text format.

    Raises :class:`LineRefused` where PostgreSQL says which line it refused, else another :class:`DatabaseError`.
    """
    quoted = ", ".join(f'"{column}"' for column in columns)
    try:
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN', io.StringIO(text))
    except DatabaseError as error:
        diagnosis: Any = getattr(error.__cause__, "diag", None)
        line = LINE.search(getattr(diagnosis, "context", None) or "")
        if line is None:
            raise
        raise LineRefused(str(diagnosis.message_primary), int(line[1]) - 1) from None


def _text(value: object) -> str:
    form = FORMS.get(type(value))
    return form(value) if form else _text_of_a_kind(value)


def _text_of_a_kind(value: object) -> str:
    """The text of a value whose type only inherits from a plain one, or of any other."""
    match value:
        case str():
            return _escaped(value)
        case bool():
            return "t" if value else "f"
        case int() | float():
            return repr(value)
        case bytes() | memoryview():
            return f"\\\\x{bytes(value).hex()}"
        case list() | dict():
            return _escaped(json.dumps(value, ensure_ascii=False))
    return _escaped(str(value))


def _escaped(text: str) -> str:
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return text.translate(ESCAPES)
    return text


# Millions of values pass here: most are of exactly these types.
FORMS: dict[type, Callable[[Any], str]] = {
    NoneType: lambda value: "\\N",
    str: _escaped,
    bool: lambda value: "t" if value else "f",
    int: repr,
    float: repr,
    datetime: str,
    date: str,
}
