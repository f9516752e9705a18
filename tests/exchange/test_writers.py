"""What is exported can be read back and gives the same grids; other programs read it as well (Art. 7)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import numpy as np
import openpyxl
import pytest
import shapefile
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from common.typed import code_in
from exchange.columns import is_unseen
from exchange.crs import declared_by_wkt
from exchange.formulas import original_text, safe_text
from exchange.lost import is_lost
from exchange.reading import read_grids
from exchange.rows import (
    KIND_NAMES,
    PREMISES_NAMES,
    UNIT_KIND_NAMES,
    FileFault,
    Form,
    ReadUnit,
    WrittenGrid,
)
from exchange.tables import write_faults, write_workbook
from exchange.writers import FIELDS, UNIT_FIELDS, write_geojson, write_shapefile
from tests.exchange.files import JING, YU, reading, square

Writer = Callable[[Iterable[WrittenGrid], IO[bytes]], None]
WRITERS: dict[Form, Writer] = {
    "geojson": write_geojson,
    "shapefile": write_shapefile,
    "workbook": write_workbook,
}
MARKS = "=+-@＝＋－＠'"

letters = st.characters(exclude_categories=("Cc", "Cf", "Cs")).filter(lambda letter: not is_unseen(letter))
rare = st.sampled_from([*MARKS, "濮", "𠮷", "😀", "|", ";", "*", "_x0041_", ".0"])


def texts(longest: int, shortest: int = 0) -> st.SearchStrategy[str]:
    """Texts that a cell may say, often beginning like a formula."""
    pieces = st.lists(st.one_of(rare, letters), min_size=shortest, max_size=longest // 7)
    whole = st.one_of(pieces.map("".join), st.just("𠮷" * longest)).map(str.strip)
    return whole.filter(lambda text: shortest <= len(text) <= longest and not is_lost(text))


def codes(longest: int, shortest: int = 0) -> st.SearchStrategy[str]:
    """Codes in the one spelling that the register knows; they too may begin like a formula."""
    made = texts(longest, shortest).map(code_in).filter(lambda text: shortest <= len(text) <= longest)
    return made.filter(lambda text: code_in(text) == text and not is_lost(text))


counts = st.none() | st.integers(0, 10_000_000)
units = st.builds(ReadUnit, st.sampled_from(["", *UNIT_KIND_NAMES]), texts(80, 1), texts(200), counts)


@st.composite
def shapes(draw: st.DrawFn) -> shapely.Polygon:
    """A star around a place in Puyang, on the lattice, perhaps with a hole in it."""
    corners = draw(st.integers(3, 40))
    turns = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = np.array(draw(st.lists(st.floats(0.002, 0.01), min_size=corners, max_size=corners)))
    centre = (draw(st.floats(114.9, 116.0)), draw(st.floats(35.4, 36.1)))
    ring = np.column_stack([reach * np.cos(turns), reach * np.sin(turns)]) + centre
    hole = np.array([[0.0005, 0.0], [0.0, 0.0005], [-0.0005, 0.0]]) + centre
    holes = [hole.round(7)] if corners > 8 and draw(st.booleans()) else []
    return shapely.orient_polygons(shapely.Polygon(ring.round(7), holes))


@st.composite
def written(draw: st.DrawFn) -> list[WrittenGrid]:
    """A few grids with different codes."""
    made = []
    for code in draw(st.lists(codes(24, 1), min_size=1, max_size=3, unique=True)):
        kind = draw(st.sampled_from(list(KIND_NAMES)))
        premises = draw(st.sampled_from(list(PREMISES_NAMES))) if kind == "dedicated" else ""
        made.append(
            WrittenGrid(
                code,
                draw(texts(80)),
                kind,
                KIND_NAMES[kind],
                draw(codes(12)),
                draw(texts(60)),
                "中原路街道",
                "华龙区",
                draw(counts),
                draw(counts),
                draw(st.none() | st.floats(0, 1e9)),
                date(2026, 1, 1),
                tuple(draw(st.lists(units, max_size=3))),
                draw(shapes()),
                premises,
            )
        )
    return made


def grid(
    code: str = JING, name: str = "第1网格", shape: shapely.Polygon | None = None, **more: object
) -> WrittenGrid:
    """A grid of 京东社区."""
    known: dict[str, object] = {
        "kind": "community", "kind_name": "社区网格", "village_code": "410902001001", "village": "京东社区",
        "township": "中原路街道", "county": "华龙区", "households": 120, "population": None, "area_m2": 1234.56,
        "in_force_on": date(2026, 1, 1), "units": (),
    }  # fmt: skip
    return WrittenGrid(code=code, name=name, shape=shape or shapely.Polygon(square()), **known | more)  # type: ignore[arg-type]


def saved(folder: Path, form: Form, rows: Iterable[WrittenGrid]) -> Path:
    """The file that a writer makes."""
    path = folder / f"grids.{ {'geojson': 'geojson', 'shapefile': 'zip', 'workbook': 'xlsx'}[form] }"
    with path.open("wb") as file:
        WRITERS[form](iter(rows), file)
    return path


@pytest.mark.parametrize("form", WRITERS)
@given(rows=written())
@settings(max_examples=40)
def test_what_is_written_is_read_back_the_same(form: Form, rows: list[WrittenGrid]) -> None:
    with TemporaryDirectory() as folder:
        found = read_grids(saved(Path(folder), form, rows), form=form, crs="EPSG:4490")
    assert [fault.reason for fault in found.faults] == []
    for before, after in zip(rows, found.grids, strict=True):
        assert (after.code, after.name, after.kind, after.premises) == (
            before.code, before.name, before.kind, before.premises,
        )  # fmt: skip
        assert (after.village_code, after.village_name) == (before.village_code, before.village)
        assert (after.households, after.population, after.units) == (
            before.households, before.population, before.units,
        )  # fmt: skip
        assert after.shape is not None and before.shape is not None
        assert shapely.normalize(after.shape).equals_exact(shapely.normalize(before.shape), 0)
        assert after.repairs == ()


@pytest.mark.parametrize("form", WRITERS)
def test_units_come_back_to_their_grid_even_before_it_has_a_code(tmp_path: Path, form: Form) -> None:
    rows = [
        grid("", "名" * 80, units=(ReadUnit("building", "1号楼", "", 30),)),
        grid("", "空网格", shapely.Polygon(square(115.01))),
        grid(
            "",
            "乙网格",
            shapely.Polygon(square(115.02)),
            units=(ReadUnit("estate", "乙院", "甲路2号", None),),
        ),
    ]
    found = reading(saved(tmp_path, form, rows))
    assert [(each.name, each.units) for each in found.grids] == [(row.name, row.units) for row in rows]


def test_a_grid_of_several_pieces_is_written_whole(tmp_path: Path) -> None:
    whole = shapely.MultiPolygon([shapely.Polygon(square()), shapely.Polygon(square(115.02))])
    rows = [grid(shape=whole)]
    collection = json.loads(saved(tmp_path, "geojson", rows).read_text())
    assert shapely.from_geojson(json.dumps(collection["features"][0]["geometry"])).equals(whole)
    with shapefile.Reader(f"{saved(tmp_path, 'shapefile', rows)}/grids") as layer:
        assert shapely.geometry.shape(layer.shape(0).__geo_interface__).equals(whole)
    (read,) = reading(saved(tmp_path, "workbook", rows)).grids
    assert read.shape is None  # a cell has no way to say it; what a file leaves out stays as it is


def test_pieces_and_missing_borders_come_back_when_the_reader_is_asked_for_them(tmp_path: Path) -> None:
    whole = shapely.MultiPolygon([shapely.Polygon(square()), shapely.Polygon(square(115.02))])
    bare = grid(YU)
    bare = WrittenGrid(**{name: getattr(bare, name) for name in bare.__slots__} | {"shape": None})
    for form in ("geojson", "shapefile"):
        path = saved(tmp_path, form, [grid(shape=whole), bare])
        assert [fault.row for fault in reading(path).faults] == [1, 2]
        found = read_grids(path, form=form, crs="EPSG:4490", only_whole=False)
        assert found.faults == ()
        assert [each.lacks_border for each in found.grids] == [False, True]
        assert shapely.normalize(found.grids[0].shape).equals_exact(shapely.normalize(whole), 0)


@pytest.mark.parametrize("form", WRITERS)
def test_an_export_of_many_grids_with_many_units_can_be_read_again(tmp_path: Path, form: Form) -> None:
    houses = tuple(ReadUnit("building", f"{number}号楼", "某某路1号院", 30) for number in range(8))
    rows = [
        grid(
            f"{410902001001000 + at}",
            f"第{at}网格",
            shapely.Polygon(square(115 + at * 0.005, size=0.005)),
            units=houses,
        )
        for at in range(100)
    ]
    found = reading(saved(tmp_path, form, rows))
    assert [fault.reason for fault in found.faults] == []
    assert [each.units for each in found.grids] == [houses] * 100


@pytest.mark.parametrize("form", WRITERS)
def test_a_border_of_many_thousand_points_with_holes_comes_back(tmp_path: Path, form: Form) -> None:
    turns = np.linspace(0, 2 * np.pi, 6000, endpoint=False)
    circle = np.column_stack([np.cos(turns), np.sin(turns)])
    rings = [(0.1 * circle + (115.5, 35.7)).round(7), (0.05 * circle + (115.5, 35.7)).round(7)]
    whole = shapely.Polygon(rings[0], rings[1:])
    assert whole.is_valid
    found = reading(saved(tmp_path, form, [grid(shape=whole), grid(YU, shape=shapely.Polygon(square()))]))
    assert [fault.reason for fault in found.faults] == []
    assert shapely.normalize(found.grids[0].shape).equals_exact(shapely.normalize(whole), 0)


def test_a_workbook_without_shapes_comes_back_without_shapes(tmp_path: Path) -> None:
    row = grid()
    bare = WrittenGrid(**{name: getattr(row, name) for name in row.__slots__} | {"shape": None})
    (found,) = reading(saved(tmp_path, "workbook", [bare])).grids
    assert found.shape is None and found.code == JING


def test_other_programs_read_the_geojson(tmp_path: Path) -> None:
    made = json.loads(saved(tmp_path, "geojson", [grid(), grid(YU)]).read_bytes())
    assert made["crs"]["properties"]["name"] == "urn:ogc:def:crs:OGC:1.3:CRS84"
    first, second = made["features"]
    assert all(len(place) == 2 for place in first["geometry"]["coordinates"][0])
    assert first["properties"]["kind_name"] == "社区网格" and first["properties"]["area_m2"] == 1234.6
    assert second["properties"]["code"] == YU and second["properties"]["in_force_on"] == "2026-01-01"
    assert shapely.geometry.shape(first["geometry"]).equals(shapely.Polygon(square()))


def test_outer_rings_run_counter_clockwise_and_holes_clockwise_whatever_the_register_has(
    tmp_path: Path,
) -> None:
    holed = shapely.Polygon(square(115.02), [square(115.024, 35.704, 0.002)])
    whole = shapely.MultiPolygon([shapely.Polygon(square()), holed])
    for exterior_cw in (True, False):
        rows = [grid(shape=shapely.orient_polygons(whole, exterior_cw=exterior_cw))]
        rows.append(grid(YU, shape=shapely.force_3d(rows[0].shape.geoms[1], 51.0)))
        made = json.loads(saved(tmp_path, "geojson", rows).read_bytes())
        several, one = (each["geometry"]["coordinates"] for each in made["features"])
        for outer, *holes in (*several, one):
            assert all(len(place) == 2 for ring in (outer, *holes) for place in ring)
            assert shapely.LinearRing(outer).is_ccw
            assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)


def test_other_programs_read_the_shapefile(tmp_path: Path) -> None:
    path = saved(tmp_path, "shapefile", [grid(units=(ReadUnit("building", "1号楼", "", None),)), grid(YU)])
    with zipfile.ZipFile(path) as packed:
        assert sorted(packed.namelist()) == sorted(
            [
                "grids.shp",
                "grids.shx",
                "grids.dbf",
                "grids.prj",
                "grids.cpg",
                "units.dbf",
                "units.cpg",
                "字段说明.txt",
            ]
        )
        assert packed.read("grids.cpg") == b"UTF-8"
        assert declared_by_wkt(packed.read("grids.prj").decode()).key == "EPSG:4490"
        explained = packed.read("字段说明.txt").decode("utf-8-sig")
        parts = {name: io.BytesIO(packed.read(f"grids.{name}")) for name in ("shp", "shx", "dbf")}
    assert all(name in explained and meaning in explained for name, meaning, *_ in (*FIELDS, *UNIT_FIELDS))
    layer = shapefile.Reader(**parts, encoding="utf-8")
    assert all(len(field.name) <= 10 for field in layer.fields[1:])  # the first marks deletion
    assert [record["name"] for record in layer.records()] == ["第1网格", "第1网格"]
    assert [record["begun_on"] for record in layer.records()] == ["20260101", "20260101"]
    assert shapely.geometry.shape(layer.shape(0).__geo_interface__).equals(shapely.Polygon(square()))


def test_no_text_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    hostile = [f"{mark}HYPERLINK(1)" for mark in MARKS]
    rows = [grid(f"{number}", text, village=text) for number, text in enumerate(hostile)]
    path = saved(tmp_path, "workbook", rows)
    cells = [cell for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(tuple("=+-@＝＋－＠"))]
    assert [found.name for found in reading(path).grids] == hostile


@given(st.text(alphabet=st.sampled_from([*MARKS, "a", "\t", "\r"]), max_size=6))
def test_a_marked_text_is_safe_and_can_be_unmarked(text: str) -> None:
    assert not safe_text(text).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert original_text(safe_text(text)) == text


def test_the_template_can_be_filled_in_and_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(saved(tmp_path, "workbook", []))
    assert book.sheetnames == ["网格", "填写说明"]
    sheet = book["网格"]
    headers = [cell.value for cell in sheet[1]]
    sheet.cell(2, headers.index("网格名称") + 1, "新网格")
    sheet.cell(2, headers.index("村社区") + 1, "京东社区")
    book.save(tmp_path / "filled.xlsx")
    (found,) = reading(tmp_path / "filled.xlsx").grids
    assert (found.code, found.name, found.village_name) == ("", "新网格", "京东社区")


def test_refused_rows_are_written_with_their_cells_and_no_formula() -> None:
    faults = [
        FileFault(3, "户数", "第3行：户数“无”不是数。请填整数。", (("网格编码", JING), ("备注", "=1+1"))),
        FileFault(None, "文件", "文件是空的。请重新导出后再上传。"),
    ]
    file = io.BytesIO()
    write_faults(faults, file)
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(file).active.iter_rows()]
    assert rows == [
        ["行号", "栏目", "原因", "网格编码", "备注"],
        [3, "户数", "第3行：户数“无”不是数。请填整数。", JING, "'=1+1"],
        ["整个文件", "文件", "文件是空的。请重新导出后再上传。", None, None],
    ]
