"""Drawing a plan's grids: with the pointer, with the keyboard alone, without scripts, and beside somebody faster."""

from __future__ import annotations

import re
from typing import Any

import pytest
import shapely
from playwright.sync_api import expect
from shapely import Geometry

from common.shapes import Json
from tests.browser import SIZES, Watched, assert_accessible
from tests.journeys.editor import TOWNSHIP, Editor
from tests.journeys.test_field_worker import enter

pytestmark = pytest.mark.journey


def lines_of(shape: Geometry) -> list[str]:
    return [f"{lon:.7f},{lat:.7f}" for lon, lat in shape.exterior.coords[:-1]]


def across(shape: Geometry) -> tuple[tuple[float, float], tuple[float, float]]:
    """The ends of a line from west to east through the middle of a grid, just outside it."""
    west, _, east, _ = shape.bounds
    middle = shape.point_on_surface().y
    return (west - 0.0006, middle), (east + 0.0006, middle)


def neighbours(shapes: dict[str, Geometry], grids: dict[str, Json]) -> tuple[str, str]:
    """Two grids of one village with a long border in common."""
    shared = {
        (a, b): shapely.length(shapely.intersection(shapes[a], shapes[b]))
        for a in shapes
        for b in shapes
        if a < b and grids[a]["properties"]["village"] == grids[b]["properties"]["village"]
    }
    return max(shared, key=lambda pair: shared[pair])


def test_a_line_across_a_grid_cuts_it_and_keys_take_it_back_and_again(editor: Editor) -> None:
    page, shapes = editor.page, editor.first
    key = max(shapes, key=lambda each: shapes[each].area)
    start, end = across(shapes[key])
    page.get_by_role("button", name="切分", exact=True).first.click()
    page.mouse.click(*editor.point(*start))
    page.wait_for_timeout(300)  # a second click at once would be a double click
    page.mouse.dblclick(*editor.point(*end))
    editor.says("切分为")
    pieces = editor.shapes()
    assert len(pieces) > len(shapes)
    expect(editor.row("n1").locator("[data-row-state]")).to_have_text("新设")
    expect(editor.row(key).locator("[data-row-state]")).to_have_text("调整")
    assert_accessible(page)

    page.keyboard.press("Control+z")
    editor.says("已撤销")
    expect(editor.row("n1")).to_have_count(0)
    assert editor.shapes().keys() == shapes.keys()
    page.keyboard.press("Control+y")
    expect(editor.row("n1")).to_be_visible()
    assert editor.shapes().keys() == pieces.keys()


def test_a_dragged_border_moves_both_its_sides_and_outlives_the_browser(
    pages: Watched, editor: Editor
) -> None:
    page, shapes = editor.page, editor.first
    one, other = neighbours(shapes, editor.grids())
    border = shapely.line_merge(shapely.intersection(shapes[one], shapes[other]))
    middle = max(shapely.get_parts(border), key=shapely.length).interpolate(0.5, normalized=True)
    page.keyboard.press("b")
    editor.drag(editor.point(middle.x, middle.y), 12, 12)
    editor.says("改画")
    moved = editor.shapes()
    assert {key for key in shapes if not moved[key].equals(shapes[key])} >= {one, other}
    assert shapely.intersection(moved[one], moved[other]).area < 1e-10
    assert page.locator('[data-edit-count="blocking"]').first.inner_text() == "0"
    page.close()
    again = Editor(enter(pages.open("desk"), "county_admin"), editor.plan)
    expect(again.row(one).locator("[data-row-state]")).to_have_text("调整")
    expect(again.page.get_by_role("button", name="撤销")).to_be_enabled()


def test_the_node_where_a_cut_ends_moves_with_the_neighbour_too(editor: Editor) -> None:
    page, shapes = editor.page, editor.first
    key = max(shapes, key=lambda each: shapes[each].area)
    page.goto(f"{editor.address}&grid={key}")
    expect(page.locator("[data-map-ready]")).to_be_visible()
    editor.open("按坐标切分")
    page.locator("#split-line").fill("\n".join(f"{lon},{lat}" for lon, lat in across(shapes[key])))
    page.get_by_role("button", name="切分", exact=True).last.click()
    editor.says("切分为")
    expect(page.locator("[data-map-edit]:not([data-busy])")).to_be_visible()
    cut = editor.shapes()
    held = {
        node: {each for each in cut if node in cut[each].exterior.coords}
        for node in cut["n1"].exterior.coords
    }
    new, holders = next(
        (node, each)
        for node, each in held.items()
        if node not in shapes[key].exterior.coords and len(each) > 2
    )
    page.get_by_role("button", name="看全部").click()
    page.wait_for_timeout(500)
    page.keyboard.press("b")
    editor.drag(editor.point(*new), 14, 14)
    editor.says("改画")
    moved = editor.shapes()
    assert {each for each in holders if not moved[each].equals(cut[each])} == holders
    assert shapely.coverage_is_valid(list(moved.values()))


def test_a_new_grid_is_drawn_named_and_the_checks_point_at_its_overlap(editor: Editor) -> None:
    page = editor.page
    key = max(editor.first, key=lambda each: editor.first[each].area)
    middle = editor.first[key].point_on_surface()
    page.get_by_role("button", name="画新网格").click()
    for lon, lat in ((0, 0), (0.006, 0), (0.006, 0.005)):
        page.mouse.click(*editor.point(middle.x + lon, middle.y + lat))
        page.wait_for_timeout(300)
    page.mouse.dblclick(*editor.point(middle.x, middle.y + 0.005))
    name = page.locator("#create-name")
    expect(name).to_be_focused()
    assert page.locator("#create-geometry").input_value().count("\n") == 3
    name.press("Enter")
    editor.says("未命名网格")
    expect(page.locator(".editor-finding", has_text="未命名网格：请填写网格名称")).to_be_visible()
    expect(page.locator("#editor-grid-title")).to_contain_text("未命名网格")
    editor.open("改名")
    page.locator("#rename-name").fill("市集网格")
    page.locator("#rename-name").press("Enter")
    editor.says("改名为市集网格")
    expect(page.locator("#editor-grid-title")).to_have_text("市集网格")
    finding = page.locator('.editor-finding[data-severity="blocking"]').first
    expect(finding).to_contain_text("市集网格")
    finding.get_by_role("button").click()
    assert_accessible(page)


def test_two_grids_are_merged_and_one_is_renamed_by_keyboard_alone(editor: Editor) -> None:
    page = editor.page
    one, other = neighbours(editor.first, editor.grids())
    page.locator("[data-row-link]").first.focus()
    for _ in range(len(editor.first)):
        if page.evaluate("document.activeElement.closest('[data-row]').dataset.row") == one:
            break
        page.keyboard.press("ArrowDown")
    expect(editor.row(one)).to_have_attribute("aria-current", "true")
    editor.row(one).locator("[data-row-tick]").press("Space")
    editor.row(other).locator("[data-row-tick]").press("Space")
    editor.open("合并")
    page.get_by_label("保留哪个的编码和名称").select_option(other)
    page.get_by_role("button", name="合并所选").press("Enter")
    editor.says("并入")
    expect(editor.row(one).locator("[data-row-state]")).to_have_text("停用")
    expect(editor.row(other)).to_have_attribute("aria-current", "true")

    editor.open("改名")
    field = page.get_by_label("网格名称").first
    field.fill("并好的网格")
    field.press("Enter")
    editor.says("改名为并好的网格")
    expect(page.locator("#editor-grid-title")).to_have_text("并好的网格")


def test_typed_coordinates_redraw_and_cut_and_a_slip_keeps_the_text(pages: Watched, editor: Editor) -> None:
    page = editor.page
    key = max(editor.first, key=lambda each: editor.first[each].area)
    page.goto(f"{editor.address}&grid={key}")
    expect(page.locator("[data-map-ready]")).to_be_visible()
    editor.open("按坐标改边界")
    text = page.locator("#redraw-geometry")
    assert text.input_value().split("\n") == [
        re.sub(r"0+(,|$)", r"\1", line) for line in lines_of(editor.first[key])
    ]
    text.fill("115,abc")
    page.get_by_role("button", name="改边界", exact=True).click()
    editor.says("第 1 行应是“经度,纬度”两个数")
    expect(text).to_have_value("115,abc")
    first, second, third, *rest = lines_of(editor.first[key])
    with pages.expecting(page, "422"):
        text.fill("\n".join([second, third, *rest[:1], first, *rest[1:]]))
        page.get_by_role("button", name="改边界", exact=True).click()
        expect(text).to_have_attribute("aria-invalid", "true")
    expect(text).to_be_focused()
    assert text.input_value().startswith(second)

    editor.open("按坐标切分")
    page.locator("#split-line").fill("\n".join(f"{lon},{lat}" for lon, lat in across(editor.first[key])))
    page.get_by_role("button", name="切分", exact=True).last.click()
    editor.says("切分为")


def test_a_stale_version_names_the_faster_user_and_keeps_the_text(pages: Watched, editor: Editor) -> None:
    other = Editor(enter(pages.open("desk"), "county_admin"), editor.plan)
    for each, name in ((other, "先到网格"), (editor, "后到网格")):
        each.page.locator("[data-row-link]").first.click()
        each.open("改名")
        each.page.locator("#rename-name").fill(name)
    other.page.locator("#rename-name").press("Enter")
    other.says("先到网格")
    with pages.expecting(editor.page, "409"):
        editor.page.locator("#rename-name").press("Enter")
        expect(editor.row(next(iter(editor.first)))).to_be_attached()
        expect(editor.page.locator('[data-edit-say][data-kind="late"]')).to_be_visible()
    expect(editor.page.locator("[data-row-name]", has_text="先到网格")).to_be_visible()
    expect(editor.page.locator("#rename-name")).to_have_value("后到网格")
    editor.page.locator("#rename-name").press("Enter")
    editor.says("后到网格")


def test_a_step_whose_answer_is_lost_is_taken_once(pages: Watched, editor: Editor) -> None:
    page = editor.page
    lost: list[str] = []

    def lose_the_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append("lost")
        route.fetch()
        route.abort()

    page.route("**/changes/", lose_the_first)
    page.locator("[data-row-link]").first.click()
    editor.open("改名")
    with pages.expecting(page, "ERR_FAILED"):
        page.locator("#rename-name").fill("只改一次网格")
        page.locator("#rename-name").press("Enter")
        editor.says("改名为只改一次网格")
    page.get_by_role("button", name="撤销").click()
    editor.says("已撤销")
    expect(page.get_by_role("button", name="撤销")).to_be_disabled()


def test_every_step_is_a_plain_form_without_scripts(pages: Watched, plan: int) -> None:
    page = enter(pages.open("desk", java_script_enabled=False), "county_admin")
    page.goto(f"/plans/{plan}/map/?township={TOWNSHIP}")
    page.locator("[data-row-link]").first.click()
    name = page.locator("#editor-grid-title").inner_text()
    page.locator("summary", has_text="按坐标切分").click()
    page.locator("#split-line").fill("115.0,35.7\n115.0001,35.7")
    with pages.expecting(page, "422"):
        page.get_by_role("button", name="切分", exact=True).last.click()
        expect(page.get_by_role("alert")).to_contain_text("线没有把网格切开")
    expect(page.locator("#split-line")).to_have_value("115.0,35.7\n115.0001,35.7")
    nodes = [
        tuple(map(float, line.split(","))) for line in page.locator("#redraw-geometry").input_value().split()
    ]
    ends = across(shapely.Polygon(nodes))
    page.locator("#split-line").fill("\n".join(f"{lon},{lat}" for lon, lat in ends))
    page.get_by_role("button", name="切分", exact=True).last.click()
    expect(page.get_by_text(f"将{name}切分为")).to_be_visible()
    expect(page.locator('[data-state="new"]').first).to_be_visible()
    page.get_by_role("button", name="撤销").click()
    expect(page.locator('[data-state="new"]')).to_have_count(0)


@pytest.mark.parametrize(
    ("size", "width", "large"), [("phone", 390, False), ("phone", 320, True), ("desk", 1366, True)]
)
def test_the_editor_is_accessible_and_does_not_overflow(
    pages: Watched, plan: int, size: Any, width: int, large: bool
) -> None:
    viewport = {**SIZES[size]["viewport"], "width": width}
    editor = Editor(enter(pages.open(size, viewport=viewport), "county_admin"), plan)
    page = editor.page
    if large:
        page.evaluate("document.documentElement.dataset.size = 'large'")
    page.locator("[data-row-link]").first.click()
    for details in page.locator(".editor-verbs > details > summary").all():
        details.click()
    assert_accessible(page)
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    assert page.locator("h1").count() == 1


def test_who_may_not_draw_there_sees_the_map_and_no_tools(pages: Watched, plan: int) -> None:
    page = enter(pages.open("desk"), "dispatcher")
    page.goto(f"/plans/{plan}/map/?township=410902002")
    expect(page.locator("[data-map-ready]")).to_be_visible()
    expect(page.get_by_role("button", name="画新网格")).to_have_count(0)
    expect(page.get_by_role("button", name="看现行边界")).to_be_visible()
    assert_accessible(page)
