"""What may be uploaded, how its coordinate system is found, and how hostile files are refused (Art. 7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from common.shapes import Json
from exchange.limits import FILE_BYTES, MEGABYTE
from plans.actions.imports import work_on_imports
from plans.models import ImportJob, PlannedGrid
from tests.doors import Visitor
from tests.exchange import files
from tests.plans.drafts import drafted
from tests.plans.importer import Importer, collection, moved, projected
from tests.plans.test_imports import feature, halves
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def wu(town: Town) -> Importer:
    """The county's administrator with an empty plan."""
    return Importer(town.wu, drafted(town))


# ── the door ─────────────────────────────────────────────────


def padded(size: int) -> bytes:
    return collection().ljust(size)


def test_thirty_megabytes_pass_and_more_is_refused_with_a_sentence(wu: Importer) -> None:
    assert wu.send(padded(FILE_BYTES)).status_code == 302
    refused = wu.send(padded(FILE_BYTES + MEGABYTE))
    assert refused.status_code == 422
    assert "文件超过 30 MB，请按乡镇街道分成几个文件。" in refused.content.decode()
    assert ImportJob.objects.get().status == "waiting"  # the one before is still there


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("网格.kml", b"<kml/>", "不能读这种文件"),
        ("网格.xls", b"\xd0\xcf\x11\xe0", "另存为 .xlsx"),
        ("grids.shp", b"\0\0\x27\x0a", "一起打包成 .zip"),
        ("网格.geojson", b"", "文件是空的"),
        ("..", b"{}", "请选择文件"),
        ("a" * 300, b"{}", "不能读这种文件"),
    ],
)
def test_what_is_no_file_of_grids_is_refused_at_the_door(
    wu: Importer, name: str, content: bytes, sentence: str
) -> None:
    refused = wu.send(content, name)
    assert refused.status_code == 422 and sentence in refused.content.decode()
    assert not ImportJob.objects.exists()


def test_an_upload_without_a_file_says_so(wu: Importer) -> None:
    refused = wu.post(wu.path)
    assert refused.status_code == 422 and "请选择文件。" in refused.content.decode()


@pytest.mark.parametrize("form", ["workbook", "geojson", "shapefile"])
def test_the_examples_are_read_but_belong_nowhere(wu: Importer, form: str) -> None:
    answer = wu.get(f"{wu.path}example/?form={form}")
    name = {"workbook": "示例.xlsx", "geojson": "示例.geojson", "shapefile": "示例.zip"}[form]
    job = wu.upload(answer.getvalue(), name)
    wu.act(job, "system", crs="EPSG:4490")
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    assert (job.status, job.summary["create"], job.summary["faults"]) == ("ready", 0, 2)
    assert "“示例社区”不在您能改动的村（社区）之内" in wu.page(job)


def test_who_may_not_draw_gets_no_example_of_a_plan_out_of_sight(town: Town, wu: Importer) -> None:
    assert Visitor(town.shi).get(f"{wu.path}example/?form=geojson").status_code == 404
    assert wu.get(f"{wu.path}example/?form=dwg").status_code == 404


# ── hostile files ────────────────────────────────────────────


def deep(folder: Path) -> Path:
    return files.raw(folder, b"[" * 200_000)


def bomb(folder: Path) -> Path:
    return files.zipped(
        folder, files.layer([[files.clockwise(files.square())]]) | {"big.bin": bytes(210 * MEGABYTE)}
    )


def climbing(folder: Path) -> Path:
    return files.zipped(
        folder, files.layer([[files.clockwise(files.square())]]) | {"../../etc/cron.d/x": b"x"}
    )


def linked(folder: Path) -> Path:
    parts = files.layer([[files.clockwise(files.square())]]) | {"link": b"/etc/passwd"}
    return files.zipped(folder, parts, links=["link"])


def entity(folder: Path) -> Path:
    sheet = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>'
    return files.repacked(files.workbook(folder, ["1", "x"]), {"xl/worksheets/sheet1.xml": sheet})


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "deep": (deep, "FeatureCollection"),
    "bomb": (bomb, "MB"),
    "climbing": (climbing, "压缩包"),
    "linked": (linked, "压缩包"),
    "entity": (entity, "工作簿"),
    "cut": (lambda folder: files.raw(folder, b'{"type":"FeatureCollection","features":[{'), "JSON"),
    "not a zip": (lambda folder: files.raw(folder, b"PK\x03\x04broken", "grids.zip"), "压缩包已损坏"),
    "binary": (lambda folder: files.raw(folder, bytes(range(256))), "。"),
    "another form": (lambda folder: files.raw(folder, b"{}", "grids.xlsx"), "文件的内容不是"),
    "no grids": (lambda folder: files.geojson(folder), "没有网格"),
    "not a number": (
        lambda folder: files.geojson(folder, files.feature([(float("nan"), 35.7)] * 4)), "不是数",
    ),
    "crossing": (
        lambda folder: files.geojson(
            folder, files.feature([(115.0, 35.7), (115.01, 35.71), (115.01, 35.7), (115.0, 35.71), (115.0, 35.7)])
        ),
        "自相交",
    ),
    "far away": (lambda folder: files.geojson(folder, files.feature(files.square(2.3, 48.8))), "不在濮阳市范围内"),
    "formula": (lambda folder: files.workbook(folder, ["=cmd|' /C calc'!A0", "x"]), "。"),
    "points": (
        lambda folder: files.zipped(folder, files.layer([(115.0, 35.7)], kind=1)), "不是面",
    ),
    "unknown system": (
        lambda folder: files.zipped(
            folder, files.layer([[files.clockwise(files.square())]]) | files.prj(3857)
        ),
        "不能导入",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_ends_in_a_sentence_and_nothing_is_in_the_plan(
    wu: Importer, tmp_path: Path, kind: str
) -> None:
    make, sentence = HOSTILE[kind]
    path = make(tmp_path)
    job = wu.upload(path.read_bytes(), path.name)
    if job.status == "surveyed":
        assert wu.act(job, "system", crs="EPSG:4490").status_code in (302, 422)
        work_on_imports(at=MONDAY)
        job.refresh_from_db()
    page = wu.page(job)
    assert sentence in page and "确认导入" not in page
    assert job.status == "failed" or job.summary.get("faults") or job.status == "surveyed"
    assert not PlannedGrid.objects.exists()
    assert list((tmp_path / "media").rglob("passwd")) == []


# ── the coordinate system ────────────────────────────────────


def test_a_file_in_a_zone_is_drawn_where_it_would_lie_and_chosen_already(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*moved(projected(4547), *halves(town))))
    page = wu.page(job)
    assert page.count('name="crs"') == 1 and 'value="EPSG:4547" checked' in page
    assert (
        "范围的 99% 在华龙区内" in page and '<svg class="chart mini"' in page
    )  # the box is wider than its grids
    assert "GeoJSON" in page and "没有声明" in page
    wu.act(job, "system", crs="EPSG:4547")
    work_on_imports(at=MONDAY)
    assert "确认导入 2 个网格" in wu.page(job)


def test_degrees_fit_several_systems_and_the_declared_one_stands_first(town: Town, wu: Importer) -> None:
    declared = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}
    page = wu.page(wu.upload(collection(*halves(town), crs=declared)))
    assert page.count('name="crs"') == 4
    assert page.index("EPSG:4326") < page.index("EPSG:4490") and 'value="EPSG:4326" checked' in page
    plain = wu.page(wu.upload(collection(*halves(town))))
    assert " checked" not in plain


@pytest.mark.parametrize("fields", [{}, {"crs": "EPSG:4547"}, {"crs": "EPSG:1"}])
def test_a_system_that_was_not_offered_is_not_taken(town: Town, wu: Importer, fields: dict[str, str]) -> None:
    job = wu.upload(collection(*halves(town)))
    refused = wu.act(job, "system", **fields)
    assert refused.status_code == 422 and "请选择坐标系。" in refused.content.decode()
    job.refresh_from_db()
    assert job.status == "surveyed"


def test_a_file_with_swapped_axes_is_reported_and_read(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*moved(lambda lon, lat: (lat, lon), *halves(town))))
    page = wu.page(job)
    assert "横纵（经纬）坐标写反了" in page and "全部在华龙区内" in page
    wu.act(job, "system", crs="EPSG:4490")
    work_on_imports(at=MONDAY)
    assert "确认导入 2 个网格" in wu.page(job)


def test_one_grid_far_away_does_not_keep_the_others_out(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*halves(town), feature("零点网格", -115.0)))
    page = wu.page(job)
    assert "不全在濮阳市范围内" in page and "逐行列为有误" in page and '<svg class="chart mini"' not in page
    wu.act(job, "system", crs="EPSG:4490")
    work_on_imports(at=MONDAY)
    page = wu.page(job)
    assert "确认导入 2 个网格" in page and "第3个要素" in page


@pytest.mark.parametrize(("code", "sentence"), [(3857, "Web 墨卡托"), (4497, "6 度带"), (4545, "数字像米")])
def test_numbers_of_an_unknown_system_are_described_by_their_range(
    town: Town, wu: Importer, code: int, sentence: str
) -> None:
    assert sentence in wu.page(wu.upload(collection(*moved(projected(code), *halves(town)))))


def test_a_declared_system_that_contradicts_the_numbers_is_named(town: Town, wu: Importer) -> None:
    declared = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}
    page = wu.page(wu.upload(collection(*halves(town), crs=declared)))
    assert "请更正文件的声明（.prj）后重新上传" in page and 'name="crs"' not in page


def test_the_picture_has_the_county_s_outline_and_says_what_lies_outside(town: Town, wu: Importer) -> None:
    county = town.division("华龙区")
    county.outline = shapely.to_wkb(shapely.box(115.0, 35.7, 115.005, 35.71))
    county.save(update_fields=["outline"])
    assert "范围的 50% 在华龙区内" in wu.page(wu.upload(collection(*halves(town))))
    county.outline = shapely.to_wkb(shapely.box(115.1, 35.7, 115.2, 35.8))
    county.save(update_fields=["outline"])
    assert "在华龙区以外，相距约 8.1 公里" in wu.page(wu.upload(collection(*halves(town))))


# --- Fields that are not recognised -----------------------------------------------------------------------------


def renamed(*features: Json) -> list[Json]:
    """The same features as another program writes their fields."""
    words = {"网格名称": "dt_name", "村代码": "village_co", "户数": "hu", "人口": "ren", "编码": "bm"}
    for each in features:
        each["properties"] = {words[name]: value for name, value in each["properties"].items()}
    return list(features)


def choices_on(page: str, matches: dict[str, str]) -> dict[str, str]:
    """What somebody chooses for each field on the page, by its name."""
    labels = re.findall(r'for="id_(field_\d+)">\s*([^<\s]+)', page)
    return {key: matches.get(name, "") for key, name in labels}


MATCHED = {
    "dt_name": "name",
    "village_co": "village_code",
    "hu": "households",
    "ren": "population",
    "bm": "code",
}


@pytest.mark.article(7)
def test_fields_that_nobody_knows_are_matched_on_one_page_and_remembered(town: Town, wu: Importer) -> None:
    job = wu.upload(collection(*renamed(*halves(town))))
    page = wu.page(job)
    assert "没有认出网格编码和网格名称" in page and "如：京东社区第1网格" in page
    choices = choices_on(page, MATCHED)
    assert len(choices) == 5
    for bad, sentence in (
        ({}, "请指出哪个字段是网格编码或网格名称。"),
        ({"dt_name": "name", "hu": "name"}, "都对到了网格名称，请只留一个。"),
        ({"dt_name": "drop table"}, "请从列表里选择。"),
    ):
        refused = wu.act(job, "system", crs="EPSG:4490", **choices_on(page, bad))
        assert refused.status_code == 422 and sentence in refused.content.decode()
    assert wu.act(job, "system", crs="EPSG:4490", **choices).status_code == 302
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    assert job.status == "ready" and (job.summary["create"], job.summary["faults"]) == (1, 0), job.sentence
    again = wu.upload(collection(*renamed(*halves(town))))
    page = wu.page(again)
    assert again.matches == MATCHED and "沿用上次的对应" in page and "没有认出" not in page
    assert wu.act(again, "system", crs="EPSG:4490", **choices_on(page, MATCHED)).status_code == 302
    other = wu.upload(collection(feature("甲", 0.0)))
    assert other.matches == {} and "没有认出" not in wu.page(other)


@pytest.mark.article(7)
def test_a_file_that_says_no_village_asks_for_it_and_can_go_on(town: Town, wu: Importer) -> None:
    made = feature("京东社区新东网格", 0.005)
    made["properties"] = {"name": "京东社区新东网格", "cun_dm": "410902001001"}
    job = wu.upload(collection(made))
    page = wu.page(job)
    assert "没有认出每个网格属于哪个村（社区）" in page
    assert wu.act(job, "system", crs="EPSG:4490").status_code == 302
    work_on_imports(at=MONDAY)
    assert "没有写明属于哪个村（社区）" in wu.page(job)
