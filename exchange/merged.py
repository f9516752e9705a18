"""Merged blocks of a sheet of grids: their value counts for each row where the meaning is clear. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from common.errors import RuleViolation
from exchange import columns, limits, parts, sheet

NEVER_SHARED = {"unit_name", "unit_households"}  # merged over several rows, they would be counted twice


@dataclass(slots=True)
class Table:
    """The sheet that holds grids: the row of its headers and the meaning of each column."""

    sheet: sheet.Sheet
    header_row: int
    keys: dict[int, str]
    headers: dict[str, str]


@dataclass(slots=True)
class Row:
    """A row of the sheet: values by key, the merged blocks they came from, and why it cannot be understood."""

    number: int
    values: dict[str, object]
    shared: dict[str, sheet.Block] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)


def rows(table: Table) -> Iterator[Row]:
    """Each row below the headers that is not empty, with the values of merged blocks filled in."""
    waiting = _below(table)
    reaching: list[tuple[sheet.Block, object]] = []
    for number, by_column in sheet.rows_of(table.sheet):
        if number <= table.header_row:
            continue
        while waiting and waiting[-1][0] <= number:
            block = waiting.pop()
            reaching.append((block, by_column.get(block[1]) if block[0] == number else None))
        reaching = [(block, value) for block, value in reaching if block[2] >= number]
        if len(reaching) > limits.COLUMNS:
            raise RuleViolation(parts.BROKEN, field="文件")
        row = Row(
            number, {key: by_column[column] for column, key in table.keys.items() if column in by_column}
        )
        for block, value in reaching:
            _fill(row, table, block, value)
        if row.values or row.unclear:
            yield row


def _below(table: Table) -> list[sheet.Block]:
    """The blocks below the headers, the first one last; raises RuleViolation for headers of several rows."""
    found = []
    for block in table.sheet.blocks:
        if block[0] <= table.header_row < block[2]:
            raise RuleViolation(f"表头占了几行（{said(block)} 是合并的）。请把表头改成一行。", field="文件")
        if block[0] > table.header_row:
            found.append(block)
    return sorted(found, reverse=True)


def said(block: sheet.Block) -> str:
    """The name of a block in a spreadsheet, such as A1:B2."""
    return f"{get_column_letter(block[1])}{block[0]}:{get_column_letter(block[3])}{block[2]}"


def _fill(row: Row, table: Table, block: sheet.Block, value: object) -> None:
    """Write the value of a block into a row that it covers, or note why its meaning is unclear."""
    keys = [key for column, key in table.keys.items() if block[1] <= column <= block[3]]
    if not keys:
        return
    names = "和".join(f"“{columns.name_of(key)}”" for key in keys[:2])
    if len(keys) > 1:
        row.unclear.append(f"{said(block)} 把{names}合并成一格，分不清是哪一列。请取消合并。")
    elif block[2] > block[0] and keys[0] in NEVER_SHARED:
        row.unclear.append(f"{said(block)} 把几行的{names}合并成一格，分不清各单元的。请取消合并，逐行填写。")
    elif block[2] > block[0] and value is not None:
        row.values[keys[0]] = value
        row.shared[keys[0]] = block
