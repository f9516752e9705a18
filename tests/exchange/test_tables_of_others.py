"""Attribute tables and grid workbooks as other programs leave them: cut names, short cells, lost texts, wide digits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapefile

from exchange.columns import COLUMNS, key_of
from exchange.reading import survey
from exchange.rows import ReadUnit
from exchange.tables import HEADERS, write_workbook
from tests.exchange.files import (
    JING,
    clockwise,
    feature,
    geojson,
    reading,
    refusals,
    square,
    typed,
    workbook,
    zipped,
)

RING = clockwise(square())
BORDER = typed(square())
LONG_CODE = "410902001001001001"
FILLED: Mapping[str, Any] = {
    "网格编码": JING, "网格名称": "甲网格", "网格类型": "专属网格", "专属类别": "学校", "村社区编码": "410902001001",
    "村社区": "京东社区", "乡镇街道": "中原路街道", "县区": "华龙区", "户数": 120, "人口": 300, "面积（平方米）": 1.5,
    "启用日期": "2026-12-01", "单元类型": "楼栋", "单元名称": "1号楼", "单元地址": "示范路1号", "单元户数": 60,
    "坐标": "",
}  # fmt: skip


def by_bytes(names: Sequence[str], encoding: str) -> list[bytes]:
    """Names as pyshp and old programs cut them: at ten bytes, within a character if need be."""
    return [name.encode(encoding)[:10] for name in names]


def by_characters(names: Sequence[str], encoding: str) -> list[bytes]:
    """Names as GDAL cuts them: between characters, with a number where two became one."""
    found: list[bytes] = []
    for name in names:
        cut = name.encode(encoding)[:10].decode(encoding, errors="ignore").encode(encoding)
        found.append(cut if cut not in found else cut[:8] + b"_1")
    return found


def table(
    folder: Path, names: Sequence[bytes], *rows: Sequence[Any], encoding: str, widths: int = 60
) -> Path:
    """A zipped layer with these field names, byte by byte, and no .cpg."""
    parts = {ending: io.BytesIO() for ending in ("shp", "shx", "dbf")}
    writer = shapefile.Writer(**parts, shapeType=shapefile.POLYGON, encoding=encoding)
    for number in range(len(names)):
        writer.field(f"F{number:09d}", "C", size=widths)
    for row in rows:
        writer.record(*("" if value is None else str(value) for value in row))
        writer.poly([RING])
    writer.close()
    content = {ending: made.getvalue() for ending, made in parts.items()}
    for number, name in enumerate(names):
        before = f"F{number:09d}".encode()
        assert content["dbf"].count(before) == 1
        content["dbf"] = content["dbf"].replace(before, name.ljust(10, b"\0"))
    return zipped(folder, {f"grids.{ending}": made for ending, made in content.items()})


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("cut", [by_bytes, by_characters])
@pytest.mark.parametrize("is_backwards", [False, True])
def test_every_column_of_our_template_survives_names_of_ten_bytes(
    tmp_path: Path, encoding: str, cut: Any, is_backwards: bool
) -> None:
    names = [name for name, _ in HEADERS]
    assert list(FILLED) == names
    names = names[::-1] if is_backwards else names
    path = table(tmp_path, cut(names, encoding), [FILLED[name] for name in names], encoding=encoding)
    found = reading(path)
    assert refusals(found) == []
    (grid,) = found.grids
    assert (grid.code, grid.name, grid.kind, grid.premises) == (JING, "甲网格", "dedicated", "school")
    assert (grid.village_code, grid.village_name) == ("410902001001", "京东社区")
    assert (grid.households, grid.population) == (120, 300)
    assert grid.units == (ReadUnit("building", "1号楼", "示范路1号", 60),)


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize("value", ["410902001001", "京东社区"])
def test_one_column_of_villages_holds_codes_or_names(tmp_path: Path, encoding: str, value: str) -> None:
    names = by_bytes(["网格名称", "村社区编码" if value.isdecimal() else "村社区"], encoding)
    (grid,) = reading(table(tmp_path, names, ["甲网格", value], encoding=encoding)).grids
    assert (grid.village_code or grid.village_name) == value


def test_every_name_of_a_column_is_known_when_it_is_cut_to_ten_bytes() -> None:
    both = {"village_code", "village_name"}
    for key, column in COLUMNS.items():
        for name in (key, column.name, *column.others):
            for encoding in ("utf-8", "gb18030"):
                (cut,) = by_characters([name], encoding)
                found = key_of(cut.decode(encoding))
                assert found == key or {found, key} == both, (name, cut)
    assert not key_of("乡镇街") and not key_of("面积（") and not key_of("启用日")


@pytest.mark.parametrize("names", [["1组", "12组"], ["A区"], ["一组", "B2区"]])
def test_short_chinese_cells_without_a_declaration_are_read_whole(tmp_path: Path, names: list[str]) -> None:
    path = table(tmp_path, [b"name"], *([name] for name in names), encoding="gbk")
    assert survey(path, "a.zip").encoding == "GBK/GB18030"
    found = reading(path)
    assert [grid.name for grid in found.grids] == names
    assert [grid.repairs for grid in found.grids] == [()] * len(names)


def test_a_full_cell_may_end_within_a_character(tmp_path: Path) -> None:
    path = table(tmp_path, [b"name"], ["网格" * 2], ["网" * 8 + "A"], encoding="gbk", widths=17)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    whole = ("网" * 8 + "A").encode("gbk")
    assert parts["grids.dbf"].count(whole) == 1
    parts["grids.dbf"] = parts["grids.dbf"].replace(whole, ("网" * 9).encode("gbk")[:17])
    path = zipped(tmp_path, parts)
    first, second = reading(path).grids
    assert (first.name, first.repairs, second.name) == ("网格网格", (), "网" * 8)
    assert "被截断" in second.repairs[0]


@pytest.mark.parametrize("lost", ["????????", "??1??", "京\ufffd\ufffd社区"])
def test_texts_that_another_program_has_destroyed_are_named_as_lost(tmp_path: Path, lost: str) -> None:
    path = workbook(tmp_path, [JING, "甲网格", lost, None, None, None, BORDER])
    (sentence,) = refusals(reading(path))
    assert sentence.startswith(f"第2行：村社区“{lost}”在导出时已经丢失") and "编码选 UTF-8" in sentence
    (sentence,) = refusals(reading(geojson(tmp_path, feature(square(), village=lost))))
    assert "在导出时已经丢失" in sentence


def test_a_file_whose_texts_are_lost_is_refused_in_one_sentence(tmp_path: Path) -> None:
    rows = [[f"{410902001001001 + number}", "?????"] for number in range(50)]
    found = reading(table(tmp_path, [b"code", b"name"], *rows, encoding="utf-8"))
    (sentence,) = refusals(found)
    assert sentence.startswith("文件里50个网格的汉字在导出时已经丢失") and "重新导出" in sentence


@pytest.mark.parametrize("code", [int(LONG_CODE), float(LONG_CODE), 10**23])
def test_a_code_that_lost_its_last_digits_as_a_number_is_refused(tmp_path: Path, code: float) -> None:
    (sentence,) = refusals(reading(workbook(tmp_path, [code, "甲网格", "京东社区"])))
    assert sentence == "第2行：网格编码被存成了数字，末几位可能已经丢失。请把这一列设成“文本”格式，重新填写。"


def test_codes_typed_into_the_template_stay_texts(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    with path.open("wb") as file:
        write_workbook([], file)
    sheet = openpyxl.load_workbook(path)["网格"]
    formats = {sheet.cell(1, at).value: sheet.column_dimensions[cell.column_letter].number_format
               for at, cell in enumerate(sheet[1], start=1)}  # fmt: skip
    assert formats["网格编码"] == formats["村社区编码"] == "@"
    assert formats["户数"] == "General"


def test_wide_digits_are_the_same_digits(tmp_path: Path) -> None:
    headers = ["网格编码", "网格名称", "村社区编码", "户数"]
    row = ["４１０９０２００１００１００１", "甲网格", "４１０９０２ ００１００１", "１２０"]
    (grid,) = reading(workbook(tmp_path, row, headers=headers)).grids
    assert (grid.code, grid.village_code, grid.households) == (JING, "410902001001", 120)


@pytest.mark.parametrize(
    "header", ["网 格 名 称", "网格名称（必填）", "网格\n名称", "【网格名称】", "网\u200b格名称*"]
)
def test_headings_of_grids_are_known_with_spaces_breaks_and_brackets(header: str) -> None:
    assert key_of(header) == "name"
    assert key_of("村（社区）编码") == "village_code"


def test_a_date_and_a_truth_where_text_or_a_number_belongs_are_shown(tmp_path: Path) -> None:
    found = reading(
        geojson(tmp_path, feature(square(), village=True), feature(square(115.02), households=True))
    )
    assert refusals(found) == [
        "第1个要素：村社区“是”不是文字。请填写文字。",
        "第2个要素：户数“是”不是数。请填整数。",
    ]
