"""Writes many rows at once with PostgreSQL's COPY: for thousands of rows, where INSERT costs ten times more."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import repeat
from operator import is_
from types import NoneType
from typing import Any

from django.db import DatabaseError, connection, models

LINE = re.compile(r"^COPY \w+\D+(\d+)", re.MULTILINE)
SPECIAL = re.compile(r"[\\\t\n\r]")
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
    return as_lines([[row[column] for row in rows] for column in rows[0]])


def as_lines(columns: Iterable[Sequence[object]]) -> str:
    """Columns of the same length, not empty, as lines of COPY's text format. It costs half of line by line."""
    texts = [_texts(column) for column in columns]
    return "\n".join(map("\t".join, zip(*texts, strict=True))) + "\n"


def as_array(column: Sequence[object]) -> str:
    """A column as the text of an array, which PostgreSQL reads much faster than an array of single values."""
    return "{" + ",".join(map(ELEMENTS.get(_kind_of(column), _element), column)) + "}"


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


def _texts(column: Sequence[object]) -> Sequence[str]:
    """The texts of a column for COPY. Most columns have one type, and many one value throughout."""
    first = column[0]
    if all(map(is_, column, repeat(first))):
        return [_text(first)] * len(column)
    kind = _kind_of(column)
    if kind is str:
        texts: Sequence[Any] = column
        return list(map(_escaped, texts)) if SPECIAL.search("".join(texts)) else texts
    return list(map(FORMS.get(kind, _text), column))


def _kind_of(column: Iterable[object]) -> type:
    """The type of all values of a column; ``object`` if they have several."""
    kinds = set(map(type, column))
    return kinds.pop() if len(kinds) == 1 else object


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


def _element(value: object) -> str:
    form = ELEMENTS.get(type(value))
    if form is not None:
        return form(value)
    if isinstance(value, (bytes, memoryview)):
        return _quoted(f"\\x{bytes(value).hex()}")
    return _quoted(json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else str(value))


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


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
# In the text of an array every text is quoted, and what cannot contain a comma, a brace or a backslash is not.
ELEMENTS: dict[type, Callable[[Any], str]] = {**FORMS, NoneType: lambda value: "NULL", str: _quoted}
