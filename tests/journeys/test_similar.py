"""Before sending: what was reported twenty metres away, beyond the border of the grid, is added to."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
import shapely
from playwright.sync_api import Page, expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_field_worker import choose, enter, number_of
from tests.live import LiveCity

pytestmark = pytest.mark.journey

TEN_METRES = 1e-4


def both_sides(city: LiveCity) -> tuple[shapely.Point, shapely.Point]:
    """Two points some twenty metres apart, on both sides of the border between two grids of one village."""
    rows = city.sql(
        "SELECT village_id, boundary FROM grids_grid WHERE status = 'in_force' AND boundary IS NOT NULL"
        " AND code LIKE '410902001%%' ORDER BY code"
    )
    grids = [(village, shapely.from_wkb(bytes(boundary))) for village, boundary in rows]
    for (one, west), (other, east) in combinations(grids, 2):
        border = shapely.line_merge(west.intersection(east))
        if one == other and border.length > 10 * TEN_METRES and border.geom_type == "LineString":
            middle = border.interpolate(0.5, normalized=True)
            around = middle.buffer(TEN_METRES)
            return (
                around.intersection(west).representative_point(),
                around.intersection(east).representative_point(),
            )
    raise AssertionError("no two grids of one village share a border")


def report_form(page: Page, point: shapely.Point) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": point.x, "latitude": point.y, "accuracy": 8})
    page.goto("/report/")
    expect(page.locator("[data-locate-say]")).to_contain_text(
        re.compile("网格，约 ±")
    )  # the grid there is chosen


@pytest.mark.article(17)
def test_what_lies_over_the_border_is_shown_and_added_to(pages: Watched, live_city: LiveCity) -> None:
    here, there = both_sides(live_city)
    page = enter(pages.open("phone"), "dispatcher")
    report_form(page, here)
    choose(page, "井盖缺损")
    page.locator(".actions-thumb .button-primary").tap()
    first = number_of(page)

    report_form(page, there)
    grid = page.locator("#id_grid_id").input_value()
    bar = page.locator(".actions-thumb .button-primary").bounding_box()
    choose(page, "井盖缺损")
    notice = page.locator("[data-similar]")
    expect(notice).to_contain_text("可能重复")
    expect(notice).to_contain_text(re.compile(r"相距约 [1-4]0 米"))
    assert page.locator("#id_grid_id").input_value() == grid, "what came in chose nothing"
    assert page.locator(".actions-thumb .button-primary").bounding_box() == bar, (
        "the button stayed under the thumb"
    )
    assert_accessible(page)
    notice.locator(f"a[href='/cases/{first}/supplement/']").tap()
    page.get_by_label("补充什么").fill("井口边上又塌了一块")
    page.get_by_role("button", name="补充", exact=True).tap()
    page.wait_for_url(re.compile(rf"/cases/{first}/"))
    expect(page.get_by_text("井口边上又塌了一块").first).to_be_visible()


def test_a_position_that_comes_after_the_matter_is_asked_for_too(pages: Watched, live_city: LiveCity) -> None:
    here, there = both_sides(live_city)
    page = enter(pages.open("phone"), "dispatcher")
    report_form(page, here)
    choose(page, "路灯故障")
    page.locator(".actions-thumb .button-primary").tap()
    first = number_of(page)

    late = enter(pages.open("phone"), "dispatcher")
    late.goto("/report/")
    choose(late, "路灯故障")
    late.context.grant_permissions(["geolocation"])
    late.context.set_geolocation({"longitude": there.x, "latitude": there.y, "accuracy": 8})
    late.locator("[data-locate-start]").tap()
    expect(late.locator(f"[data-similar] a[href='/cases/{first}/']")).to_be_visible()
