"""A table with unknown fields is refused in one sentence, and read once a person has matched its fields (Art. 7)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import shapefile

from exchange.reading import read_grids, survey
from tests.exchange.files import clockwise, feature, geojson, reading, refusals, square, zipped

MATCHES = {"dt_name": "name", "village_co": "village_code", "户": "households", "memo": ""}
NO_NAME_COLUMN = (
    "文件的字段是dt_name、dt_adcode，其中认不出网格编码和网格名称。我们的栏目是网格编码、网格名称、网格类型、专属类别、"
    "村社区编码、村社区、户数、人口、包含单元。请在导入页指出哪个字段对哪一栏，或改好字段名再上传。"
)


def table(folder: Path, names: Sequence[str], *rows: Sequence[str]) -> Path:
    """A zipped layer with text fields of these names and a square for each row."""
    parts = {ending: io.BytesIO() for ending in ("shp", "shx", "dbf")}
    writer = shapefile.Writer(**parts, shapeType=shapefile.POLYGON, encoding="utf-8")
    for name in names:
        writer.field(name, "C", size=60)
    for number, row in enumerate(rows):
        writer.poly([clockwise(square(115 + number * 0.01, size=0.01))])
        writer.record(*row)
    writer.close()
    return zipped(folder, {f"a.{ending}": content.getvalue() for ending, content in parts.items()})


@pytest.mark.parametrize("count", [1, 2877])
def test_unknown_fields_are_one_fault_that_names_theirs_and_ours(tmp_path: Path, count: int) -> None:
    path = table(tmp_path, ["dt_name", "dt_adcode"], *[("甲", "410902")] * min(count, 60))
    assert refusals(reading(path)) == [NO_NAME_COLUMN]
    features = [feature(square(), code="", name="") for _ in range(count)]
    for each in features:
        each["properties"] = {"dt_name": "甲", "dt_adcode": "410902"}
    found = reading(geojson(tmp_path, *features))
    assert refusals(found) == [NO_NAME_COLUMN] and found.faults[0].row is None


def test_a_look_tells_the_fields_with_a_value_and_what_is_recognised(tmp_path: Path) -> None:
    path = table(
        tmp_path, ["name", "village_co", "memo"], ("", "410902001001", ""), ("乙网格", "410902001002", "")
    )
    assert [(each.name, each.key, each.sample) for each in survey(path, "a.zip").fields] == [
        ("name", "name", "乙网格"), ("village_co", "village_code", "410902001001"), ("memo", "", ""),
    ]  # fmt: skip
    many = [feature(square(), name="甲", 所在="京东社区"), feature(square(115.02), name="乙", 户=3)]
    seen = survey(geojson(tmp_path, *many), "a.geojson").fields
    assert [(each.name, each.key, each.sample) for each in seen] == [
        ("code", "code", "410902001001001"), ("name", "name", "甲"), ("所在", "", "京东社区"), ("户", "", "3"),
    ]  # fmt: skip


def test_matched_fields_are_read(tmp_path: Path) -> None:
    row = ("甲网格", "410902001001", "120", "别读")
    path = table(tmp_path, ["dt_name", "village_co", "户", "memo"], row)
    found = read_grids(path, form="shapefile", crs="EPSG:4490", matches=MATCHES)
    assert refusals(found) == []
    (grid,) = found.grids
    assert (grid.name, grid.village_code, grid.households, grid.code) == ("甲网格", "410902001001", 120, "")
    made = feature(square(), code="", name="")
    made["properties"] = {"dt_name": "甲网格", "village_co": "410902001001", "户": 120}
    found = read_grids(geojson(tmp_path, made), form="geojson", crs="EPSG:4490", matches=MATCHES)
    assert refusals(found) == [] and found.grids[0].households == 120


def test_what_a_person_says_stands_above_what_is_recognised(tmp_path: Path) -> None:
    path = table(tmp_path, ["name", "real_name"], ("编号7", "甲网格"))
    matches = {"name": "", "real_name": "name"}
    assert read_grids(path, form="shapefile", crs="EPSG:4490", matches=matches).grids[0].name == "甲网格"
    only = {"real_name": "name"}
    assert read_grids(path, form="shapefile", crs="EPSG:4490", matches=only).grids[0].name == "甲网格"
