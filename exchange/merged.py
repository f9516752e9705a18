"""Merged blocks of a sheet: their value counts for each row where the meaning is clear. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from openpyxl.utils import get_column_letter

from common.errors import RuleViolation
from exchange import limits, parts, sheet

Value = TypeVar("Value")


@dataclass(slots=True)
class Table:
    """The sheet that holds the rows: the row of its headers, the meaning of each column and its name.

    ``never_shared`` are columns whose value would count twice if several rows had it.
    """

    sheet: sheet.Sheet
    header_row: int
    keys: dict[int, str]
    headers: dict[str, str]
    name_of: Callable[[str], str]
    never_shared: frozenset[str] = frozenset()


@dataclass(slots=True)
class Row(Generic[Value]):
    """A row of the sheet: values by key, the merged blocks they came from, and why it cannot be understood."""

    number: int
    values: dict[str, Value]
    shared: dict[str, sheet.Block] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)


def rows(table: Table, found: Iterator[tuple[int, dict[int, Value]]]) -> Iterator[Row[Value]]:
    """Each row below the headers that is not empty, with the values of merged blocks filled in.

    ``found`` are the rows of the sheet that are not empty: their numbers, and their values by column.
    """
    waiting = _below(table)
    reaching: list[tuple[sheet.Block, Value | None]] = []
    for number, by_column in found:
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
            raise RuleViolation(
                f"表头占了几行（{block_name(block)} 是合并的）。请把表头改成一行。", field="文件"
            )
        if block[0] > table.header_row:
            found.append(block)
    return sorted(found, reverse=True)


def block_name(block: sheet.Block) -> str:
    """The name of a block in a spreadsheet, such as A1:B2."""
    return f"{get_column_letter(block[1])}{block[0]}:{get_column_letter(block[3])}{block[2]}"


def _fill(row: Row[Value], table: Table, block: sheet.Block, value: Value | None) -> None:
    """Write the value of a block into a row that it covers, or note why its meaning is unclear."""
    keys = [key for column, key in table.keys.items() if block[1] <= column <= block[3]]
    if not keys:
        return
    names = "和".join(f"“{table.name_of(key)}”" for key in keys[:2])
    if len(keys) > 1:
        row.unclear.append(f"{block_name(block)} 把{names}合并成一格，分不清是哪一列。请取消合并。")
    elif block[2] > block[0] and keys[0] in table.never_shared:
        row.unclear.append(
            f"{block_name(block)} 把几行的{names}合并成一格，分不清各单元的。请取消合并，逐行填写。"
        )
    elif block[2] > block[0] and value is not None:
        row.values[keys[0]] = value
        row.shared[keys[0]] = block
