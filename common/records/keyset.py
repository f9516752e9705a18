"""Keyset pagination: pages continue after the last row seen, without OFFSET and without an unbounded COUNT."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from common.errors import RuleViolation

RowT = TypeVar("RowT", bound=Model)
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One page of rows; ``next_cursor`` is empty on the last page."""

    rows: list[RowT]
    next_cursor: str


def encode_cursor(values: list[Any]) -> str:
    """Encode the sort values of the last row as an opaque text."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode_cursor(text: str, *, order: tuple[str, ...]) -> list[Any]:
    """Decode a cursor; raises :class:`RuleViolation` for a text that we did not write."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(values, list) or len(values) != len(order):
            raise ValueError(text)
        return [_value(name, value) for name, value in zip(order, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise RuleViolation("翻页标记无效，请从第一页重新打开。", field="cursor") from error


def _value(name: str, value: Any) -> datetime | int:
    """The value of one field of the order; raises if the database could not compare it."""
    if name.lstrip("-").endswith("_at"):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)  # overflows near the ends of the calendar
    number = int(value)
    if abs(number) > LARGEST:
        raise OverflowError
    return number


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows that sort after ``values``; the last field of ``order`` is unique."""
    name, value = order[0].lstrip("-"), values[0]
    comparison = "lt" if order[0].startswith("-") else "gt"
    later = Q(**{f"{name}__{comparison}": value})
    if len(order) == 1:
        return later
    # The first condition says nothing new, but an index can begin with it.
    return Q(**{f"{name}__{comparison}e": value}) & (later | _after(order[1:], values[1:]))


def after_cursor(cursor: str, *, order: tuple[str, ...]) -> Q:
    """Return the condition for rows that sort after a cursor; raises :class:`RuleViolation` for a foreign one."""
    return _after(order, decode_cursor(cursor, order=order))


def keyset_page(
    rows: QuerySet[RowT], *, order: tuple[str, ...], cursor: str = "", size: int = 50
) -> Page[RowT]:
    """Return one page of ``rows`` in ``order`` (fields that are never null, the last unique)."""
    if cursor:
        rows = rows.filter(after_cursor(cursor, order=order))
    found = list(rows.order_by(*order)[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    shown = found[:size]
    return Page(shown, encode_cursor([getattr(shown[-1], name.lstrip("-")) for name in order]))
