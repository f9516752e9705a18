"""Seals personal values with the newest keys, a few at a time, while the platform runs (Art. 20).

No progress is stored: the remaining values are those that are not under the newest key yet, so it can be stopped and
restarted at any time. A row for which a chain vouches gets a link, because its bytes change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction

from audit.actions import append_entries
from audit.witnesses import witnesses
from common.privacy.sealing import (
    MARK,
    SealedField,
    SealedRow,
    SealedWhenList,
    SealedWhenText,
    current_head,
    ring,
)
from common.records.append_only import AppendOnly

AT_ONCE = 200
VIA = re.compile(r"t\.(\w+) = s\.id")


@dataclass(frozen=True)
class Column:
    """One column with sealed values, in all rows or only in secret rows."""

    model: type[models.Model]
    field: Any

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"

    @property
    def purposes(self) -> tuple[str, ...]:
        """The rings whose newest key is current for values of this column."""
        return self.field.purposes if isinstance(self.field, SealedField) else ("secret",)

    def sealed_sql(self) -> str:
        """The sealed bytes as SQL, empty if the value is plain or missing."""
        name = f'"{self.field.column}"'
        if isinstance(self.field, SealedField):
            return name
        text = f"({name} ->> 'sealed')" if isinstance(self.field, SealedWhenList) else name
        inner = f"substring(decode(substr({text}, {len(MARK) + 1}), 'base64') from 17)"
        return f"CASE WHEN starts_with({text}, E'\\x1asealed:') THEN {inner} ELSE ''::bytea END"

    def outdated(self) -> list[int]:
        """The numbers of rows whose value is under a retired key or the other cipher."""
        heads = [current_head(purpose).hex() for purpose in self.purposes]
        differs = " AND ".join("NOT starts_with(encode(v, 'hex'), %s)" for _ in heads)
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT id FROM (SELECT id, {self.sealed_sql()} AS v FROM "{self.model._meta.db_table}") t'
                f" WHERE length(v) > 3 AND {differs} ORDER BY id",
                heads,
            )
            return [number for (number,) in cursor.fetchall()]

    def keys_in_use(self) -> set[str]:
        """The names of the keys that its values use."""
        value = self.sealed_sql()
        name = "convert_from(substring(v from 4 for get_byte(v, 2)), 'UTF8')"
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT DISTINCT {name} FROM (SELECT {value} AS v FROM "{self.model._meta.db_table}") t'
                " WHERE length(v) > 3"
            )
            return {key for (key,) in cursor.fetchall()}


def columns() -> list[Column]:
    """Every column with sealed values."""
    kinds = (SealedField, SealedWhenText, SealedWhenList)
    found = [
        Column(model, field)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, kinds)
    ]
    return sorted(found, key=str)


def reseal(column: Column, numbers: list[int], *, at: datetime) -> int:
    """Seal the values of these rows again, a few rows per transaction; returns how many."""
    count = 0
    for start in range(0, len(numbers), AT_ONCE):
        with transaction.atomic(), _past_guards(column.model):
            count += _reseal_few(column, numbers[start : start + AT_ONCE], at=at)
    return count


def _reseal_few(column: Column, numbers: list[int], *, at: datetime) -> int:
    rows = column.model._default_manager.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk")
    done = []
    for row in rows:
        name = column.field.attname
        if isinstance(row, SealedRow):
            row.save(update_fields=row.seal_again(name))
        else:
            opened = getattr(row, name)
            setattr(row, name, list(opened) if isinstance(opened, list) else str(opened))
            row.save(update_fields=[name])
        done.append(row)
    links = {subject: {"column": str(column)} for row in done for subject in _subjects_of(column.model, row)}
    append_entries(links, verb="reseal", at=at, actor_id=None)
    return len(done)


def _subjects_of(model: type[models.Model], row: models.Model) -> Iterator[str]:
    """The subjects whose chain vouches for this row."""
    for witness in witnesses():
        for rows in witness.editions[-1]:
            via = VIA.fullmatch(rows.of)
            if rows.table == model._meta.db_table and via is not None:
                yield f"{witness.kind}:{getattr(row, via[1])}"


def _past_guards(model: type[models.Model]) -> AbstractContextManager[None]:
    """Bypass the guards of append-only rows; this works for the owner of the tables only, not for the application."""
    if not issubclass(model, AppendOnly):
        return nullcontext()
    guard: AbstractContextManager[None] = pgtrigger.ignore(f"{model._meta.label}:append_only_rows")
    return guard


# --- Blind indexes ----------------------------------------------------------------------------------------


def outdated_indexes(column: Column) -> list[int]:
    """The numbers of rows whose blind index was not made with the newest key, digest and spelling."""
    name = f"{column.field.attname}_index"
    if not any(field.attname == name for field in column.model._meta.concrete_fields):
        return []
    text = column.field.attname
    rows = column.model._default_manager.exclude(**{name: ""}).order_by("pk").iterator(chunk_size=1000)
    return [row.pk for row in rows if getattr(row, name) not in row.indexes_of(text, row.unseal(text))[:1]]


def retired_keys_in_use() -> Iterator[str]:
    """Find values under retired keys, by column, and values under keys that the ring does not have."""
    held = {key.name for purpose in ("personal", "sensitive", "secret") for key in ring(purpose)}
    newest = {ring(purpose)[-1].name for purpose in ("personal", "sensitive", "secret")}
    for column in columns():
        for key in sorted(column.keys_in_use() - newest):
            if key not in held:
                yield f"{column} 有内容用的密钥 {key} 不在钥匙串里，打不开"
            else:
                yield f"{column} 有 {len(column.outdated())} 项还在停用的密钥 {key} 之下，请运行 reseal"
