"""Reads and writes workbooks with named columns, row by row. Pure.

A file goes through the same checks as workbooks of grids: sizes first, no macros, no formulas, no DTD.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO

import xlsxwriter
from openpyxl.utils import get_column_letter

from common.errors import RuleViolation
from common.privacy.masking import mask
from exchange import archive, limits, sheet
from exchange.formulas import decoded, original_text
from exchange.texts import OPTIONS, write_texts

FILE_BYTES = 5 * limits.MEGABYTE
UNZIPPED_BYTES = 20 * limits.MEGABYTE  # five times 5,000 full rows; a user waits while the file is read
HEADER_WITHIN = 20
FIRST_DAY_OF_SHEETS = date(1899, 12, 30)  # the day from which a spreadsheet program counts days
DAYS = range(40_000, 60_000)  # 2009 to 2064
EXACT = 10**15  # a larger number has already lost its last digits in a spreadsheet program
NOT_A_WORKBOOK = "文件不是 Excel 工作簿（.xlsx）。请另存为 .xlsx 再上传，可以先下载模板。"
UNSEEN = ("Cc", "Cf", "Cs")  # control characters, marks that change the text direction, half characters
SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``mask`` names the mask of a private column, ``is_needed`` marks a heading that must be present.

    ``holds`` is the kind of content: a text of half-width letters and digits, words that keep their full-width
    punctuation, a day, or a number.
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
    """One line of a file: its number, the texts by column, and the errors as (column, sentence)."""

    number: int
    values: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, key: str, sentence: str) -> None:
        """Note an error in one column."""
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
        return {name: key for key, column in self.columns.items() for name in (column.name, *column.others)}

    def heading_of(self, text: str) -> str:
        """The column that a heading means, or an empty text."""
        return self._keys.get(plain(text).rstrip("*"), "") or self._keys.get(text.strip(), "")


def plain(text: str) -> str:
    """A text without invisible characters, with half-width digits and letters and single spaces."""
    return tidy(unicodedata.normalize("NFKC", text))


def tidy(text: str) -> str:
    """A text without invisible characters, with single spaces."""
    seen = "".join(" " if letter in "\t\r\n" else letter for letter in text)
    return SPACES.sub(
        " ", "".join(letter for letter in seen if unicodedata.category(letter) not in UNSEEN)
    ).strip()


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
        for _, (_, cells) in zip(range(HEADER_WITHIN), rows, strict=False):
            keys = {
                place: key for place, (_, value) in cells.items() if (key := table.heading_of(str(value)))
            }
            if len(keys) < 3:
                continue
            needed = ((key, one) for key, one in table.columns.items() if one.is_needed)
            missing = [one.name for key, one in needed if key not in keys.values()]
            if len(set(keys.values())) < len(keys):
                raise RuleViolation("表头里有重复的列名，请只留一列。", field="file")
            if not missing:
                return _read(rows, keys, table)
    if missing:
        raise RuleViolation(f"表头缺少{'、'.join(missing)}。请按模板填写。", field="file")
    raise RuleViolation("没有找到表头。请按模板填写，第一行是列名。", field="file")


Cells = dict[int, tuple[str, object]]


def _cells(of: sheet.Sheet) -> Iterator[tuple[int, Cells]]:
    """Each row that is not empty: its number, and (kind of cell, value) by column."""
    rows = of.content.iter_rows(max_row=of.last, max_col=limits.COLUMNS)
    with sheet.damage_told():
        for number, row in enumerate(rows, start=1):
            found = {place: (cell.data_type, cell.value) for place, cell in enumerate(row, start=1)}
            cells = {place: held for place, held in found.items() if held[1] not in (None, "")}
            if cells:
                yield number, cells


def _read(rows: Iterator[tuple[int, Cells]], keys: Mapping[int, str], table: Table) -> list[Row]:
    found: list[Row] = []
    for number, cells in rows:
        row = Row(number)
        for place, key in keys.items():
            if place in cells:
                at = f"{get_column_letter(place)}{number}"
                _take(row, key, table.columns[key], *cells[place], at=at)
        if row.values or row.faults:
            found.append(row)
        if len(found) > table.most_rows:
            raise RuleViolation(
                f"一次最多导入 {table.most_rows} {table.unit}，请分成几个文件。", field="file"
            )
    if not found:
        raise RuleViolation(f"表头下面没有{table.thing}。请填写后再上传。", field="file")
    return found


def _take(row: Row, key: str, column: Column, kind: str, value: object, *, at: str) -> None:
    if kind == sheet.FORMULA:
        row.refuse(key, f"{at} 是公式。请复制后用“粘贴为数值”换成数值。")
    elif kind == sheet.ERROR:
        row.refuse(key, f"{at} 是错误值，请改正。")
    elif isinstance(value, bool):
        row.refuse(key, f"{at} 应填文字。")
    elif isinstance(value, int | float):
        _take_number(row, key, column, value, at=at)
    else:
        made = tidy if column.holds == "words" else plain
        text = made(original_text(decoded(str(value)[: 4 * column.longest])))
        if len(text) > column.longest or len(str(value)) > 4 * column.longest:
            row.refuse(key, f"{column.name}最多 {column.longest} 个字。")
        elif text:
            row.values[key] = text


def _take_number(row: Row, key: str, column: Column, value: float, *, at: str) -> None:
    """Write a number into the row: as digits, as a day in a column of days, as a number in a column of numbers."""
    if column.holds == "day":
        if int(value) in DAYS:
            row.values[key] = (FIRST_DAY_OF_SHEETS + timedelta(days=int(value))).isoformat()
        else:
            row.refuse(key, f"{column.name}应写成 2026-12-01 这样。")
    elif column.holds == "number":
        row.values[key] = f"{value:.6f}".rstrip("0").rstrip(".")
    elif value != int(value) or value < 0 or value >= EXACT:
        row.refuse(key, f"{at} 被存成了数字，末几位可能已经丢失。请把这一列设成“文本”格式，重新填写。")
    else:
        row.values[key] = str(int(value))


# --- Writing ----------------------------------------------------------------------------------------------


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
        told = ([row.get(key, "") for key in table.columns] for row in rows)
        write_texts(book, table.thing, [(one.name, one.width) for one in table.columns.values()], told)


def write_faults(rows: Sequence[Row], file: IO[bytes], table: Table) -> None:
    """Write the lines that were refused, each with its reasons; private values stay masked."""
    columns = table.columns
    headings = [("行号", 8), ("栏目", 14), ("原因", 60), *((one.name, one.width) for one in columns.values())]
    told = (
        [str(row.number), columns[key].name if key in columns else "", sentence, *shown(row.values, table)]
        for row in rows
        for key, sentence in row.faults
    )
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        write_texts(book, "有误的行", headings, told)


def shown(values: Mapping[str, str], table: Table) -> list[str]:
    """The texts of a line in the order of the columns; private values are masked."""
    texts = ((values.get(key, ""), column.mask) for key, column in table.columns.items())
    return [mask(text, kind=kind) if kind else text for text, kind in texts]
