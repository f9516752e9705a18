"""Rosters as a township would fill them in: workbooks of invented people."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from personnel.identity import check_digit
from tests.shapes import Sent

HEADINGS = (
    *("姓名", "账号", "工作电话", "私人电话", "身份证号", "住址", "岗位", "村社区编码", "网格编码", "来源"),
    *("任命机构", "文号", "到岗日期"),
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def number_of(sequence: int) -> str:
    """A sound identity number of a region that does not exist."""
    first = f"410999{1960 + sequence // 999:04d}0101{sequence % 999 + 1:03d}"
    return first + check_digit(first)


def line(sequence: int, **cells: Any) -> Sent:
    """A full-time worker for Chen's grid, or whoever ``cells`` says, by heading."""
    return {
        "姓名": f"示例{sequence:04d}",
        "工作电话": f"1990001{sequence:04d}",
        "私人电话": f"1980001{sequence:04d}",
        "身份证号": number_of(sequence),
        "住址": f"示范路{sequence}号院",
        "岗位": "专职网格员",
        "网格编码": "410902001001001",
        "来源": "社会招聘",
        "到岗日期": "2026-11-20",
        **cells,
    }


def workbook(lines: Iterable[Sent], *, headings: Sequence[str] = HEADINGS) -> bytes:
    """A workbook with these lines under the headings."""
    book = Workbook()
    table = book.active
    table.append(list(headings))
    for one in lines:
        table.append([one.get(heading) for heading in headings])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def upload(content: bytes, name: str = "人员名册.xlsx") -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, content, content_type=XLSX)
