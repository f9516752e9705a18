"""Statements that are compiled once and run many times.

Compiling a statement with many conditions takes longer than running it. What stands on every page keeps the compiled
text, under everything that its conditions were made from, such as the user's authority.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

Statement = tuple[str, tuple[Any, ...]]


def compiled(rows: QuerySet[Any, Any]) -> Statement:
    """Returns the text and the values of the statement that reads these rows; an empty text if there can be none."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return "", ()
    return sql, tuple(values)


def rows_of(statement: Statement) -> list[tuple[Any, ...]]:
    """Runs a compiled statement and returns its rows."""
    if not statement[0]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
