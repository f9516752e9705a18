"""A county's administrator brings a file of grids into a plan: the zone by its picture, the faulty row by its file."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import shapefile
import shapely
from playwright.sync_api import Page, expect
from pyproj import Transformer
from shapely import Geometry

from common.shapes import Json
from tests.browser import SIZES, Watched, assert_accessible
from tests.exchange.files import zipped
from tests.journeys.editor import TOWNSHIP
from tests.journeys.test_field_worker import enter
from tests.live import LiveCity

pytestmark = pytest.mark.journey

TO_ZONE = Transformer.from_crs(4490, 4547, always_xy=True)
PATIENCE = 40_000  # beat wakes the worker every five seconds


def grids_of(page: Page, plan: int) -> list[Json]:
    """The features of the township as the map editor has them."""
    found: list[Json] = page.request.get(f"/api/v1/plans/{plan}/map/?township={TOWNSHIP}").json()["features"]
    return found


def halves_of(shape: Geometry) -> list[Geometry]:
    """The largest western and the largest eastern piece of a grid, which need not be all of it."""
    west, south, east, north = shape.bounds
    middle = shape.point_on_surface().x
    sides = (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north))
    cut = [shapely.get_parts(shapely.intersection(shape, side)) for side in sides]
    return [
        max((part for part in parts if part.geom_type == "Polygon"), key=lambda part: part.area)
        for parts in cut
    ]


def layer(rows: Sequence[tuple[str, str, str, Geometry]]) -> dict[str, bytes]:
    """A Shapefile in the zone of 114°E that does not say so: code, name, village and shape in degrees."""
    parts = {ending: io.BytesIO() for ending in ("shp", "shx", "dbf")}
    writer = shapefile.Writer(**parts, shapeType=shapefile.POLYGON, encoding="gbk")
    for name, size in (("网格编码", 24), ("网格名称", 60), ("村代码", 12)):
        writer.field(name, "C", size=size)
    for code, name, village, shape in rows:
        writer.record(code, name, village)
        turned = shapely.orient_polygons(shape, exterior_cw=True)
        moved = shapely.transform(turned, TO_ZONE.transform, interleaved=False)
        writer.poly([shapely.get_coordinates(moved.exterior).tolist()])
    writer.close()
    return {f"网格.{ending}": content.getvalue() for ending, content in parts.items()}


@pytest.fixture
def upload(pages: Watched, plan: int, tmp_path: Path) -> tuple[Page, Path, str]:
    """The administrator, and a file in which one grid is cut in two and a third row names no village of hers."""
    page = enter(pages.open("desk"), "county_admin")
    largest = max(grids_of(page, plan), key=lambda each: each["properties"]["area_m2"])
    known = largest["properties"]
    west, east = halves_of(shapely.from_geojson(json.dumps(largest["geometry"])))
    rows = [
        (known["code"], known["name"], known["village_code"], west),
        ("", "导入的新网格", known["village_code"], east),
        ("", "写错村的网格", "410902999999", east),
    ]
    return page, zipped(tmp_path, layer(rows), "网格.zip"), known["village"]


def test_a_file_in_a_zone_becomes_grids_of_the_plan(
    upload: tuple[Page, Path, str], plan: int, live_city: LiveCity
) -> None:
    page, path, village = upload
    page.goto(f"/plans/{plan}/import/")
    assert_accessible(page)
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="上传并预览").click()

    expect(page.get_by_text("初查结果")).to_be_visible(timeout=PATIENCE)  # the page goes on by itself
    zone = page.get_by_role("radio", name="中央经线114度，不带带号")
    expect(zone).to_be_checked()
    expect(page.locator("svg.mini .here")).to_be_visible()
    expect(page.get_by_text("在华龙区内")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="按所选坐标系读取").click()

    expect(page.get_by_role("button", name="确认导入 2 个网格")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("row", name="村（社区）代码 410902999999 不在您能改动的范围内")).to_be_visible()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="下载有误的行").click()
    assert download.value.suggested_filename == "网格.zip 有误的行.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    rows = list(sheet.iter_rows(min_row=2, max_col=3, values_only=True))
    assert [(row, field) for row, field, _ in rows] == [(3, "村代码")]

    page.get_by_role("link", name="1个").first.click()
    expect(page.get_by_role("row", name=f"导入的新网格 2 {village}")).to_be_visible()
    page.get_by_role("button", name="确认导入 2 个网格").click()
    expect(page.get_by_text("新设 1 个，修改 1 个；1 行有误，没有导入。")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="在地图上看").click()
    expect(page.locator("[data-row]", has_text="导入的新网格").locator("[data-row-state]")).to_have_text(
        "新设"
    )
    assert live_city.sql("SELECT count(*) FROM plans_plannedgrid WHERE plan_id = %s", [plan]) == [(2,)]


@pytest.mark.parametrize(("size", "width", "large"), [("phone", 390, False), ("phone", 320, True)])
def test_each_page_of_an_import_fits_a_phone(
    pages: Watched, upload: tuple[Page, Path, str], plan: int, size: Any, width: int, large: bool
) -> None:
    page = enter(pages.open(size, viewport={**SIZES[size]["viewport"], "width": width}), "county_admin")

    def fits() -> None:
        if large:
            page.evaluate("document.documentElement.dataset.size = 'large'")
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), page.url
        assert_accessible(page)

    page.goto(f"/plans/{plan}/import/")
    fits()
    page.get_by_label("文件", exact=True).set_input_files(upload[1])
    page.get_by_role("button", name="上传并预览").click()
    expect(page.get_by_role("link", name="刷新")).to_be_visible()
    fits()
    expect(page.get_by_text("初查结果")).to_be_visible(timeout=PATIENCE)
    fits()
    page.get_by_role("button", name="按所选坐标系读取").click()
    expect(page.get_by_role("button", name="确认导入 2 个网格")).to_be_visible(timeout=PATIENCE)
    fits()
    page.get_by_role("button", name="放弃这个文件").click()
    expect(page.get_by_role("heading", name="已放弃")).to_be_visible()
    fits()
