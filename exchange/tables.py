"""Writes grids and faults as workbooks in which no text can become a formula. Pure.

Rows are written to disk one at a time (XlsxWriter's constant memory), so ``rows`` may be a long iterator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

import xlsxwriter
from shapely import Polygon
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from exchange.columns import CODES, COLUMNS
from exchange.coordinates import typed
from exchange.formulas import safe_text
from exchange.rows import PREMISES_NAMES, UNIT_KIND_NAMES, FileFault, ReadUnit, WrittenGrid
from exchange.texts import OPTIONS
from exchange.writers import rounded_area

HEADERS: tuple[tuple[str, int], ...] = (
    ("网格编码", 18), ("网格名称", 24), ("网格类型", 10), ("专属类别", 12), ("村社区编码", 14), ("村社区", 16),
    ("乡镇街道", 14), ("县区", 12), ("户数", 8), ("人口", 8), ("面积（平方米）", 14), ("启用日期", 12),
    ("单元类型", 10), ("单元名称", 20), ("单元地址", 30), ("单元户数", 10), ("坐标", 40),
)  # fmt: skip
EXPLAINED: tuple[tuple[str, str], ...] = (
    ("网格编码", "同一编码的各行是同一个网格；每个单元一行，没有单元的网格一行。新网格可以不填，由平台编码。"),
    ("网格名称", "最多80个字。"),
    ("网格类型", "社区网格、村网格或专属网格。"),
    ("专属类别", f"专属网格必填：{'、'.join(PREMISES_NAMES.values())}。其他网格不填。"),
    ("村社区编码、村社区", "填一项即可；两项都填时应当一致。"),
    ("乡镇街道、县区、面积（平方米）、启用日期", "导入时不读。"),
    ("户数、人口", "整个网格的数，同一网格各行相同，或只填第一行。"),
    ("单元类型", f"{'、'.join(UNIT_KIND_NAMES.values())}。"),
    ("单元名称、单元地址", "至少填一项。"),
    ("单元户数", "只算这个单元。"),
    ("坐标", "可以不填。写成“经度,纬度;经度,纬度;…”；里面有孔时用“|”隔开各环。"),
    ("", "由互不相连的几块组成的边界，导出时留空。"),
    ("", "一格放不下时，下一行填同一编码，坐标以“续：”开头接着写。"),
)  # fmt: skip
ORIGINAL_COLUMNS = 40
CODE_HEADERS = {COLUMNS[key].name for key in CODES}


def write_workbook(rows: Iterable[WrittenGrid], file: IO[bytes]) -> None:
    """Write a workbook with one row for each unit, or for each grid without units; without rows it is the template."""
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        page = _page(book, "网格", HEADERS)
        at = 0
        for row in rows:
            for cells in _lines(row):
                at += 1
                page.write(at, cells)
        notes = _page(book, "填写说明", (("列", 40), ("怎么填", 100)))
        for number, line in enumerate(EXPLAINED, start=1):
            notes.write(number, line)


def _lines(row: WrittenGrid) -> Iterator[tuple[object, ...]]:
    """The lines of a grid: the first holds counts and border; units and the rest of a long border follow below."""
    begun = row.in_force_on.isoformat() if row.in_force_on else ""
    premises = PREMISES_NAMES.get(row.premises, row.premises)
    place = (
        row.code,
        row.name,
        row.kind_name,
        premises,
        row.village_code,
        row.village,
        row.township,
        row.county,
    )
    counts = (row.households, row.population, rounded_area(row.area_m2), begun)
    border = list(typed(row.shape)) if isinstance(row.shape, Polygon) else []
    for number in range(max(len(row.units), len(border), 1)):
        unit = row.units[number] if number < len(row.units) else None
        piece = border[number] if number < len(border) else None
        yield (*place, *(counts if not number else (None,) * len(counts)), *_unit_cells(unit), piece)


def _unit_cells(unit: ReadUnit | None) -> tuple[object, ...]:
    if unit is None:
        return (None,) * 4
    return (UNIT_KIND_NAMES.get(unit.kind, unit.kind), unit.name, unit.address, unit.households)


def write_faults(rows: Sequence[FileFault], file: IO[bytes]) -> None:
    """Write the refused rows: row, column, reason, and the row as it is in the file."""
    originals = list(dict.fromkeys(header for fault in rows for header, _ in fault.cells))[:ORIGINAL_COLUMNS]
    headers = (("行号", 8), ("栏目", 14), ("原因", 70), *((safe_text(header), 18) for header in originals))
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        page = _page(book, "未导入的行", headers)
        for number, fault in enumerate(rows, start=1):
            known = dict(fault.cells)
            place = "整个文件" if fault.row is None else fault.row
            page.write(
                number, (place, fault.field, fault.reason, *(known.get(header) for header in originals))
            )


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet and the format of each of its columns."""

    sheet: Worksheet
    formats: tuple[Format | None, ...]

    def write(self, at: int, cells: Iterable[object]) -> None:
        """Write a row; numbers as numbers, everything else as text."""
        for column, value in enumerate(cells):
            if isinstance(value, int | float):
                self.sheet.write_number(at, column, value)
            elif value is not None and value != "":
                self.sheet.write_string(at, column, safe_text(str(value)), self.formats[column])


def _page(book: xlsxwriter.Workbook, name: str, headers: Sequence[tuple[str, int]]) -> Page:
    """Add a sheet. What is typed into a column of codes stays a text: as a number it would lose its last digits."""
    sheet = book.add_worksheet(name)
    bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
    formats = tuple(text if header in CODE_HEADERS else None for header, _ in headers)
    for column, (header, width) in enumerate(headers):
        sheet.set_column(column, column, width, formats[column])
        sheet.write_string(0, column, header, bold)
    sheet.freeze_panes(1, 0)
    return Page(sheet, formats)
