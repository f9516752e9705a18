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
        return [_value(name, said) for name, said in zip(order, values, strict=True)]
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise RuleViolation("翻页标记无效，请从第一页重新打开。", field="cursor") from error


def _value(name: str, said: Any) -> datetime | int:
    """The value of one field of the order; raises if the database could not compare it."""
    if name.lstrip("-").endswith("_at"):
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is None:
            raise ValueError(said)
        return moment.astimezone(UTC)  # overflows near the ends of the calendar
    number = int(said)
    if abs(number) > LARGEST:
        raise OverflowError
    return number


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """Rows that sort after ``values``; ``order`` has one or two fields, the last of them unique."""
    comparisons = ["lt" if name.startswith("-") else "gt" for name in order]
    names = [name.lstrip("-") for name in order]
    last = Q(**{f"{names[-1]}__{comparisons[-1]}": values[-1]})
    if len(order) == 1:
        return last
    first = Q(**{f"{names[0]}__{comparisons[0]}": values[0]})
    return Q(**{f"{names[0]}__{comparisons[0]}e": values[0]}) & (first | last)


def keyset_page(
    rows: QuerySet[RowT], *, order: tuple[str, ...], cursor: str = "", size: int = 50
) -> Page[RowT]:
    """Return one page of ``rows`` in ``order`` (one or two fields, the last unique and never null)."""
    if cursor:
        rows = rows.filter(_after(order, decode_cursor(cursor, order=order)))
    found = list(rows.order_by(*order)[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    shown = found[:size]
    return Page(shown, encode_cursor([getattr(shown[-1], name.lstrip("-")) for name in order]))
