"""Zipped Shapefiles: archives are checked, texts decoded, rings sorted into one polygon (Art. 7)."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
import shapefile
import shapely

from common.errors import RuleViolation
from exchange import archive, limits
from exchange.encodings import declared
from exchange.reading import survey
from tests.exchange.files import (
    clockwise,
    geojson,
    layer,
    prj,
    raw,
    reading,
    refusals,
    repairs,
    square,
    typed,
    workbook,
    zipped,
)

RING = clockwise(square())
HOLE = square(115.004, 35.704, 0.002)
BROKEN_ZIP = "压缩包已损坏或不完整。请重新打包后再上传。"
BROKEN_SHP = "图形文件（.shp）已损坏或不完整。请重新导出。"
BROKEN_DBF = "属性表（.dbf）已损坏或不完整。请重新导出。"


def test_a_layer_is_read_with_its_texts_and_its_declared_system(tmp_path: Path) -> None:
    shapes = [[RING], [clockwise(square(115.01)), square(115.014, 35.704, 0.002)]]
    path = zipped(tmp_path, layer(shapes) | prj(4490) | {"grids.cpg": b"UTF-8"})
    seen = survey(path, "网格.ZIP")
    assert (seen.form, seen.encoding, seen.declared_crs, seen.count) == ("shapefile", "UTF-8", "EPSG:4490", 2)
    found = reading(path)
    assert refusals(found) == [] and [grid.repairs for grid in found.grids] == [(), ()]
    assert [(grid.row, grid.code, grid.name) for grid in found.grids] == [
        (1, "410902001001001", "第1网格"),
        (2, "410902001001002", "第2网格"),
    ]
    assert [len(grid.shape.interiors) for grid in found.grids] == [0, 1]


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [
        ("utf-8", b""), ("utf-8", b"UTF-8"), ("utf-8", b"65001"), ("utf-8", b"GBK"), ("gbk", b""), ("gbk", b"GBK"),
        ("gbk", b"936"), ("gbk", b"ANSI 936"), ("gbk", b"UTF-8"),
    ],
)  # fmt: skip
def test_chinese_is_read_whatever_the_cpg_says(tmp_path: Path, encoding: str, cpg: bytes) -> None:
    parts = layer([[RING]], encoding=encoding, names=["濮上村第一网格"])
    found = reading(zipped(tmp_path, parts | ({"grids.cpg": cpg} if cpg else {})))
    assert refusals(found) == []
    assert [(grid.code, grid.name) for grid in found.grids] == [("410902001001001", "濮上村第一网格")]


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
@pytest.mark.parametrize(
    "cpg",
    [
        "System", "OEM", "ANSI", "ISO-8859-1", "88591", "ISO 88591", "LATIN1", "windows-1252", "ANSI 1252", "1252",
        "US-ASCII", "default", "LDID/87", "未知", "?",
    ],
)  # fmt: skip
def test_a_cpg_that_says_nothing_of_chinese_counts_as_none(tmp_path: Path, encoding: str, cpg: str) -> None:
    parts = layer([[RING]], encoding=encoding, names=["濮上村第一网格"])
    found = reading(zipped(tmp_path, parts | {"grids.cpg": cpg.encode()}))
    assert refusals(found) == []
    assert [grid.name for grid in found.grids] == ["濮上村第一网格"]


@pytest.mark.parametrize(
    ("cpg", "encoding"),
    [
        ("utf_8", "utf-8"), ("UTF-8 BOM", "utf-8"), ("\ufeffUTF-8", "utf-8"), ("cp65001", "utf-8"),
        ("x-gbk", "gb18030"),
        ("GB 2312-80", "gb18030"), ("GB_2312-80", "gb18030"), ("gb18030-2022", "gb18030"), ("CP936", "gb18030"),
        ("windows-936", "gb18030"), ("x-ms-cp936", "gb18030"), ("OEM 936", "gb18030"), ("x-cp20936", "gb18030"),
        ("EUC-CN", "gb18030"), ("zh_CN.GBK", "gb18030"), ("LDID/77", "gb18030"), ("54936", "gb18030"),
    ],
)  # fmt: skip
def test_each_spelling_of_an_encoding_is_known(cpg: str, encoding: str) -> None:
    assert declared(cpg) == encoding


@pytest.mark.parametrize("cpg", ["Big5", "CP950", "Shift_JIS", "932", "EUC-KR", "UTF-16LE"])
def test_an_encoding_that_would_be_read_as_other_characters_is_refused(cpg: str) -> None:
    with pytest.raises(RuleViolation, match="请用 UTF-8 或 GBK 重新导出"):
        declared(cpg)


def test_a_third_encoding_is_refused(tmp_path: Path) -> None:
    parts = layer([[RING]]) | {"grids.cpg": b"BIG5"}
    assert refusals(reading(zipped(tmp_path, parts))) == [
        ".cpg 文件写的编码“BIG5”不支持。请用 UTF-8 或 GBK 重新导出。"
    ]


def test_a_character_cut_by_the_width_is_dropped_and_reported(tmp_path: Path) -> None:
    parts = layer([[RING]], names=["网" * 20])  # 60 bytes fill the width exactly
    cut = parts["grids.dbf"].replace("网".encode() * 20, b"A" + "网".encode() * 19 + "网".encode()[:2])
    assert cut != parts["grids.dbf"]
    found = reading(zipped(tmp_path, parts | {"grids.dbf": cut}))
    assert repairs(found) == ["第1条记录：属性表里的文字过长，末尾的一个字被截断，已去掉。"]
    assert found.grids[0].name == "A" + "网" * 19


def with_numbers(*fields: tuple[str, int, str]) -> dict[str, bytes]:
    """A layer of one grid with number fields (name, decimals, text) that are written as another program does."""
    parts = {ending: io.BytesIO() for ending in ("shp", "shx", "dbf")}
    writer = shapefile.Writer(**parts, shapeType=shapefile.POLYGON, encoding="utf-8")
    writer.field("name", "C", size=60)
    for name, decimals, _ in fields:
        writer.field(name, "N", size=24, decimal=decimals)
    writer.record("甲网格", *(7 + number for number in range(len(fields))))
    writer.poly([RING])
    writer.close()
    made = {f"grids.{ending}": content.getvalue() for ending, content in parts.items()}
    table = made["grids.dbf"]
    for number, (_, decimals, text) in enumerate(fields):
        written = f"{7 + number:.{decimals}f}".rjust(24).encode()
        assert table.count(written) == 1
        table = table.replace(written, text.rjust(24).encode())
    return made | {"grids.dbf": table}


@pytest.mark.parametrize(
    ("written", "households"),
    [
        ("3.42000000000e+002", 342), ("3.42E+02", 342), ("0.00000000000e+000", 0), ("1.00000000000e+006", 1_000_000),
        ("342.00000000000", 342), ("-1.79769313486e+308", None), ("-3.40282346639e+038", None), ("****", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_desktop_programs_write_them(
    tmp_path: Path, written: str, households: int | None
) -> None:
    found = reading(zipped(tmp_path, with_numbers(("hholds", 11, written))))
    assert refusals(found) == []
    assert found.grids[0].households == households


def test_a_number_that_is_none_is_refused_and_shown(tmp_path: Path) -> None:
    found = reading(
        zipped(tmp_path, with_numbers(("hholds", 11, "1.50000000000e+000"), ("popn", 2, "9.9e+999")))
    )
    assert refusals(found) == [
        "第1条记录：户数“1.5”不对。请填不小于0的整数。",
        "第1条记录：人口“9.9e+999”不是数。请填整数。",
    ]


def test_a_code_kept_as_a_number_is_read_when_every_digit_is_there_and_refused_otherwise(
    tmp_path: Path,
) -> None:
    whole = with_numbers(("villcode", 11, "4.10902001001e+011"), ("code", 0, "410902001001001"))
    found = reading(zipped(tmp_path, whole))
    assert refusals(found) == []
    assert [(grid.village_code, grid.code) for grid in found.grids] == [("410902001001", "410902001001001")]
    cut = with_numbers(("code", 11, "4.10902001001e+014"))
    assert refusals(reading(zipped(tmp_path, cut))) == [
        "第1条记录：网格编码“4.10902001001e+014”被存成了数，末尾几位已经丢了。请把这一列存成文字，重新填写。"
    ]


def test_heights_are_dropped_and_reported(tmp_path: Path) -> None:
    parts = layer([[[(*place, 51.2) for place in RING]]], kind=shapefile.POLYGONZ)
    assert repairs(reading(zipped(tmp_path, parts))) == ["第1条记录：去掉了高程（Z）或量测值（M）。"]


def test_rings_are_sorted_whatever_their_order(tmp_path: Path) -> None:
    other, its_hole = clockwise(square(115.01)), square(115.014, 35.704, 0.002)
    found = reading(zipped(tmp_path, layer([[HOLE, RING, its_hole, other]])))
    assert repairs(found) == ["第1条记录：相连的2块已合并成一块。"]
    assert len(found.grids[0].shape.interiors) == 2


def test_rings_that_all_turn_the_wrong_way_are_an_outer_one_and_its_holes(tmp_path: Path) -> None:
    found = reading(zipped(tmp_path, layer([[HOLE, square()]])))
    assert repairs(found) == []
    assert found.grids[0].shape.equals(shapely.box(115.0, 35.7, 115.01, 35.71) - shapely.Polygon(HOLE))


def test_parts_far_apart_are_refused(tmp_path: Path) -> None:
    found = reading(zipped(tmp_path, layer([[RING, clockwise(square(115.03))], [clockwise(square(115.05))]])))
    assert refusals(found) == ["第1条记录：边界由互不相连的2块组成。一个网格只能是一整块，请拆成几个网格。"]
    assert [grid.row for grid in found.grids] == [2]


def test_no_shape_and_shapes_that_are_no_surfaces_are_refused(tmp_path: Path) -> None:
    assert refusals(reading(zipped(tmp_path, layer([[RING], None])))) == ["第2条记录：没有边界。请补上边界。"]
    points = layer([(115.0, 35.7)], kind=shapefile.POINT)
    assert refusals(reading(zipped(tmp_path, points))) == ["第1条记录：边界是点，不是面。请改成面。"]


def test_deleted_records_are_skipped_and_reported(tmp_path: Path) -> None:
    parts = layer([[RING], [clockwise(square(115.02))]])
    start, width = struct.unpack_from("<HH", parts["grids.dbf"], 8)
    table = bytearray(parts["grids.dbf"])
    table[start : start + 1] = b"*"
    assert width > 1
    found = reading(zipped(tmp_path, parts | {"grids.dbf": bytes(table)}))
    assert [grid.row for grid in found.grids] == [2] and refusals(found) == []
    assert found.notes == ("属性表里有1条标记为已删除的记录，没有读取。",)


def changed(parts: dict[str, bytes], part: str, at: int, form: str, value: int) -> dict[str, bytes]:
    """The parts with one number written over."""
    content = bytearray(parts[part])
    struct.pack_into(form, content, at, value)
    return parts | {part: bytes(content)}


@pytest.mark.parametrize(
    ("part", "at", "form", "value", "sentence"),
    [
        ("grids.shp", 0, ">i", 1, BROKEN_SHP),  # file code
        ("grids.shp", 24, ">i", 2**31 - 1, BROKEN_SHP),  # length of the file
        ("grids.shp", 104, ">i", 2**30, BROKEN_SHP),  # length of the record
        ("grids.shp", 104, ">i", 0, BROKEN_SHP),
        ("grids.shp", 108, "<i", 77, BROKEN_SHP),  # type
        ("grids.shp", 144, "<i", 2**31 - 1, BROKEN_SHP),  # parts
        ("grids.shp", 144, "<i", -1, BROKEN_SHP),
        ("grids.shp", 148, "<i", 5000, BROKEN_SHP),  # points
        ("grids.shp", 148, "<i", -1, BROKEN_SHP),
        ("grids.shp", 152, "<i", 3, BROKEN_SHP),  # where the first part begins
        ("grids.dbf", 4, "<I", 2, BROKEN_DBF),  # records
        ("grids.dbf", 4, "<I", 2**32 - 1, "文件超过20000行。请按乡镇街道分成几个文件。"),
        ("grids.dbf", 8, "<H", 0, BROKEN_DBF),  # length of the header
        ("grids.dbf", 10, "<H", 0, BROKEN_DBF),  # length of a record
        ("grids.dbf", 10, "<H", 20, BROKEN_DBF),
    ],
)  # fmt: skip
def test_counts_that_lie_are_noticed(
    tmp_path: Path, part: str, at: int, form: str, value: int, sentence: str
) -> None:
    parts = changed(layer([[RING]]), part, at, form, value)
    assert refusals(reading(zipped(tmp_path, parts))) == [sentence]


def test_a_record_without_its_shape_and_a_shape_without_its_record_are_refused(tmp_path: Path) -> None:
    one, two = layer([[RING]]), layer([[RING], [clockwise(square(115.02))]])
    fewer = zipped(tmp_path, {**two, "grids.shp": one["grids.shp"]})
    assert refusals(reading(fewer)) == ["图形比属性表的记录少。请重新导出。"]
    more = zipped(tmp_path, {**two, "grids.dbf": one["grids.dbf"]})
    assert refusals(reading(more)) == ["图形比属性表的记录多。请重新导出。"]


def test_a_polygon_of_a_million_vertices_is_refused_without_being_read(tmp_path: Path) -> None:
    content = struct.pack("<i4dii", 5, 0, 0, 1, 1, 1, 1_000_000) + bytes(4 + 16_000_000)
    record = struct.pack(">ii", 1, len(content) // 2) + content
    head = bytearray(layer([[RING]])["grids.shp"][:100])
    struct.pack_into(">i", head, 24, (100 + len(record)) // 2)
    second = struct.pack(">ii", 2, 20) + bytes(40)
    struct.pack_into(">i", head, 24, (100 + len(record) + len(second)) // 2)
    parts = layer([[RING], None]) | {"grids.shp": bytes(head) + record + second}
    parts["grids.qix"] = bytes(range(256)) * 4000  # keeps the archive from looking like a bomb
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    assert refusals(reading(path)) == [
        "第1条记录：边界有1000000个点，最多20000个。请简化边界。",
        "第2条记录：没有边界。请补上边界。",
    ]


GOOD = layer([[RING]])


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"../grids.shp": b""}, "压缩包里的文件名“../grids.shp”带有路径。请不带文件夹路径重新打包。"),
        ({"a/../../grids.shp": b""}, "压缩包里的文件名“a/../../grids.shp”带有路径。请不带文件夹路径重新打包。"),
        ({"/etc/grids.shp": b""}, "压缩包里的文件名“/etc/grids.shp”带有路径。请不带文件夹路径重新打包。"),
        ({"C:grids.shp": b""}, "压缩包里的文件名“C:grids.shp”带有路径。请不带文件夹路径重新打包。"),
        ({"a\\grids.shp": b""}, "压缩包里的文件名“a\\grids.shp”带有路径。请不带文件夹路径重新打包。"),
        ({"more.ZIP": b"PK"}, "压缩包里还有压缩包“more.ZIP”。请解开后重新打包。"),
        ({f"{n}.txt": b"" for n in range(20)}, "压缩包里有23个文件，最多20个。请只打包需要的文件。"),
        ({"zeros.txt": bytes(2_000_000)}, "压缩包解开后是原来的{ratio}倍，不像正常的文件，没有解开。"),
        ({"villages.shp": b""}, "压缩包里有2个 .shp（grids.shp、villages.shp），请只打包一个图层。"),
        ({"GRIDS.DBF": b""}, "压缩包里有两个“GRIDS.DBF”，请只留一个。"),
        ({"grids.prj": b"<wkt>"}, ".prj 文件无法识别。请重新导出，或删去它再选择坐标系。"),
        ({"grids.prj": b"A" * 9000}, ".prj 文件过长，不像坐标系说明。请重新导出。"),
    ],
)  # fmt: skip
def test_archives_with_tricks_are_refused(tmp_path: Path, parts: dict[str, bytes], sentence: str) -> None:
    path = zipped(tmp_path, GOOD | parts)
    unzipped = sum(map(len, (GOOD | parts).values()))
    assert refusals(reading(path)) == [sentence.format(ratio=unzipped // path.stat().st_size)]


def test_a_table_of_blanks_is_bounded_by_its_size_and_its_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = layer([[RING]])
    start, width = struct.unpack_from("<HH", parts["grids.dbf"], 8)
    head = parts["grids.dbf"][:4] + struct.pack("<I", 20_000) + parts["grids.dbf"][8:start]
    blank = b" " + parts["grids.dbf"][start + 1 : start + width].strip().ljust(width - 1)
    path = zipped(tmp_path, parts | {"grids.dbf": head + blank * 20_000 + b"\x1a"})
    assert path.stat().st_size * limits.UNZIPPED_RATIO < 20_000 * width
    assert refusals(reading(path)) == ["图形比属性表的记录少。请重新导出。"]
    monkeypatch.setattr(archive, "UNZIPPED_BYTES", 1_000_000)
    assert refusals(reading(path)) == [
        f"压缩包解开后超过{archive.UNZIPPED_BYTES // limits.MEGABYTE} MB。请分成几个文件。"
    ]


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, GOOD | {"grids.cpg": b"/etc/passwd"}, links=["grids.cpg"])
    assert refusals(reading(path)) == ["压缩包里的“grids.cpg”是链接，不是文件。请打包文件本身。"]


def test_a_bomb_of_two_hundred_megabytes_is_refused_by_its_table_of_contents(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("grids.shp", "w") as entry:
        for _ in range(201):
            entry.write(bytes(1024 * 1024))
    assert refusals(reading(path)) == ["压缩包解开后超过200 MB。请分成几个文件。"]


def test_a_size_that_lies_does_not_unpack_more_than_it_says(tmp_path: Path) -> None:
    path = zipped(tmp_path, GOOD | {"grids.shp": GOOD["grids.shp"] + bytes(50_000_000)})
    content = bytearray(path.read_bytes())
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"grids.shp"))
    struct.pack_into("<I", content, at + 24, 236)
    found = reading(raw(tmp_path, bytes(content), "lies.zip"))
    assert refusals(found) == [BROKEN_ZIP]


def test_other_methods_and_passwords_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lzma.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr("grids.shp", GOOD["grids.shp"])
    assert refusals(reading(path)) == ["压缩包用了不支持的压缩方法。请用普通的 ZIP 压缩。"]
    content = bytearray(zipped(tmp_path, GOOD).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert refusals(reading(raw(tmp_path, bytes(content), "locked.zip"))) == [
        "压缩包加了密码。请去掉密码后再上传。"
    ]


@pytest.mark.parametrize("cut", [40, 300, -30])
def test_a_truncated_archive_is_refused(tmp_path: Path, cut: int) -> None:
    content = zipped(tmp_path, GOOD).read_bytes()[:cut]
    assert refusals(reading(raw(tmp_path, content, "cut.zip"))) == [BROKEN_ZIP]


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("grids.shp", "压缩包里没有 .shp 文件。请把图层的全部文件一起打包。"),
        ("grids.dbf", "压缩包里没有 .dbf 属性表。请把图层的全部文件一起打包。"),
    ],
)
def test_a_missing_part_is_named(tmp_path: Path, missing: str, sentence: str) -> None:
    parts = {name: part for name, part in GOOD.items() if name != missing}
    assert refusals(reading(zipped(tmp_path, parts))) == [sentence]


def test_folders_and_what_macos_leaves_are_passed_over(tmp_path: Path) -> None:
    parts = {f"网格/{name}": part for name, part in GOOD.items()} | {"__MACOSX/网格/._grids.shp": b"x"}
    assert refusals(reading(zipped(tmp_path, parts))) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("网格.shp", "请把 .shp、.shx、.dbf、.prj 一起打包成 .zip 再上传。"),
        ("网格.xls", "旧的 .xls 格式不能读。请在 Excel 里另存为 .xlsx。"),
        ("网格.xlsm", "带宏的工作簿不能读。请在 Excel 里另存为 .xlsx。"),
        (
            "网格.kml",
            "不能读这种文件。请上传 GeoJSON（.geojson 或 .json）、Shapefile（.zip）或 Excel 工作簿（.xlsx）。",
        ),
    ],
)
def test_files_of_other_forms_are_refused_with_what_to_do(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        survey(raw(tmp_path, b"anything", "upload"), name)
    assert refusal.value.sentence == sentence


def test_a_file_of_another_form_is_refused_by_its_content(tmp_path: Path) -> None:
    made: Any = [
        (geojson(tmp_path), "shapefile", "文件的内容不是Shapefile（ZIP 压缩包）。请核对文件类型。"),
        (geojson(tmp_path), "workbook", "文件的内容不是Excel 工作簿（XLSX）。请核对文件类型。"),
        (zipped(tmp_path, GOOD), "workbook", "文件不是 Excel 工作簿（XLSX）。请核对文件类型。"),
        (
            workbook(tmp_path, ["1", "甲", "", 1, "", "", typed(square())]),
            "shapefile",
            "压缩包里没有 .shp 文件。请把图层的全部文件一起打包。",
        ),
    ]
    for path, form, sentence in made:
        assert refusals(reading(path, form=form)) == [sentence]
