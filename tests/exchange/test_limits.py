"""Within the limits the worst file needs less than 300 MB of memory; beyond them each limit has a sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
import xlsxwriter

from exchange import limits, shapefile
from tests.exchange.files import (
    JING,
    clockwise,
    feature,
    geojson,
    layer,
    raw,
    reading,
    refusals,
    repacked,
    square,
    typed,
    workbook,
    zipped,
)

ROOT = Path(__file__).resolve().parents[2]
MOST_MB = 300
# The high-water mark of /proc: getrusage would count what the test's own process held when it forked.
MEASURE = """
import re, sys
from pathlib import Path
from exchange.reading import read_grids
found = read_grids(Path(sys.argv[1]), form=sys.argv[2], crs="EPSG:4490")
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
print(len(found.grids), len(found.faults), int(peak) // 1024)
"""


def circle(points: int, number: int = 0) -> list[tuple[float, float]]:
    """A closed ring of so many points, four decimals each, around one of a hundred places in Puyang."""
    turns = np.linspace(0, 2 * np.pi, points)
    centre = (114.9 + number % 10 * 0.1, 35.4 + number // 10 * 0.07)
    ring = (np.column_stack([np.cos(turns), np.sin(turns)]) * 0.03 + centre).round(4)
    ring[-1] = ring[0]
    return [tuple(place) for place in ring.tolist()]


def feature_text(rings: Sequence[Sequence[tuple[float, float]]], code: str, more: str = "") -> str:
    """A feature without blanks, so that as much as possible fits into the file."""
    places = ",".join("[" + ",".join(f"[{x:g},{y:g}]" for x, y in ring) + "]" for ring in rings)
    return (
        f'{{"type":"Feature","properties":{{"code":"{code}"{more}}},'
        f'"geometry":{{"type":"Polygon","coordinates":[{places}]}}}}'
    )


def collection(folder: Path, features: Iterable[str]) -> Path:
    """A file of features given as text."""
    text = f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'
    return raw(folder, text.encode())


def vertices_in_geojson(folder: Path) -> Path:
    return collection(folder, (feature_text([circle(20_000, number)], f"{number}") for number in range(80)))


def small_rings_in_geojson(folder: Path) -> Path:
    rings = [[(115.0, 35.7), (115.1, 35.7), (115.1, 35.8), (115.0, 35.7)]] * limits.RINGS
    return collection(folder, (feature_text(rings, f"{number}") for number in range(40)))


def rare_letters_in_geojson(folder: Path) -> Path:
    units = ",".join(f'{{"name":"{"😀" * 40}{number}"}}' for number in range(5))
    more = f',"name":"{"😀" * 60}","units":[{units}]'
    return collection(folder, (feature_text([square()], f"{number}", more) for number in range(18_000)))


def empty_objects_in_geojson(folder: Path) -> Path:
    bad = f'{{"type":"Feature","properties":{{"code":"1"}},"geometry":[{",".join(["{}"] * 1_300_000)}]}}'
    return collection(folder, [bad] * 7)


def vertices_in_a_shapefile(folder: Path) -> Path:
    return zipped(folder, layer([[circle(20_000, number)] for number in range(100)]))


def vertices_in_a_workbook(folder: Path) -> Path:
    path = folder / "grids.xlsx"
    with xlsxwriter.Workbook(path) as book:  # its texts are shared, which is what costs memory
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["网格编码", "网格名称", "坐标"])
        at = 0
        for number in range(100):
            points = typed(circle(20_000, number)).split(";")
            for start in range(0, len(points), 1300):
                at += 1
                piece = ("续：;" if start else "") + ";".join(points[start : start + 1300])
                sheet.write_row(at, 0, [f"{number}", "名" * 60, piece])
    return path


def rare_letters_in_a_workbook(folder: Path) -> Path:
    path = folder / "grids.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["网格编码", "网格名称", "村社区", "单元地址"])
        for row in range(1, 20_001):
            sheet.write_row(row, 0, [f"{row}", *(f"{row}{column}" + "😀" * 40 for column in range(3))])
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "form", "outcome"),
    [
        (vertices_in_geojson, "geojson", (80, 0)),
        (small_rings_in_geojson, "geojson", (40, 0)),
        (rare_letters_in_geojson, "geojson", (18_000, 0)),
        (empty_objects_in_geojson, "geojson", (0, 7)),
        (vertices_in_a_shapefile, "shapefile", (100, 0)),
        (vertices_in_a_workbook, "workbook", (100, 0)),
        (rare_letters_in_a_workbook, "workbook", (20_000, 0)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_worst_that_is_taken_stays_within_memory(
    tmp_path: Path, make: Callable[[Path], Path], form: str, outcome: tuple[int, int]
) -> None:
    path = make(tmp_path)
    assert path.stat().st_size <= limits.FILE_BYTES
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), form], capture_output=True, text=True, cwd=ROOT, check=True
    )
    grids, faults, megabytes = map(int, run.stdout.split())
    assert (grids, faults) == outcome
    assert megabytes <= MOST_MB


def test_a_file_above_thirty_megabytes_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.geojson"
    with path.open("wb") as file:
        file.truncate(limits.FILE_BYTES + limits.MEGABYTE)
    assert refusals(reading(path)) == ["文件有31.0 MB，超过30 MB。请按乡镇街道分成几个文件。"]


def test_a_border_of_twenty_thousand_and_one_points_is_refused_by_its_row(tmp_path: Path) -> None:
    sentence = "边界有20001个点，最多20000个。请简化边界。"
    found = reading(geojson(tmp_path, feature(circle(20_000)), feature(circle(20_001, 3), code="2")))
    assert refusals(found) == [f"第2个要素：{sentence}"] and len(found.grids) == 1
    assert refusals(reading(zipped(tmp_path, layer([[circle(20_001)]])))) == [f"第1条记录：{sentence}"]
    points = typed(circle(20_001)).split(";")
    pieces = [";".join(points[start : start + 1300]) for start in range(0, len(points), 1300)]
    rows = [
        [JING, "甲网格", "", "", "", "", ("续：;" if at else "") + piece] for at, piece in enumerate(pieces)
    ]
    assert refusals(reading(workbook(tmp_path, *rows))) == [f"第2行：{sentence}"]


def test_a_polygon_of_a_million_vertices_is_refused_unread(tmp_path: Path) -> None:
    places = ",".join(["[115.1,35.7]"] * 1_000_000)
    large = (
        f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[[{places}]]}}}}'
    )
    path = collection(tmp_path, [feature_text([square()], "1"), large])
    assert refusals(reading(path)) == ["第2个要素太大（超过4 MB）。一个网格的边界最多20000个点，请简化边界。"]


def test_more_vertices_than_all_borders_may_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ALL_VERTICES", 100)
    assert refusals(reading(geojson(tmp_path, feature(circle(100))))) == []
    files = [
        geojson(tmp_path, feature(circle(60)), feature(circle(60, 3))),
        zipped(tmp_path, layer([[circle(60)], [circle(60, 3)]])),
        workbook(tmp_path, *([f"{n}", "", "", "", "", "", typed(circle(60, n))] for n in range(2))),
    ]
    for path in files:
        found = reading(path)
        assert [fault.row for fault in found.faults] == [None] and found.grids == ()
        assert refusals(found)[0].startswith("所有边界合计超过")


def holed(holes: int) -> list[list[tuple[float, float]]]:
    """A square with so many holes in a row."""
    return [square(), *(square(115.0005 + 0.00001 * hole, 35.705, 0.000005) for hole in range(holes))]


def files_of_rings(folder: Path, *holes: int) -> list[Path]:
    """The same borders in each form of file."""
    borders = [holed(count) for count in holes]
    codes = [f"{410902001001001 + number}" for number in range(len(holes))]
    outer_first = [[clockwise(rings[0]), *rings[1:]] for rings in borders]
    texts = ["|".join(typed(ring) for ring in rings) for rings in borders]
    names = ["", "", "", "", ""]
    return [
        geojson(folder, *(feature(*rings, code=code) for rings, code in zip(borders, codes, strict=True))),
        zipped(folder, layer(outer_first)),
        workbook(folder, *([code, *names, text] for code, text in zip(codes, texts, strict=True))),
    ]


def test_a_border_of_too_many_rings_is_refused_by_its_row_before_they_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RINGS", 5)
    compared: list[int] = []
    parts_of = shapefile.parts_of

    def counted(rings: list[np.ndarray]) -> list[list[np.ndarray]]:
        compared.append(len(rings))
        return parts_of(rings)

    monkeypatch.setattr(shapefile, "parts_of", counted)
    for path in files_of_rings(tmp_path, 4, 5):
        found = reading(path)
        (sentence,) = refusals(found)
        assert sentence.endswith("边界由6个环组成（外边界和孔），最多5个。请简化边界。")
        assert len(found.grids) == 1
    assert compared == [5]


@pytest.mark.parametrize(("limit", "value"), [("ALL_RINGS", 7), ("ALL_PAIRS", 39)])
def test_more_comparing_of_rings_than_one_import_takes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    for path in files_of_rings(tmp_path, 4, 4):
        assert refusals(reading(path)) == []
        with monkeypatch.context() as patched:
            patched.setattr(limits, limit, value)
            assert refusals(reading(path)) == ["边界里的孔和分块合计太多。请简化边界，或分成几个文件。"]


def test_as_many_rings_as_there_may_be_are_read(tmp_path: Path) -> None:
    in_geojson, in_a_shapefile, _ = files_of_rings(tmp_path, limits.RINGS - 1)  # a cell does not hold so many
    for path in (in_geojson, in_a_shapefile):
        assert refusals(reading(path)) == []


@pytest.mark.parametrize(("limit", "value"), [("ROWS", 2), ("UNITS", 3)])
def test_too_many_rows_or_units_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    features = [feature(square(), code=f"{number}", units=[{"name": "楼"}] * 2) for number in range(3)]
    assert refusals(reading(geojson(tmp_path, *features))) == []
    monkeypatch.setattr(limits, limit, value)
    (sentence,) = refusals(reading(geojson(tmp_path, *features)))
    assert sentence.endswith("请按乡镇街道分成几个文件。") and sentence.startswith(
        ("文件超过2行", "单元超过")
    )


@pytest.mark.parametrize(("limit", "value"), [("TEXTS", 3), ("TEXT_BYTES", 100)])
def test_more_texts_than_memory_is_given_for_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    path = tmp_path / "shared.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["网格编码", "网格名称"])
        sheet.write_row(1, 0, [JING, "甲网格" + "😀" * 20])
    assert refusals(reading(path)) == []
    monkeypatch.setattr(limits, limit, value)
    assert refusals(reading(path)) == [limits.TOO_MUCH_TEXT]


def test_a_text_longer_than_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    path = workbook(tmp_path, [JING, "甲网格"])
    content = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        f'<c r="A1" t="inlineStr"><is><t>{"长" * 32_768}</t></is></c></row></sheetData></worksheet>'
    )
    parts = {"xl/worksheets/sheet1.xml": content.encode(), "pad.bin": np.random.default_rng(1).bytes(2000)}
    found = reading(repacked(path, parts))
    assert refusals(found) == ["工作簿里有超过32767个字的单元格。坐标过长时，请在下一行以“续：”开头接着写。"]


def test_borders_that_cross_themselves_everywhere_cost_seconds_not_hours(tmp_path: Path) -> None:
    turns = np.arange(4000) * 2.9
    star = (np.column_stack([np.cos(turns), np.sin(turns)]) * 0.03 + (115.5, 35.7)).round(6).tolist()
    teeth = [(x, y) for tooth in range(400) for x, y in _tooth(tooth / 400, 0.5 / 400)]
    comb = [*teeth, (1.0, 0.1), (1.0, 0.0), (0.0, 0.0), teeth[0]]
    combs = [[[115 + x / 10, 35.7 + y / 10] for x, y in shape] for shape in (comb, [(y, x) for x, y in comb])]
    assert all(shapely.Polygon(shape).is_valid for shape in combs)
    overlapping = feature(code="2")
    overlapping["geometry"] = {"type": "MultiPolygon", "coordinates": [[shape] for shape in combs]}
    found = reading(geojson(tmp_path, feature(star), overlapping))
    first, second = refusals(found)
    assert first.startswith("第1个要素：边界自相交，在东经115.")
    assert second == "第2个要素：边界由互相重叠的2块组成。请重新绘制成一整块。"


def _tooth(at: float, width: float) -> list[tuple[float, float]]:
    return [(at, 0.1), (at, 1.0), (at + width, 1.0), (at + width, 0.1)]
