"""The map of open cases: the city's and a county's, by pointer, by keyboard, on the phone and in large text."""

from __future__ import annotations

import json
import re

import pytest
import shapely
from playwright.sync_api import Locator, Page, expect

from common.shapes import Json
from tests.browser import Watched, assert_accessible
from tests.journeys.editor import mercator
from tests.journeys.test_field_worker import enter

pytestmark = pytest.mark.journey

CITY, COUNTY, ROAD = "4109", "410902", "410902001"
PADDING = 32  # pixels that the map leaves round the places
NEAR = 24  # pixels within which a click may mean either of two dots
ZOOM = 8


def opened(page: Page, username: str, query: str = "") -> Page:
    enter(page, username)
    return shown(page, query)


def shown(page: Page, query: str = "") -> Page:
    page.goto(f"/map/{query}")
    expect(page.locator("[data-map-ready]")).to_be_visible()
    return page


def number_in(place: Locator) -> int:
    return int(re.sub(r"\D", "", place.inner_text()))


def features(page: Page, address: str) -> list[Json]:
    return list(page.request.get(address).json()["features"])


class Screen:
    """Where a place in degrees lies on the screen while the map shows the whole of its places."""

    def __init__(self, page: Page, address: str) -> None:
        self.shapes = {
            each["id"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in features(page, address)
        }
        corners = shapely.get_coordinates(list(self.shapes.values()))
        west, south = mercator(*corners.min(axis=0))
        east, north = mercator(*corners.max(axis=0))
        box = page.locator("[data-map] canvas").first.bounding_box()
        assert box
        self.left, self.top = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.middle = (west + east) / 2, (south + north) / 2
        self.metres = max(
            (east - west) / (box["width"] - 2 * PADDING), (north - south) / (box["height"] - 2 * PADDING)
        )

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        x, y = mercator(lon, lat)
        return (
            self.left + (x - self.middle[0]) / self.metres,
            self.top - (y - self.middle[1]) / self.metres,
        )


def test_the_city_goes_from_its_map_down_to_a_grid_and_up_again(pages: Watched) -> None:
    page = opened(pages.open("desk"), "city")
    expect(page.get_by_role("heading", level=1)).to_have_text("濮阳市事项地图")
    assert_accessible(page)
    counties = page.locator("#places [data-feature]")
    total = sum(int(row.get_attribute("data-count") or 0) for row in counties.all())
    assert total == number_in(page.locator(".page-head a")) > 0
    row = page.locator("#places [data-name=华龙区]")
    count = number_in(row.locator("b"))
    row.get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{count:,} 件")
    page.go_back()
    row.get_by_role("link", name="华龙区", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("华龙区事项地图")
    page.get_by_role("link", name="中原路街道", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("中原路街道事项地图")
    expect(page.locator(".trail a")).to_have_text(["濮阳市", "华龙区"])
    assert_accessible(page)
    page.locator(".trail").get_by_role("link", name="濮阳市").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("濮阳市事项地图")


def test_a_place_is_chosen_by_one_click_and_opened_by_a_second(pages: Watched) -> None:
    page = opened(pages.open("desk"), "city")
    screen = Screen(page, f"/api/v1/divisions/{CITY}/map/")
    row = page.locator("#places [data-feature]").first
    key = int(row.get_attribute("data-feature") or 0)
    middle = shapely.point_on_surface(screen.shapes[key])
    at = screen.point(middle.x, middle.y)
    page.mouse.click(*at)
    expect(row).to_have_attribute("aria-current", "true")
    page.wait_for_timeout(400)  # two clicks, not a double click, which zooms
    page.mouse.click(*at)
    expect(page).to_have_url(re.compile(r"division=410902\b"))


def test_a_dot_opens_its_case(pages: Watched) -> None:
    page = opened(pages.open("desk"), "county_admin", f"?division={ROAD}")
    screen = Screen(page, f"/api/v1/townships/{ROAD}/map/")
    dots = {each["id"]: each for each in features(page, f"/places/{ROAD}/dots/")}
    expect(page.locator("[data-map-say]")).to_contain_text(f"图上 {len(dots)} 件")
    points = {key: screen.point(*dot["geometry"]["coordinates"]) for key, dot in dots.items()}
    alone = [
        key
        for key, (x, y) in points.items()
        if all(abs(x - a) + abs(y - b) > NEAR for other, (a, b) in points.items() if other != key)
    ]
    assert alone, "no dot stands alone"
    page.mouse.move(*points[alone[0]])
    expect(page.locator("[data-map]")).to_have_attribute(
        "title", re.compile(r"[●◐▲■] (正常|临期|超期|督办) ")
    )
    page.mouse.click(*points[alone[0]])
    expect(page).to_have_url(re.compile(rf"/cases/{alone[0]}/$"))


def test_the_keyboard_zooms_in_until_there_are_dots_and_opens_one(pages: Watched) -> None:
    page = opened(pages.open("desk"), "county_admin")
    say, cases = page.locator("[data-map-say]"), page.locator("[data-map-rows] a")
    page.locator("[data-map]").focus()
    for _ in range(ZOOM):
        if cases.count():
            break
        page.keyboard.press("+")
        page.wait_for_timeout(700)
    expect(say).to_contain_text("图上")
    assert cases.count() > 0
    expect(page.locator("[data-map-rows] .light").first).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="看全部").click()
    address = cases.first.get_attribute("href")
    cases.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"{address}$"))


def test_the_filter_is_in_the_address_and_the_numbers_follow(pages: Watched) -> None:
    page = opened(pages.open("desk"), "county_admin")
    everything = number_in(page.locator(".page-head a"))
    page.locator("#matter").select_option(index=1)
    page.get_by_role("button", name="看这里").click()
    expect(page).to_have_url(re.compile(r"measure=open.*matter=\w"))
    expect(page.locator("[data-map-ready]")).to_be_visible()
    fewer = number_in(page.locator(".page-head a"))
    assert 0 < fewer < everything
    page.get_by_role("link", name="超期（含督办）").click()
    expect(page).to_have_url(re.compile(r"measure=late.*matter=\w"))
    expect(page.locator("[data-map-ready]")).to_be_visible()
    late = number_in(page.locator(".page-head a"))
    assert late <= fewer
    page.get_by_role("link", name="全部在办").click()
    expect(page.locator("[data-map-ready]")).to_be_visible()
    page.locator(".page-head a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{fewer:,} 件")


@pytest.mark.parametrize("width", [320, 360, 390])
def test_every_division_has_its_name_on_the_narrowest_phone(pages: Watched, width: int) -> None:
    """No name is left out and none lies over another: the map gives a name only a place that is free."""
    page = pages.open("phone", viewport={"width": width, "height": 844})
    enter(page, "city")
    for query in ("", f"?division={COUNTY}"):
        shown(page, query)
        named, areas = (page.locator("[data-map]").get_attribute("data-map-named") or "").split("/")
        assert named == areas != "0", (width, query)
    shown(page, f"?division={ROAD}")
    named, areas = (page.locator("[data-map]").get_attribute("data-map-named") or "").split("/")
    assert int(named) >= int(areas) * 0.6  # the rest when one comes nearer; the list has all of them


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("width", [320, 390, 1366, 1920])
def test_the_map_fits_every_screen(pages: Watched, width: int, large: bool) -> None:
    page = pages.open("phone" if width < 640 else "desk", viewport={"width": width, "height": 768})
    enter(page, "city")
    for query in ("", f"?division={COUNTY}", f"?division={ROAD}"):
        shown(page, query)
        page.evaluate("large => { if (large) document.documentElement.dataset.size = 'large' }", large)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, query)
        assert_accessible(page)
        box = page.locator("[data-map]").bounding_box()
        assert box
        assert box["height"] >= 300
