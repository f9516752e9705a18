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
    "worker": (
        "/registry/",
        "/registry/?kind=place",
        "/registry/tasks/",
        "/registry/doubles/",
        "/registry/new/person/",
        "/registry/import/",
    ),
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


# What a persona looks at, and with a selector the first page behind a list.
READ = {
    "dispatcher": (
        ("/desk/", "[data-row-open]"),
        ("/desk/?queue=all", ""),
        ("/search/?q=路", ""),
        ("/search/?q=qqqq", ""),
        ("/orders/", "main th a"),
        ("/improvements/", "main th a"),
        ("/phrases/", ""),
        ("/calendar/", ""),
        ("/messages/", ""),
        ("/plans/", "main th a"),
        (f"/grids/{GRID}/", ""),
        ("/boards/print/?pile=to_renew", ""),
    ),
    "handler": (
        ("/tray/?queue=to_sign", "[data-row-open]"),
        ("/tray/?queue=assisting", "[data-row-open]"),
        ("/tray/day/", ""),
        ("/lists/proposals/", "main th a"),
    ),
    "system": (
        ("/feedback/answers/", ""),
        ("/calendar/enter/", ""),
        ("/calendar/replan/", ""),
    ),
    "worker": (
        ("/", ""),
        ("/mine/", ".card-link"),
        ("/messages/", ""),
        ("/feedback/", ""),
        ("/registry/", "main th a"),
        ("/registry/doubles/", ""),
        ("/registry/tasks/", ""),
    ),
    "": (
        (f"/public/grid/{GRID}/", ""),
        ("/public/plans/", "main li a"),
        ("/public/lists/notices/", "main li a"),
        ("/public/lists/410902/", ""),
        ("/r/", ""),
    ),
}
TOO_WIDE = "document.scrollingElement.scrollWidth - innerWidth"
CLIPPED = """() => [...document.querySelectorAll("main .row-title, main .nav a")]
  .filter((each) => each.scrollHeight > each.clientHeight + 1 && getComputedStyle(each).overflowY === "hidden")
  .map((each) => each.textContent.trim())"""


def breaks_of(page: Page) -> list[str]:
    """What runs out of the screen or is cut there at 320 px, and at 390 px with all text twice as large."""
    found = []
    for width, text in ((320, ""), (WIDTH, "200%")):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("text => { document.documentElement.style.fontSize = text }", text)
        wide = page.evaluate(TOO_WIDE)
        found += [f"{width} {text}: {wide} px too wide"] if wide > 1 else []
        found += [f"{width} {text}: cut: {words}" for words in page.evaluate(CLIPPED)]
    return found


@pytest.mark.parametrize("name", READ)
def test_nothing_breaks_on_the_narrowest_phone_or_at_twice_the_text(pages: Watched, name: str) -> None:
    page = pages.open("phone")
    if name:
        enter(page, name)
    broken = {}
    for path, first in READ[name]:
        page.set_viewport_size({"width": WIDTH, "height": 844})
        page.goto(path)
        if first and page.locator(first).count():
            assert not breaks_of(page), path
            page.goto(page.locator(first).first.get_attribute("href") or "")
        if found := breaks_of(page):
            broken[page.url] = found
        page.evaluate("() => { document.documentElement.style.fontSize = '' }")
        for large in (False, True):
            page.evaluate("large => { if (large) document.documentElement.dataset.size = 'large' }", large)
            assert_accessible(page)
    assert broken == {}
