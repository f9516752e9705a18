"""People, access, boards, complaints and lists on a phone: all fits the screen and suits a finger."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import Watched, assert_accessible
from tests.journeys.test_field_worker import enter

pytestmark = pytest.mark.journey

WIDTH, FINGER = 390, 44
GRID = "410902001001001"
PAGES = {
    "desk_head": (
        "/staff/",
        "/staff/people/",
        "/staff/import/",
        "/organizations/found/",
        "/access/looks/",
        "/access/grants/new/",
        "/account/",
        f"/boards/{GRID}/",
        f"/boards/{GRID}/post/",
        f"/boards/print/?grid={GRID}&size=a4",
        f"/conduct/register/{GRID}/",
    ),
    "county_admin": ("/staff/", "/organizations/", "/boards/", "/menu/", "/lists/", "/lists/burden/"),
    "": (f"/complain/{GRID}/", "/complain/progress/"),
}
TOO_SMALL = """finger => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter(each => !each.closest(".unseen, .skip, .option") && each.type !== "hidden")
  .map(each => [each, each.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height && Math.round(box.height) < finger)
  .map(([each, box]) => `${each.innerText || each.name} ${Math.round(box.height)}`)"""
CONTENT_WIDTH = """Math.max(document.documentElement.scrollWidth,
  ...[...document.querySelectorAll(".nav a")].map(each => Math.round(each.getBoundingClientRect().right)))"""


def faults_in_the_hand(page: Page) -> list[str]:
    """What a finger misses on the page, and by how much it runs out of the screen."""
    wide = page.evaluate(CONTENT_WIDTH) - WIDTH
    return [*page.evaluate(TOO_SMALL, FINGER), *([f"{wide} px too wide"] if wide > 0 else [])]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_a_phone_and_a_finger(pages: Watched, name: str) -> None:
    page = pages.open("phone")
    if name:
        enter(page, name)
    for path in PAGES[name]:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        assert faults_in_the_hand(page) == [], path
        assert_accessible(page)
