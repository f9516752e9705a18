"""Rosters as workbooks: read row by row with the suspicion of every upload, and written. Pure.

A file is read by the same parts as workbooks of grids: sizes before content, no macros, no formulas, no DTD.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import IO

import xlsxwriter
from openpyxl.utils import get_column_letter

from common.errors import RuleViolation
from common.masking import mask
from grids.exchange import archive, limits, sheet
from grids.exchange.formulas import decoded, original_text, safe_text
from personnel.posts import SOURCES
from personnel.roster.columns import COLUMNS, RosterRow, heading_of, plain

FILE_BYTES = 5 * limits.MEGABYTE
UNZIPPED_BYTES = 20 * limits.MEGABYTE  # five times what 5,000 people fill; read while somebody waits
MOST_ROWS = 5000
HEADER_WITHIN = 20
FIRST_DAY_OF_SHEETS = date(1899, 12, 30)  # what a spreadsheet program counts days from
DAYS = range(40_000, 60_000)  # 2009 to 2064
EXACT = 10**15  # a larger number has lost its last digits in a spreadsheet program
NOT_A_WORKBOOK = "文件不是 Excel 工作簿（.xlsx）。请另存为 .xlsx 再上传，可以先下载模板。"
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def read_roster(path: Path) -> list[RosterRow]:
    """Every line of a roster; raises RuleViolation when the file as a whole cannot be read."""
    if path.stat().st_size > FILE_BYTES:
        size = FILE_BYTES // limits.MEGABYTE
        raise RuleViolation(f"文件超过 {size} MB，请按乡镇街道分成几个文件。", field="file")
    if not zipfile.is_zipfile(path):
        raise RuleViolation(NOT_A_WORKBOOK, field="file")
    try:
        with archive.opened(path, entries=limits.WORKBOOK_PARTS) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNZIPPED_BYTES:
                raise RuleViolation("工作簿里的内容太多。请只留人员一张表，删除空行和图片。", field="file")
            with sheet.opened(packed) as sheets:
                return _rows_of_one(sheets)
    except RuleViolation as refusal:
        raise RuleViolation(refusal.sentence, field="file") from refusal


def _rows_of_one(sheets: Sequence[sheet.Sheet]) -> list[RosterRow]:
    """The lines of the one visible sheet that has the headings."""
    missing: list[str] = []
    for each in sheets:
        rows = _cells(each)
        for _, (_, cells) in zip(range(HEADER_WITHIN), rows, strict=False):
            keys = {place: key for place, (_, value) in cells.items() if (key := heading_of(str(value)))}
            if len(keys) < 3:
                continue
            missing = [one.name for key, one in COLUMNS.items() if one.is_needed and key not in keys.values()]
            if len(set(keys.values())) < len(keys):
                raise RuleViolation("表头里有重复的列名，请只留一列。", field="file")
            if not missing:
                return _read(rows, keys)
    if missing:
        raise RuleViolation(f"表头缺少{'、'.join(missing)}。请按模板填写。", field="file")
    raise RuleViolation("没有找到表头。请按模板填写，第一行是列名。", field="file")


Cells = dict[int, tuple[str, object]]


def _cells(of: sheet.Sheet) -> Iterator[tuple[int, Cells]]:
    """Rows that hold anything, with their number, and (kind of cell, value) by column."""
    rows = of.content.iter_rows(max_row=of.last, max_col=limits.COLUMNS)
    with sheet.damage_told():
        for number, row in enumerate(rows, start=1):
            found = {place: (cell.data_type, cell.value) for place, cell in enumerate(row, start=1)}
            cells = {place: held for place, held in found.items() if held[1] not in (None, "")}
            if cells:
                yield number, cells


def _read(rows: Iterator[tuple[int, Cells]], keys: Mapping[int, str]) -> list[RosterRow]:
    found: list[RosterRow] = []
    for number, cells in rows:
        row = RosterRow(number)
        for place, key in keys.items():
            if place in cells:
                _take(row, key, *cells[place], at=f"{get_column_letter(place)}{number}")
        if row.values or row.faults:
            found.append(row)
        if len(found) > MOST_ROWS:
            raise RuleViolation(f"一次最多导入 {MOST_ROWS} 人，请分成几个文件。", field="file")
    if not found:
        raise RuleViolation("表头下面没有人员。请填写后再上传。", field="file")
    return found


def _take(row: RosterRow, key: str, kind: str, value: object, *, at: str) -> None:
    column = COLUMNS[key]
    if kind == sheet.FORMULA:
        row.refuse(key, f"{at} 是公式。请复制后用“粘贴为数值”换成数值。")
    elif kind == sheet.ERROR:
        row.refuse(key, f"{at} 是错误值，请改正。")
    elif isinstance(value, bool):
        row.refuse(key, f"{at} 应填文字。")
    elif isinstance(value, int | float):
        _take_number(row, key, value, at=at)
    else:
        text = plain(original_text(decoded(str(value)[: 4 * column.longest])))
        if len(text) > column.longest or len(str(value)) > 4 * column.longest:
            row.refuse(key, f"{column.name}最多 {column.longest} 个字。")
        elif text:
            row.values[key] = text


def _take_number(row: RosterRow, key: str, value: float, *, at: str) -> None:
    """A number stands for digits, or in the column of days for a day."""
    if key == "starts_on":
        if int(value) in DAYS:
            row.values[key] = (FIRST_DAY_OF_SHEETS + timedelta(days=int(value))).isoformat()
        else:
            row.refuse(key, "到岗日期应写成 2026-12-01 这样。")
    elif value != int(value) or value < 0 or value >= EXACT:
        row.refuse(key, f"{at} 被存成了数字，末几位可能已经丢失。请把这一列设成“文本”格式，重新填写。")
    else:
        row.values[key] = str(int(value))


# --- Writing ----------------------------------------------------------------------------------------------


def write_template(file: IO[bytes], *, roles: Mapping[str, str]) -> None:
    """A roster with one invented line, and how to fill it in; all columns are texts."""
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bottom": 1})
        people = book.add_worksheet("人员")
        for place, column in enumerate(COLUMNS.values()):
            people.set_column(place, place, column.width, text)
            people.write_string(0, place, column.name, bold)
        people.freeze_panes(1, 0)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 14)
        notes.set_column(1, 1, 90)
        lines = [(column.name, column.explained) for column in COLUMNS.values()]
        lines += [(f"{roles[role]}的来源", "、".join(sources)) for role, sources in SOURCES.items()]
        lines += [("例", "，".join(f"{one.name}：{one.example}" for one in COLUMNS.values() if one.example))]
        for number, line in enumerate((("列", "怎么填"), *lines)):
            for place, word in enumerate(line):
                notes.write_string(number, place, word, bold if not number else None)


def write_faults(rows: Sequence[RosterRow], file: IO[bytes]) -> None:
    """The lines that cannot be taken, each with its reasons; what is private stays masked."""
    headings = (("行号", 8), ("栏目", 14), ("原因", 60), *((one.name, one.width) for one in COLUMNS.values()))
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        table = book.add_worksheet("有误的行")
        for place, (name, width) in enumerate(headings):
            table.set_column(place, place, width)
            table.write_string(0, place, name, bold)
        table.freeze_panes(1, 0)
        told = ((row, fault) for row in rows for fault in row.faults)
        for number, (row, (key, sentence)) in enumerate(told, start=1):
            column = COLUMNS.get(key)
            cells = [str(row.number), column.name if column else "", sentence, *shown(row.values)]
            for place, text in enumerate(cells):
                table.write_string(number, place, safe_text(text))


def shown(values: Mapping[str, str]) -> list[str]:
    """The texts of a line in the order of the columns, private ones masked."""
    texts = ((values.get(key, ""), column.mask) for key, column in COLUMNS.items())
    return [mask(text, kind=kind) if kind else text for text, kind in texts]
