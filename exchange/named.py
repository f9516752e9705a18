"""Reads workbooks with named columns, row by row. Pure.

A file goes through the same checks as workbooks of grids: sizes first, no macros, no formulas, no DTD.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from openpyxl.utils import get_column_letter

from common.errors import RuleViolation
from exchange import archive, limits, merged, sheet
from exchange.cells import Cell, text_in
from exchange.headings import spellings_of

FILE_BYTES = 5 * limits.MEGABYTE
UNZIPPED_BYTES = 20 * limits.MEGABYTE  # five times 5,000 full rows; a user waits while the file is read
HEADER_WITHIN = 20
FEWEST_COLUMNS = 3  # that a row of headings has
NOT_A_WORKBOOK = "文件不是 Excel 工作簿（.xlsx）。请另存为 .xlsx 再上传，可以先下载模板。"
MERGED = ""  # the column of a fault that belongs to the whole line


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``mask`` names the mask of a private column, ``is_needed`` marks a heading that must be present.

    ``holds`` is the kind of content (exchange.cells): a text, words, a code, a telephone, an identity number, the
    number of a document, a day, a number, or yes and no. ``longest`` counts the letters of its one spelling.
    """

    name: str
    longest: int
    width: int
    explained: str
    example: str
    mask: str = ""
    is_needed: bool = False
    others: tuple[str, ...] = ()
    holds: str = "text"


@dataclass(slots=True)
class Row:
    """One line of a file: its number, the texts by column, the errors as (column, sentence), and notes.

    ``unread`` are the columns whose cell could not be read: one sentence about a cell is enough.
    """

    number: int
    values: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def refuse(self, key: str, sentence: str) -> None:
        """Note an error in one column, unless its cell could not be read anyway."""
        if key not in self.unread:
            self.faults.append((key, sentence))


@dataclass(frozen=True)
class Table:
    """What a file contains: its columns by key, what a line is called, and how many lines it may have."""

    columns: Mapping[str, Column]
    thing: str
    unit: str
    most_rows: int
    advice: str = "请分成几个文件。"

    @cached_property
    def _keys(self) -> dict[str, str]:
        named = (
            (name, key) for key, column in self.columns.items() for name in (column.name, *column.others)
        )
        return {spellings_of(name)[0]: key for name, key in named}

    def heading_of(self, text: str) -> str:
        """The column that a heading means, or an empty text; ignores spaces, punctuation and notes in brackets."""
        whole, short = spellings_of(text)
        return self._keys.get(whole, "") or self._keys.get(short, "")

    def name_of(self, key: str) -> str:
        """The name of a column."""
        return self.columns[key].name


@dataclass(frozen=True)
class Upload:
    """A file that was read: its cleaned name, its digest, its lines."""

    name: str
    sha256: str
    rows: list[Row]


def read_upload(upload: IO[bytes], *, name: str, size: int, table: Table) -> Upload:
    """Read an upload from a temporary copy, which is then deleted; raises RuleViolation if it cannot be read."""
    kept = Path(name.replace("\\", "/")).name[-120:]
    _require_size(size, table)
    if not kept.lower().endswith(".xlsx"):
        raise RuleViolation(NOT_A_WORKBOOK, field="file")
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:  # deleted after reading
        shutil.copyfileobj(upload, copy)
        copy.flush()
        rows = read_rows(Path(copy.name), table)
        copy.seek(0)
        digest = hashlib.file_digest(copy, "sha256").hexdigest()
    return Upload(kept, digest, rows)


def _require_size(size: int, table: Table) -> None:
    if size > FILE_BYTES:
        raise RuleViolation(f"文件超过 {FILE_BYTES // limits.MEGABYTE} MB，{table.advice}", field="file")


def read_rows(path: Path, table: Table) -> list[Row]:
    """All lines of a file; raises RuleViolation when the file as a whole cannot be read."""
    _require_size(path.stat().st_size, table)
    if not zipfile.is_zipfile(path):
        raise RuleViolation(NOT_A_WORKBOOK, field="file")
    try:
        with archive.opened(path, entries=limits.WORKBOOK_PARTS) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNZIPPED_BYTES:
                raise RuleViolation(
                    f"工作簿里的内容太多。请只留{table.thing}一张表，删除空行和图片。", field="file"
                )
            with sheet.opened(packed) as sheets:
                return _rows_of_one(sheets, table)
    except RuleViolation as refusal:
        raise RuleViolation(refusal.sentence, field="file") from refusal


def _rows_of_one(sheets: Sequence[sheet.Sheet], table: Table) -> list[Row]:
    """The lines of the one visible sheet that has the headings."""
    missing: list[str] = []
    for each in sheets:
        rows = _cells(each)
        for _, (number, cells) in zip(range(HEADER_WITHIN), rows, strict=False):
            keys = {place: key for place, cell in cells.items() if (key := table.heading_of(str(cell.value)))}
            if len(keys) < FEWEST_COLUMNS:
                continue
            needed = ((key, one) for key, one in table.columns.items() if one.is_needed)
            missing = [one.name for key, one in needed if key not in keys.values()]
            if len(set(keys.values())) < len(keys):
                raise RuleViolation("表头里有重复的列名，请只留一列。", field="file")
            if not missing:
                return _read(rows, merged.Table(each, number, keys, {}, table.name_of), table)
    if missing:
        raise RuleViolation(f"表头缺少{'、'.join(missing)}。请按模板填写。", field="file")
    raise RuleViolation("没有找到表头。请按模板填写，第一行是列名。", field="file")


def _cells(of: sheet.Sheet) -> Iterator[tuple[int, dict[int, Cell]]]:
    """Each row that is not empty: its number, and its cells by column."""
    rows = of.content.iter_rows(max_row=of.last, max_col=limits.COLUMNS)
    with sheet.damage_refused():
        for number, row in enumerate(rows, start=1):
            cells = {
                place: Cell(f"{get_column_letter(place)}{number}", cell.data_type, cell.value, of)
                for place, cell in enumerate(row, start=1)
                if cell.value not in (None, "")
            }
            if cells:
                yield number, cells


def _read(rows: Iterator[tuple[int, dict[int, Cell]]], layout: merged.Table, table: Table) -> list[Row]:
    found: list[Row] = []
    for row in merged.rows(layout, rows):
        line = _line(row, table)
        if line.values or line.faults:
            found.append(line)
        if len(found) > table.most_rows:
            raise RuleViolation(
                f"一次最多导入 {table.most_rows} {table.unit}，请分成几个文件。", field="file"
            )
    if not found:
        raise RuleViolation(f"表头下面没有{table.thing}。请填写后再上传。", field="file")
    return found


def _line(row: merged.Row[Cell], table: Table) -> Row:
    """A row with its cells read; of a row with unclear merged cells, only what is unclear."""
    line = Row(row.number)
    if row.unclear:
        for reason in row.unclear:
            line.refuse(MERGED, reason)
        line.unread |= table.columns.keys()
        return line
    for key, cell in row.values.items():
        column = table.columns[key]
        try:
            text = text_in(cell, column.holds, name=column.name, longest=column.longest)
        except ValueError as error:
            line.refuse(key, str(error))
            line.unread.add(key)
            continue
        if text:
            line.values[key] = text
            if key in row.shared:
                block = merged.block_name(row.shared[key])
                line.notes.append(f"{block} 是合并单元格，{column.name}取了它的值。")
    return line
