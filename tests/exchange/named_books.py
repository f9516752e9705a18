"""Workbooks with named columns as people and other programs make them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from exchange.named import Column, Row, Table, read_rows

COLUMNS = {
    "name": Column("名称", 20, 10, "", "", is_needed=True, holds="words"),
    "code": Column("编码（村）", 24, 10, "", "", holds="code"),
    "phone": Column("电话", 20, 10, "", "", holds="phone"),
    "day": Column("日期", 20, 10, "", "", holds="day"),
    "secret": Column("保密", 5, 10, "", "", holds="truth"),
    "times": Column("次数", 10, 10, "", "", holds="number"),
    "note": Column("备注", 20, 10, "", ""),
}
TABLE = Table(COLUMNS, thing="事项", unit="项", most_rows=100)
HEADINGS = [column.name for column in COLUMNS.values()]


def book(
    folder: Path,
    *rows: Sequence[Any],
    headings: Sequence[str] = HEADINGS,
    change: Callable[[Workbook], None] = lambda _: None,
) -> Path:
    """A workbook with ``rows`` from row 2; ``change`` does what else its maker did."""
    made = openpyxl.Workbook()
    for row in (headings, *rows):
        made.active.append(list(row))
    change(made)
    made.save(folder / "book.xlsx")
    return folder / "book.xlsx"


def parts_of(path: Path) -> dict[str, bytes]:
    """The parts of a workbook by name."""
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def read(path: Path) -> list[Row]:
    """The rows of a workbook."""
    return read_rows(path, TABLE)


def only(path: Path) -> dict[str, str]:
    """The texts of the only row, which must have no faults."""
    (row,) = read(path)
    assert row.faults == []
    return row.values


def sentences(path: Path) -> list[str]:
    """What is wrong with the rows of a workbook."""
    return [sentence for row in read(path) for _, sentence in row.faults]
