"""The desk sees whole texts, finds units by initials, and can undo a whole act."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_desk_by_keyboard import current, sign_in

pytestmark = pytest.mark.journey
SCREENS = {"1366": {"width": 1366, "height": 768}, "1920": {"width": 1920, "height": 1080}}
CUT = """
() => [...document.querySelectorAll(".rows-head > *, .row > :not(svg, .row-meta), .row-meta > *")]
  .filter((cell) => cell.getClientRects().length && getComputedStyle(cell).display !== "contents")
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 || cell.scrollHeight > cell.clientHeight + 1)
  .filter((cell) => !cell.matches("input"))
  .map((cell) => `${cell.className}: ${cell.textContent.trim().slice(0, 40)}`)
"""


def desk_at(pages: Watched, **options: Any) -> Page:
    page = pages.open("desk", **options)
    sign_in(page, "dispatcher")
    expect(page.locator("[data-preview]")).to_be_visible()
    return page


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("queue", ["acceptance", "all"])
def test_no_cell_of_the_list_is_cut(pages: Watched, screen: str, queue: str) -> None:
    page = desk_at(pages, viewport=SCREENS[screen])
    page.goto(f"/desk/?queue={queue}&size=200")
    if page.locator("[data-row]").count() == 0:
        pytest.fail(f"nothing to measure in {queue}")
    expect(page.locator("[data-preview]")).to_be_visible()
    assert page.evaluate(CUT) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for cell in (".row-holder", ".row-said", ".row-place", ".row-status"):
        expect(page.locator(f"[data-row] {cell}").first).to_be_visible()


WRAPPED = """
() => [...document.querySelectorAll(".row-clock > span:last-child")]
  .filter((cell) => cell.clientHeight > 1.6 * parseFloat(getComputedStyle(cell).lineHeight))
  .map((cell) => cell.textContent)
"""


@pytest.mark.parametrize("screen", SCREENS)
def test_the_time_left_stands_on_one_line_where_the_list_has_the_page_to_itself(
    pages: Watched, screen: str
) -> None:
    page = desk_at(pages, viewport=SCREENS[screen])
    page.goto("/search/?q=社区")
    expect(page.locator(".row-clock", has_text="个工作日").first).to_be_visible()
    assert page.evaluate(WRAPPED) == []


def test_a_unit_is_found_by_its_letters_and_needs_its_own_ground(pages: Watched) -> None:
    desk = desk_at(pages)
    case = current(desk)
    desk.keyboard.press("d")
    box, select = desk.get_by_label("查找责任单位"), desk.get_by_label("责任单位", exact=True)
    expect(box).to_be_focused()
    suggested, ground = select.input_value(), desk.get_by_label("交办依据").input_value()
    assert suggested and ground
    desk.keyboard.type("gong an")
    expect(desk.get_by_text(re.compile("^找到 [0-9]+ 个"))).to_be_visible()
    assert select.input_value() != suggested
    assert "公安" in select.evaluate("one => one.selectedOptions[0].text")
    assert_accessible(desk)
    desk.keyboard.press("Enter")
    reason = desk.get_by_label("交办依据")
    expect(reason).to_be_focused()
    assert reason.input_value() == ""  # the ground of the suggestion has gone with it
    with pages.expecting(desk, "422"):
        desk.keyboard.press("Enter")
        expect(desk.locator("[data-desk-form]").get_by_text("请写明交办依据").first).to_be_visible()
    assert "公安" in desk.get_by_label("责任单位", exact=True).evaluate("one => one.selectedOptions[0].text")
    desk.get_by_label("交办依据").fill("现场有人扰乱秩序")
    desk.get_by_label("交办依据").press("Enter")
    expect(desk.locator(f'[data-row="{case}"] .row-status')).to_have_text("待签收")

    desk.keyboard.press("u")
    expect(desk.locator(f'[data-row="{case}"]:not([data-gone]) .row-status')).to_have_text("待受理")


def test_the_suggested_unit_brings_its_ground_back(pages: Watched) -> None:
    desk = desk_at(pages)
    desk.keyboard.press("d")
    select, reason = desk.get_by_label("责任单位", exact=True), desk.get_by_label("交办依据")
    suggested, ground = select.input_value(), reason.input_value()
    other = select.evaluate("one => [...one.options].map((o) => o.value).find((v) => v && v !== one.value)")
    select.select_option(other)
    assert reason.input_value() == ""
    select.select_option(suggested)
    assert reason.input_value() == ground
    select.select_option(other)
    reason.fill("由其管护")
    select.select_option(suggested)
    assert reason.input_value() == "由其管护"  # what was typed stays


def test_many_accepted_are_taken_back_with_one_key(pages: Watched) -> None:
    desk = desk_at(pages)
    waiting = desk.locator('[data-poll-count="acceptance"]').inner_text()
    for key in "xjx":
        desk.keyboard.press(key)
    desk.keyboard.press("a")
    expect(desk.get_by_text("2 件已受理。")).to_be_visible()
    expect(desk.get_by_role("button", name="撤销这 2 件")).to_be_visible()
    desk.keyboard.press("u")
    expect(desk.get_by_text("2 件已撤销。")).to_be_visible()
    expect(desk.locator('[data-poll-count="acceptance"]')).to_have_text(waiting)


def test_what_a_colleague_does_shows_in_the_list_by_itself(pages: Watched) -> None:
    desk, other = desk_at(pages), desk_at(pages)
    case = current(desk)
    assert current(other) == case
    desk.keyboard.press("j")
    second = current(desk)
    other.keyboard.press("a")
    expect(other.locator(f'[data-row="{case}"][data-gone]')).to_be_visible()
    desk.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # a tab that comes back asks at once
    expect(desk.locator(f'[data-row="{case}"][data-gone] .row-status')).to_have_text("待交办")
    assert current(desk) == second
    other.keyboard.press("u")
    expect(desk.locator(f'[data-row="{case}"] .row-status')).to_have_text("待受理", timeout=20_000)


def test_a_colleague_at_the_same_case_is_named_within_fifteen_seconds(pages: Watched) -> None:
    desk = desk_at(pages)
    line = desk.locator("[data-preview] [data-presence]")
    expect(line).to_be_hidden()

    def answer(route: Route) -> None:
        route.fulfill(json={"words": "李某 正在处理"})

    desk.route("**/presence/", answer)
    expect(line).to_have_text("李某 正在处理", timeout=15_000)
    assert_accessible(desk)
    desk.keyboard.press("e")
    expect(desk.locator("[data-desk-form]")).to_be_visible()
    expect(desk.locator("[data-presence]")).to_have_text("李某 正在处理", timeout=15_000)


def test_merge_candidates_are_offered_and_chosen_by_keyboard(pages: Watched) -> None:
    desk = desk_at(pages)
    desk.keyboard.press("m")
    expect(desk.locator("[data-desk-form]")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_label("附近没有的，按编号或字词找").fill("路灯")
    with pages.expecting(desk, "422"):
        desk.keyboard.press("Enter")
        expect(desk.locator("[data-desk-form]").get_by_text("路灯").first).to_be_visible()
    assert desk.get_by_label("附近没有的，按编号或字词找").input_value() == "路灯"
