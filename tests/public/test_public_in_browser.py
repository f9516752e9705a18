"""A resident finds the grid in a real browser that runs no script, in both sizes of text and on paper (Art. 13)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Size, Watched, assert_accessible

pytestmark = pytest.mark.journey

PLACES = (
    "/",
    "/public/report/",
    "/public/complain/",
    "/r/",
    "/public/",
    "/public/?q=jdsq",
    "/public/?q=x",
    "/public/410902/",
    "/public/410902001/",
    "/public/grid/410902001001001/",
    "/public/plans/",
)


def test_a_resident_without_scripts_goes_from_a_word_to_the_grid_and_back(pages: Watched) -> None:
    page = pages.open("phone", java_script_enabled=False)
    page.goto("/public/")
    page.get_by_label("小区、村、街道的名称，或网格编码").fill("京东社区")
    page.get_by_role("button", name="查找").tap()
    page.get_by_role("link", name=re.compile("京东社区第一网格")).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("京东社区第一网格")
    expect(page.get_by_role("heading", name="区域范围")).to_be_visible()
    expect(page.get_by_text("东邻京东社区第二网格")).to_be_visible()
    expect(page.get_by_role("img", name="本页的二维码")).to_be_visible()
    page.get_by_role("link", name="中原路街道").first.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("中原路街道")


def test_large_text_stays_on_the_next_page(pages: Watched) -> None:
    page = pages.open("phone", java_script_enabled=False)
    page.goto("/public/")
    page.get_by_role("link", name="大字").tap()
    page.get_by_role("link", name=re.compile("华龙区")).tap()
    expect(page.locator("html[data-size=large]")).to_have_count(1)
    page.get_by_role("link", name="标准字").tap()
    expect(page.locator("html[data-size=large]")).to_have_count(0)


@pytest.mark.parametrize(("size", "large"), [("phone", False), ("phone", True), ("desk", False)])
def test_the_public_pages_are_accessible_and_do_not_overflow(pages: Watched, size: Size, large: bool) -> None:
    page = pages.open(size)
    for address in PLACES:
        page.goto(f"/public/text-size/?size={'large' if large else ''}&next=/public/")
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), address


def test_the_page_of_a_grid_prints_on_one_sheet(desk_page: Page) -> None:
    desk_page.goto("/public/grid/410902001001001/")
    sheets = re.findall(rb"/Type\s*/Page\b", desk_page.pdf(format="A4"))
    assert len(sheets) == 1
    desk_page.emulate_media(media="print")
    code = desk_page.get_by_role("img", name="本页的二维码").bounding_box()
    assert code and code["width"] * 25.4 / 96 * 29 / 37 >= 30, "thirty millimetres beside the quiet zone"
