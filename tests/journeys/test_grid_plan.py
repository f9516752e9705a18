"""A county divides its grids on the map, and a resident sees the new grid on its day (Art. 7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

import pytest
import shapely
from playwright.sync_api import Browser, Page, expect
from pytest_django.plugin import DjangoDbBlocker
from shapely import Geometry

from plans.actions.effect import bring_into_force
from tests.browser import Watched, assert_accessible
from tests.databases import connected_to
from tests.journeys.editor import TOWNSHIP, Editor
from tests.journeys.test_field_worker import enter
from tests.journeys.test_map_editor import across, lines_of
from tests.live import LiveCity
from worktime.clocks import SHANGHAI

pytestmark = pytest.mark.journey


def bring_the_day(city: LiveCity, day: date) -> int:
    """Let the plans of a day come into force, at its first minute; returns how many do."""
    with connected_to(city.database):
        return bring_into_force(today=day, at=datetime.combine(day, time(0, 1), SHANGHAI))


@pytest.fixture
def city(new_live_city: Callable[..., LiveCity]) -> LiveCity:
    """A city of its own: what is published here would disturb other tests."""
    return new_live_city("web")


@pytest.fixture
def people(browser: Browser, city: LiveCity) -> Iterator[Watched]:
    watched = Watched(browser, city)
    yield watched
    assert not watched.close()


@pytest.fixture
def editor(people: Watched) -> Editor:
    """Wu has opened a plan and looks at the map of 中原路街道."""
    page = enter(people.open("desk"), "county_admin")
    page.goto("/plans/")
    page.get_by_role("link", name="起草方案").click()
    page.get_by_label("名称").fill("静和苑社区网格调整")
    page.get_by_label("理由").fill("户数翻番，一名网格员走访不过来。")
    page.get_by_label("生效日期").fill((date.today() + timedelta(days=9)).isoformat())
    page.get_by_role("button", name="起草").click()
    page.wait_for_url(re.compile(r"/plans/\d+/"))
    number = re.search(r"/plans/(\d+)/", page.url)
    assert number
    editor = Editor(page, int(number[1]))
    editor.measure()
    return editor


def grid_of(editor: Editor, name: str) -> str:
    return next(key for key, each in editor.grids().items() if each["properties"]["name"] == name)


def run_verb(page: Page, plan: int, verb: str, word: str, **fields: str) -> None:
    """Run one verb on its page with its button."""
    page.goto(f"/plans/{plan}/{verb}/")
    for label, words in fields.items():
        page.get_by_label(label).fill(words)
    page.locator("main").get_by_role("button", name=word, exact=True).click()
    page.wait_for_url(re.compile(rf"/plans/{plan}/$"))


def split_by_a_line(editor: Editor, key: str) -> dict[str, Geometry]:
    """She draws a line across the grid: it is two."""
    page = editor.page
    start, end = across(editor.first[key])
    page.get_by_role("button", name="切分", exact=True).first.click()
    page.mouse.click(*editor.point(*start))
    page.wait_for_timeout(300)  # a second click at once would be a double click
    page.mouse.dblclick(*editor.point(*end))
    editor.says("切分为 2 个网格")
    return editor.shapes()


def type_border(editor: Editor, key: str, shape: Geometry) -> None:
    """She types a grid's border."""
    page = editor.page
    page.goto(f"{editor.address}&grid={key}")
    expect(page.locator("[data-map-ready]")).to_be_visible()
    editor.open("按坐标改边界")
    page.locator("#redraw-geometry").fill("\n".join(lines_of(shape)))
    page.get_by_role("button", name="改边界", exact=True).click()
    editor.says("改画")


def drag_border(editor: Editor, pieces: dict[str, Geometry], one: str, other: str) -> None:
    """She drags the border between two grids; both sides move, and no fault is left."""
    page = editor.page
    page.goto(editor.address)
    expect(page.locator("[data-map-ready]")).to_be_visible()
    border = shapely.line_merge(shapely.intersection(pieces[one], pieces[other]))
    middle = max(shapely.get_parts(border), key=shapely.length).interpolate(0.5, normalized=True)
    page.keyboard.press("b")
    editor.drag(editor.point(middle.x, middle.y), 6, 10)
    editor.says("改画")
    moved = editor.shapes()
    assert not moved[one].equals(pieces[one])
    assert not moved[other].equals(pieces[other])
    assert page.locator('[data-edit-count="blocking"]').first.inner_text() == "0"


def visitor(people: Watched) -> Page:
    """A resident with an old phone without scripts; what one has read stays in that browser for minutes."""
    return people.open("phone", java_script_enabled=False)


@pytest.mark.article(7)
def test_a_grid_is_split_mended_agreed_and_published_and_a_resident_finds_it_on_its_day(
    editor: Editor, people: Watched, city: LiveCity, django_db_blocker: DjangoDbBlocker
) -> None:
    page, key = editor.page, grid_of(editor, "静和苑社区第一网格")
    pieces = split_by_a_line(editor, key)
    type_border(editor, "n1", shapely.box(*pieces["n1"].buffer(0.002).bounds))
    overlap = page.locator('.editor-finding[data-severity="blocking"]', has_text="重叠").first
    expect(overlap).to_contain_text("平方米")
    overlap.get_by_role("button").click()
    page.keyboard.press("Control+z")
    editor.says("已撤销")
    drag_border(editor, pieces, "n1", key)

    run_verb(page, editor.plan, "submit", "提交会签")
    expect(page.locator("main")).to_contain_text("待中原路街道会签")
    run_verb(enter(people.open("desk"), "dispatcher"), editor.plan, "consent", "同意")
    run_verb(page, editor.plan, "approve", "批准")
    early = visitor(people)
    early.goto("/public/plans/")
    expect(early.locator("main")).not_to_contain_text("静和苑社区网格调整")
    run_verb(page, editor.plan, "publish", "公布")
    assert_accessible(page)

    reader = visitor(people)
    reader.goto("/public/plans/")
    reader.get_by_role("link", name="静和苑社区网格调整").click()
    expect(reader.locator("main")).to_contain_text("新设")
    name = editor.grids()["n1"]["properties"]["name"]
    reader.goto(f"/public/?q={name}")
    expect(reader.get_by_role("link", name=name, exact=True)).to_have_count(0)
    ((day,),) = city.sql("SELECT effective_on FROM plans_gridplan WHERE id = %s", [editor.plan])
    with django_db_blocker.unblock():
        assert bring_the_day(city, day) == 1
    neighbour = visitor(people)
    neighbour.goto("/public/")
    neighbour.locator("input[name=q]").fill(name)
    neighbour.get_by_role("button", name="查找").click()
    neighbour.get_by_role("link", name=name).first.click()
    expect(neighbour.locator("h1")).to_contain_text(name)
    expect(neighbour.locator("main")).to_contain_text(f"{day.month}")
    ((code,),) = city.sql("SELECT code FROM grids_grid WHERE name = %s AND status = 'in_force'", [name])
    assert code.startswith(TOWNSHIP)


@pytest.mark.article(7)
def test_a_plan_with_an_overlap_is_refused_and_says_where(editor: Editor) -> None:
    page = editor.page
    key = grid_of(editor, "静和苑社区第一网格")
    type_border(editor, key, shapely.box(*editor.first[key].buffer(0.001).bounds))
    page.goto(f"/plans/{editor.plan}/submit/")
    expect(page.locator("main")).to_contain_text("重叠")
    button = page.locator("main").get_by_role("button", name="提交会签", exact=True)
    if button.count():
        button.click()
    expect(page.locator("main")).to_contain_text("平方米")
    page.goto(f"/plans/{editor.plan}/")
    expect(page.locator("main")).to_contain_text("起草中")
    page.locator("main a[href*='jump=']").first.click()
    expect(page.locator("[data-map-ready]")).to_be_visible()
