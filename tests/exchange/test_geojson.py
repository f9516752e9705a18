"""Borders from a file: each fault has a sentence with its place, each repair says what was changed (Art. 7)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import shapely

from common.shapes import Json
from exchange.reading import survey
from exchange.rows import PREMISES_NAMES, UNIT_KIND_NAMES, ReadUnit
from grids.models import Grid, GridUnit
from tests.exchange.files import (
    JING,
    YU,
    feature,
    geojson,
    many,
    raw,
    reading,
    refusals,
    repairs,
    square,
)

HOLE = square(115.004, 35.704, 0.002)
BOW_TIE = [(115.0, 35.7), (115.01, 35.71), (115.01, 35.7), (115.0, 35.71), (115.0, 35.7)]
WRONG_JSON = "不是完整的 JSON。文件可能被截断，请重新导出。"


def test_two_good_grids_are_read_with_all_they_say(tmp_path: Path) -> None:
    unit = {"kind": "楼栋", "name": "1号楼", "address": "中原路1号", "households": 24}
    first = feature(square(), kind="社区网格", village_code="410902001001", households=120, units=[unit])
    second = feature(
        square(115.01),
        square(115.013, 35.703, 0.002),
        code=YU,
        name="市场",
        kind="dedicated",
        premises="商圈市场",
    )
    found = reading(geojson(tmp_path, first, second))
    assert refusals(found) == []
    one, two = found.grids
    assert (one.row, one.code, one.kind, one.village_code, one.households, one.population) == (
        1, JING, "community", "410902001001", 120, None,
    )  # fmt: skip
    assert one.units == (ReadUnit("building", "1号楼", "中原路1号", 24),)
    assert (two.row, two.name, two.kind, two.premises) == (2, "市场", "dedicated", "market")
    assert two.shape is not None and len(two.shape.interiors) == 1
    assert one.repairs == two.repairs == found.notes == ()
    assert (found.total, found.crs_source) == (2, "EPSG:4490")


def test_kinds_are_those_of_the_register() -> None:
    assert dict(GridUnit.Kind.choices) == UNIT_KIND_NAMES
    assert dict(Grid.Premises.choices) == PREMISES_NAMES


def test_a_look_tells_the_number_the_encoding_and_the_box(tmp_path: Path) -> None:
    path = geojson(tmp_path, feature(square()), feature(square(115.02)), encoding="utf-8-sig")
    seen = survey(path, "网格.GeoJSON")
    assert (seen.form, seen.encoding, seen.count) == ("geojson", "UTF-8（带 BOM）", 2)
    assert seen.bounds == pytest.approx((115.0, 35.7, 115.03, 35.71))
    assert seen.candidates == ("EPSG:4490", "EPSG:4326", "GCJ-02", "BD-09")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_chinese_is_read_in_each_of_its_encodings(tmp_path: Path, encoding: str) -> None:
    found = reading(geojson(tmp_path, feature(square(), name="濮上村第一网格"), encoding=encoding))
    assert [grid.name for grid in found.grids] == ["濮上村第一网格"]


def test_gbk_is_read_where_its_bytes_look_like_brackets(tmp_path: Path) -> None:
    name = "昞鸡珅睷墄"  # their second bytes in GBK include [ \ ] { }
    assert set(name.encode("gbk")[1::2]) & set(b"[\\]{}")
    found = reading(geojson(tmp_path, feature(square(), name=name), encoding="gbk"))
    assert [grid.name for grid in found.grids] == [name]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的。请重新导出后再上传。"),
        ("网格".encode("utf-16"), "文件是 UTF-16 编码。请另存为 UTF-8 编码。"),
        (b"\x89PNG\r\n\x1a\n\xff\xff", "文件的文字编码无法识别。请另存为 UTF-8 编码。"),
        (b"PK\x03\x04 and more", "文件的内容不是GeoJSON。请核对文件类型。"),
        (b"<html></html>", "文件不是 GeoJSON 要素集合（FeatureCollection）。请重新导出。"),
        (b"[]", "文件不是 GeoJSON 要素集合（FeatureCollection）。请重新导出。"),
        (b'{"type": "Topology"}', "文件不是 GeoJSON 要素集合（FeatureCollection）。请重新导出。"),
        (b'{"type": "FeatureCollection", "features": []}', "文件里没有网格。请核对文件。"),
        (b'{"type": "FeatureCollection", "features": [', f"第1个要素{WRONG_JSON}"),
        (b'{"type": "FeatureCollection", "features": [{"type": oops}]}', f"第1个要素{WRONG_JSON}"),
        (b'{"type": "FeatureCollection", "features": []', f"文件{WRONG_JSON}"),
        (b'{"type": "FeatureCollection", "features": []} {}', "文件在结尾之后还有内容。请重新导出。"),
    ],
)  # fmt: skip
def test_what_is_no_collection_is_refused_as_a_whole(tmp_path: Path, content: bytes, sentence: str) -> None:
    found = reading(raw(tmp_path, content))
    assert refusals(found) == [sentence]
    assert [fault.row for fault in found.faults] == [None] and found.grids == ()


@pytest.mark.parametrize("cut", [50, 250, 480])
def test_a_truncated_file_gives_nothing_of_what_came_before(tmp_path: Path, cut: int) -> None:
    whole = geojson(tmp_path, feature(square()), feature(square(115.01), code=YU)).read_bytes()
    assert len(whole) > 480
    found = reading(raw(tmp_path, whole[:cut]))
    assert found.grids == () and [fault.reason.endswith(WRONG_JSON) for fault in found.faults] == [True]


def test_a_file_longer_than_a_piece_is_read_like_a_short_one(tmp_path: Path) -> None:
    features = [
        feature(
            square(114.9 + number % 100 * 0.01, 35.4 + number // 100 * 0.01),
            code=f"{number}",
            note="说明" * 200,
        )
        for number in range(700)
    ]
    found = reading(geojson(tmp_path, *features))
    assert [grid.code for grid in found.grids] == [f"{number}" for number in range(700)]


def test_brackets_without_end_are_refused(tmp_path: Path) -> None:
    deep = '{"type": "FeatureCollection", "features": [' + "[" * 100_000
    assert refusals(reading(raw(tmp_path, deep.encode()))) == [
        "第1个要素里括号套得太深，不像正常的 GeoJSON。请重新导出。"
    ]


@pytest.mark.parametrize("number", ["9" * 5000, "1e400"])
def test_a_number_too_long_to_hold_is_refused(tmp_path: Path, number: str) -> None:
    text = '{"type": "FeatureCollection", "features": [' + number + "]}"
    assert refusals(reading(raw(tmp_path, text.encode()))) == ["第1个要素里有太长的数。请改正后再导入。"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_no_number_is_refused_with_its_place(tmp_path: Path, value: float) -> None:
    bad = square()
    bad[2] = (value, 35.71)
    for second in (feature(bad, code=YU), feature(square(115.01), code=YU, households=value)):
        found = reading(geojson(tmp_path, feature(square()), second))
        assert refusals(found) == ["第2个要素里有不是数的值（NaN 或无穷大）。请改正后再导入。"]
        assert found.grids == ()  # it is no JSON, so that nobody knows where it goes on


@pytest.mark.parametrize(
    ("geometry", "sentence"),
    [
        (None, "没有边界。请补上边界。"),
        ({"type": "Polygon", "coordinates": []}, "没有边界。请补上边界。"),
        ({"type": "Polygon", "coordinates": [[]]}, "没有边界。请补上边界。"),
        ({"type": "Polygon", "coordinates": [square(), []]}, "边界里有空的环。请重新绘制。"),
        ({"type": "Point", "coordinates": [115, 35.7]}, "边界是点，不是面。请改成面。"),
        ({"type": "LineString", "coordinates": square()}, "边界是线，不是面。请改成面。"),
        ({"type": ["Polygon"], "coordinates": [square()]}, "坐标不是成对的数。请重新导出。"),
        ({"type": "Polygon", "coordinates": [["115", "35.7"]]}, "坐标不是成对的数。请重新导出。"),
        ({"type": "Polygon", "coordinates": [[[115.0], [35.7]]]}, "坐标不是成对的数。请重新导出。"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3]]]}, "坐标不是成对的数。请重新导出。"),
        ({"type": "Polygon", "coordinates": [[[None, None]]]}, "坐标不是成对的数。请重新导出。"),
        ({"type": "Polygon", "coordinates": "115,35.7"}, "坐标不是成对的数。请重新导出。"),
        ("POLYGON", "坐标不是成对的数。请重新导出。"),
    ],
)  # fmt: skip
def test_a_border_that_is_no_surface_is_refused(tmp_path: Path, geometry: Any, sentence: str) -> None:
    bad = {**feature(), "geometry": geometry}
    assert refusals(reading(geojson(tmp_path, feature(square()), bad))) == [f"第2个要素：{sentence}"]


def test_what_is_no_feature_is_refused(tmp_path: Path) -> None:
    found = reading(geojson(tmp_path, feature(square()), 7, {"type": "Polygon"}))
    assert refusals(found) == [f"第{row}个要素：不是 GeoJSON 要素（Feature）。请重新导出。" for row in (2, 3)]


@pytest.mark.parametrize(
    ("properties", "sentence"),
    [
        ({"name": "村" * 5000}, "网格名称有5000个字，最多80个字。请改短。"),
        ({"name": "一\u202e网格"}, "网格名称里有看不见的控制字符。请删去后重新填写。"),
        ({"name": ["一"]}, "网格名称不是文字。请填写文字。"),
        ({"code": "", "name": " "}, "没有网格编码，也没有网格名称。请至少填一项。"),
        ({"kind": "其他"}, "网格类型“其他”不认识。请填社区网格、村网格、专属网格之一。"),
        ({"households": "许多"}, "户数“许多”不是数。请填整数。"),
        ({"households": True}, "户数“是”不是数。请填整数。"),
        ({"households": -3}, "户数“-3”不对。请填不小于0的整数。"),
        ({"population": 2.5}, "人口“2.5”不对。请填不小于0的整数。"),
        ({"population": 1e9}, "人口超过1000万。请核对。"),
        ({"units": [{"kind": "楼栋"}]}, "单元没有名称，也没有地址。请至少填一项。"),
    ],
)  # fmt: skip
def test_a_cell_that_says_something_impossible_is_refused(
    tmp_path: Path, properties: Json, sentence: str
) -> None:
    bad = feature(square(115.01), code=YU)
    bad["properties"] |= properties
    found = reading(geojson(tmp_path, feature(square()), bad))
    assert refusals(found) == [f"第2个要素：{sentence}"]
    assert found.faults[0].cells[0][0] == "code"


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path) -> None:
    found = reading(geojson(tmp_path, feature(square(), 网格名称="又一个")))
    assert refusals(found) == ["“name”和“网格名称”两列都是网格名称，请只留一列。"]


@pytest.mark.parametrize(
    ("ring", "sentence"),
    [
        (BOW_TIE, "边界自相交，在东经115.0050000度、北纬35.7050000度处。请在那里改正。"),
        ([*square()[:2], square()[0]], "边界没有面积。请重新绘制。"),
        ([(115, 35.7), (115.01, 35.71), (115.02, 35.72), (115, 35.7)], "边界没有面积。请重新绘制。"),
        ([(115, 35.7)] * 5, "边界没有面积。请重新绘制。"),
        (square(size=0.000005), "边界的面积不足1平方米。请重新绘制。"),
    ],
)  # fmt: skip
def test_a_ring_that_bounds_nothing_is_refused_with_its_place(
    tmp_path: Path, ring: list[tuple[float, float]], sentence: str
) -> None:
    found = reading(geojson(tmp_path, feature(square(115.05)), feature(ring, code=YU)))
    assert refusals(found) == [f"第2个要素：{sentence}"]


def test_a_hole_outside_or_within_a_hole_is_refused(tmp_path: Path) -> None:
    outside = feature(square(), square(115.05, size=0.002))
    nested = feature(square(), square(115.002, 35.702, 0.006), HOLE)
    assert refusals(reading(geojson(tmp_path, outside, nested))) == [
        "第1个要素：孔在边界之外，在东经115.0500000度、北纬35.7000000度处。请在那里改正。",
        "第2个要素：孔里套着孔，在东经115.0040000度、北纬35.7040000度处。请在那里改正。",
    ]


def test_heights_are_dropped_and_reported(tmp_path: Path) -> None:
    high = [(*place, 51.2) for place in square()]
    mixed = [*high[:2], *square()[2:]]
    for ring in (high, mixed):
        found = reading(geojson(tmp_path, feature(ring)))
        assert repairs(found) == ["第1个要素：去掉了高程（Z）或量测值（M）。"]
        assert not found.grids[0].shape.has_z


def test_an_open_ring_is_closed_and_reported(tmp_path: Path) -> None:
    assert repairs(reading(geojson(tmp_path, feature(square()[:-1])))) == [
        "第1个要素：边界没有闭合，已补上终点。"
    ]


def test_repeated_points_are_removed_and_reported(tmp_path: Path) -> None:
    ring = [place for place in square() for _ in range(2)]
    found = reading(geojson(tmp_path, feature(ring)))
    assert repairs(found) == ["第1个要素：删除了连续重复的点。"]
    assert shapely.get_num_coordinates(found.grids[0].shape) == 5


def test_a_repeated_ring_is_taken_once_and_reported(tmp_path: Path) -> None:
    turned = [*square()[2:], *square()[1:3]]
    for twice in (feature(square(), HOLE, list(reversed(HOLE))), many([square()], [turned])):
        assert repairs(reading(geojson(tmp_path, twice))) == ["第1个要素：删除了重复的环。"]


def test_a_hole_of_less_than_a_square_metre_is_filled_and_a_larger_one_kept(tmp_path: Path) -> None:
    speck = square(115.007, 35.707, 0.000009)
    found = reading(geojson(tmp_path, feature(square(), speck, HOLE)))
    assert repairs(found) == ["第1个要素：填上了面积不足1平方米的孔。"]
    assert len(found.grids[0].shape.interiors) == 1


def test_parts_that_touch_along_a_border_are_joined_and_reported(tmp_path: Path) -> None:
    found = reading(geojson(tmp_path, many([square()], [square(115.01)])))
    assert repairs(found) == ["第1个要素：相连的2块已合并成一块。"]
    assert found.grids[0].shape.equals(shapely.box(115.0, 35.7, 115.02, 35.71))


@pytest.mark.parametrize(
    ("second", "sentence"),
    [
        (square(115.03), "边界由互不相连的2块组成。一个网格只能是一整块，请拆成几个网格。"),
        (square(115.01, 35.71), "边界由互不相连的2块组成。一个网格只能是一整块，请拆成几个网格。"),
        (square(115.005), "边界由互相重叠的2块组成。请重新绘制成一整块。"),
    ],
)  # fmt: skip
def test_parts_that_do_not_are_refused(tmp_path: Path, second: Any, sentence: str) -> None:
    assert refusals(reading(geojson(tmp_path, many([square()], [second])))) == [f"第1个要素：{sentence}"]


def test_coordinates_come_to_lie_on_the_lattice(tmp_path: Path) -> None:
    found = reading(geojson(tmp_path, feature(square(115.00000001234, 35.70000004))))
    assert repairs(found) == []
    assert shapely.get_coordinates(found.grids[0].shape)[0].tolist() == [115.0, 35.7]


def test_all_faults_of_a_file_come_in_one_pass(tmp_path: Path) -> None:
    bad = [feature(BOW_TIE, code=f"{number}", households="无") for number in range(500)]
    found = reading(geojson(tmp_path, *bad))
    assert len(found.faults) == 1000 and found.grids == () and found.total == 500


def test_the_declared_system_is_found_before_or_after_the_features(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    before = geojson(tmp_path, feature(square()), crs=crs)
    assert survey(before, "a.json").declared_crs == "EPSG:4490"
    whole = {"type": "FeatureCollection", "features": [feature(square())], "crs": crs}
    behind = raw(tmp_path, json.dumps(whole).encode())
    assert survey(behind, "a.json").declared_crs == "EPSG:4490"
    assert refusals(reading(behind)) == []
