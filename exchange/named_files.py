"""Writes workbooks with named columns: the template, the rows, the lines that were refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import IO

import xlsxwriter

from common.privacy.masking import mask
from exchange.named import Row, Table
from exchange.texts import OPTIONS, write_texts


def write_template(file: IO[bytes], table: Table, *, notes: Sequence[tuple[str, str]] = ()) -> None:
    """Write an empty table, and beside it a sheet that explains how to fill in each column."""
    lines = [(column.name, column.explained) for column in table.columns.values()]
    example = "，".join(f"{one.name}：{one.example}" for one in table.columns.values() if one.example)
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        write_texts(book, table.thing, [(one.name, one.width) for one in table.columns.values()], ())
        explained = [*lines, *notes, ("例", example)]
        write_texts(book, "填写说明", (("列", 14), ("怎么填", 90)), explained)


def write_rows(file: IO[bytes], table: Table, rows: Iterable[Mapping[str, str]]) -> None:
    """Write the table with its rows, as a file that can be read again."""
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        lines = ([row.get(key, "") for key in table.columns] for row in rows)
        write_texts(book, table.thing, [(one.name, one.width) for one in table.columns.values()], lines)


def write_faults(rows: Sequence[Row], file: IO[bytes], table: Table) -> None:
    """Write the lines that were refused, each with its reasons; private values stay masked."""
    columns = table.columns
    headings = [("行号", 8), ("栏目", 14), ("原因", 60), *((one.name, one.width) for one in columns.values())]
    lines = (
        [str(row.number), columns[key].name if key in columns else "", sentence, *shown(row.values, table)]
        for row in rows
        for key, sentence in row.faults
    )
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        write_texts(book, "有误的行", headings, lines)


def shown(values: Mapping[str, str], table: Table) -> list[str]:
    """The texts of a line in the order of the columns; private values are masked."""
    texts = ((values.get(key, ""), column.mask) for key, column in table.columns.items())
    return [mask(text, kind=kind) if kind else text for text, kind in texts]
