"""The grid chosen in the editor: the map goes to it, every tool acts on it; both stand on the first screen."""

from __future__ import annotations

import pytest
import shapely
from playwright.sync_api import expect
from shapely import Geometry

from tests.browser import Watched, assert_accessible
from tests.journeys.editor import Editor
from tests.journeys.test_field_worker import enter

pytestmark = pytest.mark.journey


def small_grid(shapes: dict[str, Geometry]) -> str:
    """The smallest grid that lies round the middle of its own box and far from the middle of the township."""
    middle = shapely.box(*shapely.total_bounds(list(shapes.values()))).centroid
    fit = [
        key
        for key, shape in shapes.items()
        if shape.contains(shapely.box(*shape.bounds).centroid) and not shape.intersects(middle)
    ]
    return min(fit, key=lambda key: shapes[key].area)


def test_a_grid_chosen_in_the_list_comes_into_the_middle_of_the_map(editor: Editor) -> None:
    page, key = editor.page, small_grid(editor.first)
    scale = page.locator("[data-map-edit] .ol-scale-line-inner")
    before = scale.inner_text()
    editor.choose(key)
    expect(scale).not_to_have_text(before)
    box = page.locator("[data-map-edit]").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(editor.row(key)).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="看全部").click()
    expect(scale).to_have_text(before)
    page.reload()
    expect(page.locator("[data-map-ready]")).to_be_visible()
    expect(scale).not_to_have_text(before)  # a reload opens the same grid
    assert_accessible(page)


def test_every_tool_acts_on_the_chosen_grid_at_once(editor: Editor) -> None:
    page, key = editor.page, small_grid(editor.first)
    shape, name = editor.first[key], editor.row(key).locator("[data-row-name]").inner_text()
    editor.choose(key)
    page.get_by_role("button", name="合并", exact=True).first.click()
    expect(editor.row(key).locator("[data-row-tick]")).to_be_checked()
    editor.says(f"合并{name}：再点选相邻的网格")
    page.get_by_role("button", name="切分", exact=True).first.click()
    editor.says(f"切分{name}：")
    west, _, east, _ = shape.bounds
    level = shape.point_on_surface().y
    far = east + 0.9 * (east - west) / 2  # most of the line may lie in the neighbour
    page.mouse.click(*editor.point_near(key, west - 0.0003, level))
    page.wait_for_timeout(300)
    page.mouse.dblclick(*editor.point_near(key, far, level))
    editor.says("切分为")
    expect(editor.row(key).locator("[data-row-state]")).to_have_text("调整")
    expect(editor.row(key)).to_have_attribute("aria-current", "true")


def test_map_and_tools_stand_on_the_first_screen_of_a_small_desk(pages: Watched, plan: int) -> None:
    page = pages.open("desk", viewport={"width": 1366, "height": 768})
    Editor(enter(page, "county_admin"), plan)
    assert page.evaluate("scrollY") == 0
    tools, shown = (page.locator(each).bounding_box() for each in (".editor-tools", "[data-map-edit]"))
    assert tools
    assert shown
    assert tools["y"] >= 0
    assert tools["y"] + tools["height"] <= shown["y"]
    assert shown["height"] >= 420
    assert shown["y"] + shown["height"] <= 768
