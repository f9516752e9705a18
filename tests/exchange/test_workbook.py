"""Workbooks: rows become grids with their units, merged blocks count where they can mean only one thing (Art. 7, 8)."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapely
from openpyxl.worksheet.datavalidation import DataValidation

from exchange import limits, parts
from exchange.reading import survey
from exchange.rows import ReadUnit
from tests.exchange.files import (
    HEADERS,
    JING,
    YU,
    raw,
    reading,
    refusals,
    repacked,
    repairs,
    square,
    typed,
    workbook,
)

BORDER = typed(square())
NEXT_BORDER = typed(square(115.01))
SHEET = "xl/worksheets/sheet1.xml"
ENDLESS = random.Random(7).randbytes(1_500_000).hex().encode()
NOT_A_NUMBER = "坐标里有不是数的值（NaN 或无穷大）。请改正后再导入。"
HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_each_row_is_a_grid_or_one_of_its_units(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [JING, "甲网格", "京东社区", 120, "1号楼", 60, BORDER],
        [JING, "甲网格", "京东社区", None, "2号楼", 60, None],
        [int(YU), "乙网格", "京东社区", "80 ", None, None, NEXT_BORDER],
    )
    seen = survey(path, "网格.xlsx")
    assert (seen.form, seen.count) == ("workbook", 3)
    assert seen.bounds == pytest.approx((115.0, 35.7, 115.02, 35.71))
    found = reading(path)
    assert refusals(found) == [] and found.total == 2
    first, second = found.grids
    assert (first.row, first.code, first.name, first.village_name, first.households) == (
        2, JING, "甲网格", "京东社区", 120,
    )  # fmt: skip
    assert first.units == (ReadUnit("", "1号楼", "", 60), ReadUnit("", "2号楼", "", 60))
    assert (second.row, second.code, second.households, second.units) == (4, YU, 80, ())
    assert first.shape is not None and first.shape.equals(shapely.box(115.0, 35.7, 115.01, 35.71))
    assert second.shape is not None and second.shape.equals(shapely.box(115.01, 35.7, 115.02, 35.71))
    assert first.repairs == second.repairs == ()


def test_a_list_of_units_without_coordinates_is_read_without_a_shape(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [JING, "甲网格", "1号楼、2号楼；3号楼"], headers=["网格编码", "网格名称", "包含单元"]
    )
    (grid,) = reading(path).grids
    assert grid.shape is None and [unit.name for unit in grid.units] == ["1号楼", "2号楼", "3号楼"]


def test_titles_above_notes_beside_and_other_sheets_do_not_matter(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["濮阳市中原路街道网格一览表"])
    book.active.merge_cells("A1:E1")
    book.active.append([])
    book.active.append(["序号", "网格编码（15位）", "网格 名称", "所属村（社区）", "备注"])
    book.active.append([1, JING, "甲网格", "京东社区", "=没有"])
    book.active["E4"].data_type = "s"
    notes = book.create_sheet("说明")
    notes["A1"] = "=1+1"
    book.save(tmp_path / "titled.xlsx")
    (grid,) = reading(tmp_path / "titled.xlsx").grids
    assert (grid.row, grid.code, grid.name, grid.village_name) == (4, JING, "甲网格", "京东社区")


def test_two_sheets_of_grids_are_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "华龙区"
    for sheet in (book.active, book.create_sheet("清丰县")):
        sheet.append(["网格编码", "网格名称"])
    book.save(tmp_path / "two.xlsx")
    assert refusals(reading(tmp_path / "two.xlsx")) == [
        "工作簿里有2张网格表（“华龙区”、“清丰县”），请只留一张。"
    ]


def test_without_headers_nothing_is_read(tmp_path: Path) -> None:
    found = reading(workbook(tmp_path, [JING, "甲网格"], headers=["第一列", "第二列"]))
    assert refusals(found) == [
        "工作簿里没有找到表头。请在一行里写上“网格编码”“网格名称”等列名，可先下载模板。"
    ]
    assert refusals(reading(workbook(tmp_path))) == ["文件里没有网格。请核对文件。"]


def test_a_merged_block_counts_for_each_of_its_rows_and_says_so(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [JING, "甲网格", "京东社区", 120, "1号楼", 60, BORDER],
        [None, None, None, None, "2号楼", 60, None],
        [YU, "乙网格", None, 80, "3号楼", 80, NEXT_BORDER],
        merged=["A2:A3", "B2:B3", "C2:C4", "D2:D3"],
    )
    found = reading(path)
    assert refusals(found) == []
    assert [(grid.code, grid.village_name, len(grid.units)) for grid in found.grids] == [
        (JING, "京东社区", 2), (YU, "京东社区", 1),
    ]  # fmt: skip
    assert found.grids[0].repairs == (
        "第2行：A2:A3 是合并单元格，各行的网格编码都取了它的值。",
        "第2行：B2:B3 是合并单元格，各行的网格名称都取了它的值。",
        "第2行：C2:C4 是合并单元格，各行的村社区都取了它的值。",
        "第2行：D2:D3 是合并单元格，各行的户数都取了它的值。",
    )
    assert found.grids[1].repairs == ("第4行：C2:C4 是合并单元格，各行的村社区都取了它的值。",)


@pytest.mark.parametrize(
    ("block", "sentences"),
    [
        ("D2:D3", ["第3行：D2:D3 的户数合并在几个网格上，分不清各网格的。请取消合并，逐行填写。"]),
        ("G2:G3", ["第3行：G2:G3 的坐标合并在几个网格上，分不清各网格的。请取消合并，逐行填写。"]),
        ("B2:B3", ["第3行：B2:B3 的网格名称合并在几个网格上，分不清各网格的。请取消合并，逐行填写。"]),
        (
            "F2:F3",
            [
                f"第{row}行：F2:F3 把几行的“单元户数”合并成一格，分不清各单元的。请取消合并，逐行填写。"
                for row in (2, 3)
            ],
        ),
        ("A2:B2", ["第2行：A2:B2 把“网格编码”和“网格名称”合并成一格，分不清是哪一列。请取消合并。"]),
    ],
)
def test_a_merged_block_that_could_mean_several_things_is_refused(
    tmp_path: Path, block: str, sentences: list[str]
) -> None:
    path = workbook(
        tmp_path,
        [JING, "甲网格", "京东社区", 120, "1号楼", 60, BORDER],
        [YU, "乙网格", "京东社区", 80, "2号楼", 80, NEXT_BORDER],
        merged=[block],
    )
    found = reading(path)
    assert refusals(found) == sentences
    assert {fault.field for fault in found.faults} == {"合并单元格"}


def test_headers_of_two_rows_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["", "", "", "", "", "", ""], [JING, "甲网格"], merged=["A1:A2"])
    assert refusals(reading(path)) == ["表头占了几行（A1:A2 是合并的）。请把表头改成一行。"]


def test_a_formula_is_refused_by_its_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path, [JING, "甲网格", "京东社区", "=60+60"])
    assert refusals(reading(path)) == ["D2 是公式。请复制后用“粘贴为数值”换成数值再上传。"]


def test_an_error_value_is_refused_by_its_cell(tmp_path: Path) -> None:
    path = workbook(tmp_path, [JING, "甲网格", "京东社区", "#REF!"])
    assert refusals(reading(path)) == ["D2 是错误值“#REF!”。请改正后再上传。"]


def test_macros_are_refused_also_under_another_name(tmp_path: Path) -> None:
    path = repacked(workbook(tmp_path, [JING, "甲网格"]), {"xl/vbaProject.bin": b"macro"})
    assert refusals(reading(path)) == ["工作簿带有宏。请另存为不带宏的 .xlsx 再上传。"]


def test_the_strict_form_is_recognised(tmp_path: Path) -> None:
    path = workbook(tmp_path, [JING, "甲网格"])
    common, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    changes = {name: _part(path, name).replace(common, strict) for name in (SHEET, "xl/workbook.xml")}
    assert refusals(reading(repacked(path, changes))) == [
        "工作簿是“Strict Open XML”格式。请在 Excel 里另存为普通的 .xlsx 再上传。"
    ]


def test_encrypted_and_old_workbooks_are_refused(tmp_path: Path) -> None:
    path = raw(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old.xlsx")
    assert refusals(reading(path)) == ["这是加密的工作簿或旧的 .xls 格式。请另存为不加密的 .xlsx 再上传。"]


def test_openpyxl_reads_with_a_parser_that_knows_no_entities() -> None:
    assert openpyxl.DEFUSEDXML


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"]
)
def test_no_part_may_declare_entities(tmp_path: Path, part: str) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>'
    path = repacked(workbook(tmp_path, [JING, "甲网格"]), {part: laughs})
    assert refusals(reading(path)) == ["工作簿里有不允许的 XML 声明，没有读取。请在 Excel 里另存一份再上传。"]


def _sheet(cells: str) -> bytes:
    return f'{HEAD}<row r="1">{cells}</row></sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"not xml", HEAD.encode(), _sheet('<c r="1"><v>7</v></c>'), _sheet('<c r="A1" t="s"><v>9999</v></c>'),
        _sheet('<c r="A1" t="s"><v>-1</v></c>'), _sheet('<c r="A1"><v>seven</v></c>'),
        _sheet('<c r="AAAA1"><v>7</v></c>'),
        _sheet("<c><v>1</v></c>") + b"<more/>", HEAD.encode() + b"<row r='" + ENDLESS,
        _sheet('<c r="A1"><v>1</v></c></row><row r="3"/><row r="2">'), _sheet('</row><row r="1048577">'),
        b"<?xml version='1.0' encoding='nobody-knows'?>" + _sheet("")[21:],
    ],
    ids=range(13),
)  # fmt: skip
def test_a_broken_sheet_is_refused(tmp_path: Path, content: bytes) -> None:
    path = repacked(workbook(tmp_path, [JING, "甲网格"]), {SHEET: content})
    assert refusals(reading(path)) == ["工作簿已损坏或不完整。请在 Excel 里另存一份再上传。"]


@pytest.mark.parametrize("cut", [100, 2000, -30])
def test_a_truncated_workbook_is_refused(tmp_path: Path, cut: int) -> None:
    content = workbook(tmp_path, [JING, "甲网格"]).read_bytes()[:cut]
    assert refusals(reading(raw(tmp_path, content, "cut.xlsx"))) == [
        "压缩包已损坏或不完整。请重新打包后再上传。"
    ]


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        ([JING, "乙网格", "", "", "2号楼"], "网格名称“乙网格”与第2行的“甲网格”不一致。请改成一样。"),
        ([JING, "甲网格", "", 9, "2号楼"], "户数“9”与第2行的“120”不一致。请改成一样。"),
        ([JING, "甲网格", "京东社区", 120], "与第2行是同一个网格。请只留一行。"),
        (
            [JING, "", "", "", "2号楼", 1, NEXT_BORDER],
            "坐标与第2行的不一致。同一网格只填一次坐标。",
        ),
        ([None, None, None, None, "2号楼", 60], "没有网格编码，也没有网格名称。请至少填一项。"),
        ([YU, "乙" * 5000], "网格名称有5000个字，最多80个字。请改短。"),
        ([YU, "乙网格", "", "一百"], "户数“一百”不是数。请填整数。"),
        ([YU, "乙网格", "", "", "", 12], "单元没有名称，也没有地址。请至少填一项。"),
        ([YU, "乙网格", "", "", "", "", "115.0 35.7 2 1"], "坐标“115.0,35.7,2,1”不对。请写成“经度,纬度;经度,纬度;…”。"),
        ([YU, "乙网格", "", "", "", "", "东,西"], "坐标“东,西”不对。请写成“经度,纬度;经度,纬度;…”。"),
        ([YU, "乙网格", "", "", "", "", "nan,35;115,35;115,36"], NOT_A_NUMBER),
        ([YU, "乙网格", "", "", "", "", 115.7], "坐标“115.7”不对。请写成“经度,纬度;经度,纬度;…”。"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_so_is_refused(tmp_path: Path, second: list[Any], sentence: str) -> None:
    found = reading(workbook(tmp_path, [JING, "甲网格", "京东社区", 120, "1号楼", 60, BORDER], second))
    assert refusals_by_rows(found) == [f"第3行：{sentence}"]


def refusals_by_rows(found: Any) -> list[str]:
    """The refusals; a grid of which one row is refused is not taken either."""
    assert len(found.grids) + len({fault.row for fault in found.faults}) >= found.total
    assert all(fault.cells for fault in found.faults)
    return refusals(found)


def test_a_border_typed_by_hand_may_be_wide_open_and_have_holes(tmp_path: Path) -> None:
    hole = typed(square(115.004, 35.704, 0.002))
    by_hand = "115.0，35.7；115.01，35.7；\n115.01 35.71；115.0 35.71" + "｜" + hole
    found = reading(workbook(tmp_path, [JING, "甲网格", "", "", "", "", by_hand]))
    assert repairs(found) == ["第2行：边界没有闭合，已补上终点。"]
    assert len(found.grids[0].shape.interiors) == 1


def test_a_border_longer_than_a_cell_goes_on_in_the_next_row(tmp_path: Path) -> None:
    one, two = BORDER.split(";")[:2], BORDER.split(";")[2:]
    rows = [
        [JING, "甲网格", "", "", "", "", ";".join(one)],
        [JING, "", "", "", "", "", "续：;" + ";".join(two)],
    ]
    found = reading(workbook(tmp_path, *rows))
    assert repairs(found) == []
    assert found.grids[0].shape.equals(shapely.Polygon(square()))


def test_rows_without_a_code_belong_together_by_village_and_name(tmp_path: Path) -> None:
    rows = [
        ["", "一网格", village, "", unit]
        for village in ("京东社区", "玉北社区")
        for unit in ("1号楼", "2号楼")
    ]
    found = reading(workbook(tmp_path, *rows))
    assert [(grid.village_name, len(grid.units)) for grid in found.grids] == [
        ("京东社区", 2),
        ("玉北社区", 2),
    ]


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 3)
    rows = [[f"{number}", "网格"] for number in range(4)]
    assert refusals(reading(workbook(tmp_path, *rows[:3]))) == []
    assert refusals(reading(workbook(tmp_path, *rows))) == ["文件超过3行。请按乡镇街道分成几个文件。"]


def _part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as packed:
        return packed.read(name)


@pytest.mark.parametrize(("limit", "value"), [("MOST_ROWS", 8), ("ALL_ELEMENTS", 60)])
def test_empty_rows_with_a_format_are_passed_over_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    path = workbook(tmp_path, [JING, "甲网格"])
    content = _part(path, SHEET).decode()
    formatted = "".join(f'<row r="{number}" s="1"/>' for number in (*range(3, 9), 1_048_576))
    longer = repacked(path, {SHEET: content.replace("</sheetData>", f"{formatted}</sheetData>").encode()})
    assert [grid.code for grid in reading(longer).grids] == [JING]
    monkeypatch.setattr(parts, limit, value)
    assert refusals(reading(longer)) == [parts.TOO_MANY_CELLS]


def test_what_stands_beside_the_rows_does_not_matter(tmp_path: Path) -> None:
    path = workbook(tmp_path, [JING, "甲网格", "", 45_000])
    book = openpyxl.load_workbook(path)
    book.active["D2"].number_format = "yyyy-mm-dd"
    for number in range(200):
        choices = f'"{number}{"类型" * 120}"'
        book.active.add_data_validation(DataValidation("list", formula1=choices, sqref=f"H{number + 1}"))
    book.create_chartsheet("图表")
    book.save(path)
    (grid,) = reading(repacked(path, {"xl/styles.xml": b"<broken", "docProps/core.xml": b""})).grids
    assert (grid.code, grid.households) == (JING, 45_000)


def test_a_number_above_all_numbers_is_refused_by_its_row(tmp_path: Path) -> None:
    path = workbook(tmp_path, [JING, 1, "京东社区"])
    content = _part(path, SHEET).replace(b"<v>1</v>", b"<v>1E999</v>")
    assert refusals(reading(repacked(path, {SHEET: content}))) == [
        "第2行：网格名称不是文字，也不是数。请重新填写。"
    ]


def test_numbers_texts_and_rich_texts_of_other_programs_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADERS)
    book.save(tmp_path / "empty.xlsx")
    cells = (
        '<row><c t="inlineStr"><is><t>网格编码</t></is></c><c t="str"><v>网格名称</v></c>'
        '<c t="inlineStr"><is><t>户数</t></is></c></row>'
        "<row><c><v>4.10902001001001E14</v></c>"
        '<c t="inlineStr"><is><r><t>甲</t></r><r><t xml:space="preserve">网格 </t></r>'
        '<rPh sb="0" eb="1"><t>jia</t></rPh></is></c><c t="n"><v>12.0</v></c></row>'
    )
    content = f"{HEAD}{cells}</sheetData></worksheet>".encode()
    (grid,) = reading(repacked(tmp_path / "empty.xlsx", {SHEET: content})).grids
    assert (grid.row, grid.code, grid.name, grid.households) == (2, JING, "甲网格", 12)
