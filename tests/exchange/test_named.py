"""Workbooks with named columns: cells are read as people and programs write them, or refused by their name."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

from common.errors import RuleViolation
from exchange.named_files import write_template
from tests.exchange.files import zipped
from tests.exchange.named_books import COLUMNS, HEADINGS, TABLE, book, only, parts_of, read, sentences

FIRST = ["甲", "410902001001", None, date(2025, 6, 1), "是", 2, "乙"]
EMPTY = [None] * 3


def merging(*blocks: str) -> Any:
    def change(made: Workbook) -> None:
        for block in blocks:
            made.active.merge_cells(block)

    return change


def test_a_merged_block_counts_for_each_of_its_rows_and_says_so(tmp_path: Path) -> None:
    rows = [FIRST, ["丙", "2", *EMPTY, None, "丁"], ["戊", "3", *EMPTY, None, None]]
    found = read(book(tmp_path, *rows, change=merging("D2:D4", "E2:E4", "F2:F3")))
    assert [row.values.get("day") for row in found] == ["2025-06-01"] * 3
    assert [row.values.get("secret") for row in found] == ["是"] * 3
    assert [row.values.get("times") for row in found] == ["2", "2", None]
    assert [row.values.get("note") for row in found] == ["乙", "丁", None]
    assert found[2].notes == [
        "D2:D4 是合并单元格，日期取了它的值。",
        "E2:E4 是合并单元格，保密取了它的值。",
    ]
    assert not any(row.faults for row in found)


def test_a_block_over_two_columns_is_refused_once_and_nothing_else_of_its_row(tmp_path: Path) -> None:
    (row,) = read(book(tmp_path, FIRST, change=merging("E2:F2")))
    assert [sentence for _, sentence in row.faults] == [
        "E2:F2 把“保密”和“次数”合并成一格，分不清是哪一列。请取消合并。"
    ]
    row.refuse("name", "请填写名称。")
    assert len(row.faults) == 1


def test_headings_of_two_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="表头占了几行（A1:A2 是合并的）"):
        read(book(tmp_path, FIRST, FIRST, change=merging("A1:A2")))


@pytest.mark.parametrize("epoch", [None, CALENDAR_MAC_1904])
def test_a_day_is_counted_from_where_the_workbook_counts(tmp_path: Path, epoch: datetime | None) -> None:
    def change(made: Workbook) -> None:
        if epoch is not None:
            made.epoch = epoch

    rows = [[*FIRST[:3], day, *FIRST[4:]] for day in (date(2025, 6, 1), datetime(2026, 12, 1, 8, 30))]
    found = read(book(tmp_path, *rows, change=change))
    assert [row.values["day"] for row in found] == ["2025-06-01", "2026-12-01"]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *((text, "2025-01-01") for text in ("2025年1月1日", "2025/1/1", "2025.1.1", "2025-1-1")),
        *(
            (text, "2026-12-01")
            for text in ("2026-12-01 00:00:00", "20261201", 20261201, "２０２６－１２－０１")
        ),
        (21194, "1958-01-09"),  # a law of that day
    ],
)
def test_a_day_is_read_as_text_and_as_a_number(tmp_path: Path, typed: Any, day: str) -> None:
    assert only(book(tmp_path, [*FIRST[:3], typed]))["day"] == day


@pytest.mark.parametrize(
    ("place", "typed", "sentence"),
    [
        (3, "2026111", "D2 的“2026111”分不清是几月几日，请写成 2026-12-08 这样。"),
        (3, 2026111, "D2 的“2026111”分不清是几月几日，请写成 2026-12-08 这样。"),
        (3, True, "D2 是“是”，应填日期，如 2026-12-08。"),
        (5, True, "F2 是“是”，应填数字。"),
        (6, True, "G2 是“是”，应填文字。"),
        (1, 410902001001001001, "B2 被存成了数字，末几位可能已经丢失。请把这一列设成“文本”格式，重新填写。"),
    ],
)
def test_an_unreadable_cell_is_reported_once_with_its_content(
    tmp_path: Path, place: int, typed: Any, sentence: str
) -> None:
    cells = list(FIRST)
    cells[place] = typed
    (row,) = read(book(tmp_path, cells))
    assert row.faults == [(list(COLUMNS)[place], sentence)]
    row.refuse(list(COLUMNS)[place], "请填写。")
    assert len(row.faults) == 1


def iso(path: Path, cell: str, value: str) -> Path:
    """The workbook with one cell as programs write dates by ISO 8601."""
    parts = parts_of(path)
    name = "xl/worksheets/sheet1.xml"
    made = re.sub(
        rf'<c r="{cell}"[^>]*?(/>|>.*?</c>)', f'<c r="{cell}" t="d"><v>{value}</v></c>', parts[name].decode()
    )
    assert f'r="{cell}" t="d"' in made
    return zipped(path.parent, {**parts, name: made.encode()}, "iso.xlsx")


@pytest.mark.parametrize("value", ["2026-12-01", "2026-12-01T00:00:00", "2026-12-01T08:30:00.000Z"])
def test_a_date_written_by_iso_8601_is_a_day(tmp_path: Path, value: str) -> None:
    assert only(iso(book(tmp_path, FIRST), "D2", value))["day"] == "2026-12-01"


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("B2", "B2 被存成了日期“2026-12-01”。请把这一列设成“文本”格式，重新填写。"),
        ("F2", "F2 是日期“2026-12-01”，应填数字。"),
    ],
)
def test_a_date_in_another_column_is_shown(tmp_path: Path, cell: str, sentence: str) -> None:
    assert sentences(iso(book(tmp_path, FIRST), cell, "2026-12-01T00:00:00")) == [sentence]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (True, "是"),
        (False, "否"),
        ("TRUE", "是"),
        ("√", "是"),
        ("×", "否"),
        (1, "是"),
        (0, "否"),
        ("否", "否"),
    ],
)
def test_yes_and_no_are_read_as_programs_write_them(tmp_path: Path, typed: Any, word: str) -> None:
    assert only(book(tmp_path, [*FIRST[:4], typed, 2]))["secret"] == word


@pytest.mark.parametrize(
    "headings",
    [
        ["名  称", "编码(村)", "电 话", "日\n期", "保密（是/否）", "次数：", "备注*"],
        ["*名称", "编码（村）", "电话(手机)", "日期（如 2026-12-01）", "保　密", "次\u200b数", "【备注】"],
    ],
)
def test_headings_are_known_with_spaces_breaks_and_brackets(tmp_path: Path, headings: list[str]) -> None:
    assert only(book(tmp_path, FIRST, headings=headings)).keys() == COLUMNS.keys() - {"phone"}


def test_codes_and_telephones_are_read_in_one_spelling(tmp_path: Path) -> None:
    values = only(
        book(tmp_path, ["（甲）１号", "４１０９０２ ００１００１", "+86 199 0000 0905", None, "是", "１．５"])
    )
    assert values == {
        "name": "（甲）１号",  # words stay as they are written
        "code": "410902001001",
        "phone": "19900000905",
        "secret": "是",
        "times": "1.5",
    }


@pytest.mark.parametrize("text", ["????", "??1?", "京\ufffd社区", "锟斤拷"])
def test_a_text_that_was_destroyed_before_is_named_as_lost(tmp_path: Path, text: str) -> None:
    (sentence,) = sentences(book(tmp_path, [text, *FIRST[1:]]))
    assert sentence.startswith(f"A2 的“{text}”在导出时已经丢失") and "重新导出" in sentence


def test_a_question_is_no_lost_text(tmp_path: Path) -> None:
    assert only(book(tmp_path, ["谁来管??", *FIRST[1:]]))["name"] == "谁来管??"


@pytest.mark.parametrize(
    "folder", ["xl/", "xl/worksheets/", "xl/worksheets/_rels/", "xl/drawings/_rels/", "docProps/"]
)
def test_folders_inside_the_file_do_not_matter(tmp_path: Path, folder: str) -> None:
    path = book(tmp_path, FIRST)
    assert only(zipped(tmp_path, {folder: b"", **parts_of(path)}, "folders.xlsx"))["name"] == "甲"


def test_parts_are_found_under_any_name(tmp_path: Path) -> None:
    names = {
        "xl/workbook.xml": "xl/book1.xml",
        "xl/_rels/workbook.xml.rels": "xl/_rels/book1.xml.rels",
        "xl/worksheets/sheet1.xml": "xl/tables/first.xml",
        "xl/sharedStrings.xml": "xl/SharedStrings.xml",
    }
    parts = {}
    for name, content in parts_of(book(tmp_path, FIRST)).items():
        for before, after in names.items():
            content = content.replace(before.encode(), after.encode())
            content = content.replace(before.removeprefix("xl/").encode(), after.removeprefix("xl/").encode())
        parts[names.get(name, name)] = content
    assert only(zipped(tmp_path, parts, "renamed.xlsx"))["name"] == "甲"


def test_every_column_of_the_template_is_text(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    with path.open("wb") as file:
        write_template(file, TABLE)
    sheet = openpyxl.load_workbook(path)["事项"]
    assert [cell.value for cell in sheet[1]] == HEADINGS
    assert {columns.number_format for columns in sheet.column_dimensions.values()} == {"@"}
    assert max(columns.max for columns in sheet.column_dimensions.values()) == len(HEADINGS)
