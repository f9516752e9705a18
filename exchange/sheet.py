"""The sheets of an XLSX workbook, row by row, as openpyxl reads them: no formulas, no macros. Pure."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from tempfile import TemporaryFile

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from common.errors import RuleViolation
from exchange import limits, parts
from exchange.archive import shown
from exchange.formulas import decoded, original_text

Block = tuple[int, int, int, int]  # first row, first column, last row, last column, from 1
FORMULA, ERROR = "f", "e"
YEARS = range(1949, 2101)  # of a day that is written as a number; others are numbers of another kind


@dataclass(slots=True)
class Sheet:
    """A visible sheet of an open workbook, its last row with content, its merged blocks, and the day it counts from."""

    content: ReadOnlyWorksheet
    last: int
    blocks: list[Block]
    epoch: datetime

    def day_of(self, number: float) -> date | None:
        """The day that a number means in a column of days; None if it is too small or too large for one."""
        try:
            found = from_excel(int(number), self.epoch)
        except (OverflowError, ValueError):
            return None
        return found.date() if isinstance(found, datetime) and found.year in YEARS else None


@contextmanager
def damage_refused() -> Iterator[None]:
    """Turn any error that openpyxl raises for a damaged workbook into a RuleViolation."""
    try:
        yield
    except RuleViolation:
        raise
    except Exception as error:  # openpyxl has no error classes of its own: a bad attribute may raise anything
        raise RuleViolation(parts.BROKEN, field="文件") from error


@contextmanager
def opened(packed: zipfile.ZipFile) -> Iterator[list[Sheet]]:
    """The visible sheets of a workbook; raises RuleViolation for macros and for a file that is not a workbook."""
    with TemporaryFile() as copy:
        watches = parts.copied(packed, copy)
        with damage_refused():
            book = load_workbook(copy, read_only=True, keep_links=False)
            visible = [content for content in book.worksheets if content.sheet_state == "visible"]
            found = [(content, watches[content._worksheet_path]) for content in visible]
            sheets = [
                Sheet(content, came.last, [_block(reference) for reference in came.blocks], book.epoch)
                for content, came in found
            ]
        yield sheets


def _block(reference: str) -> Block:
    west, north, east, south = range_boundaries(reference)
    return north, west, south, east


def rows_of(sheet: Sheet, *, strict: bool = True) -> Iterator[tuple[int, dict[int, object]]]:
    """The rows of a sheet that are not empty, with their number and their values by column.

    With ``strict`` a formula or an error value raises RuleViolation with the name of its cell.
    """
    rows = sheet.content.iter_rows(max_row=sheet.last, max_col=limits.COLUMNS)
    with damage_refused():
        for number, row in enumerate(rows, start=1):
            values = {}
            for column, cell in enumerate(row, start=1):
                value = cell.value
                if value is None or value == "":
                    continue
                if strict and cell.data_type in {FORMULA, ERROR}:
                    raise _refused(f"{get_column_letter(column)}{number}", cell)
                values[column] = original_text(decoded(value)) if isinstance(value, str) else value
            if values:
                yield number, values


def _refused(at: str, cell: ReadOnlyCell) -> RuleViolation:
    if cell.data_type == FORMULA:
        return RuleViolation(f"{at} 是公式。请复制后用“粘贴为数值”换成数值再上传。", field="文件")
    return RuleViolation(f"{at} 是错误值“{shown(str(cell.value))}”。请改正后再上传。", field="文件")
