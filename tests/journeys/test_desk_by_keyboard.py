"""A dispatcher's morning without the mouse, and a department's day on the phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from demo.personas import DEMO_PASSWORD
from tests.browser import Watched, a_picture, assert_accessible

pytestmark = pytest.mark.journey
CURRENT = "[data-row][aria-current=true]"


def sign_in(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(re.compile(r"/(desk|tray|overview)/"))


@pytest.fixture
def desk(pages: Watched) -> Page:
    """The desk of 中原路街道, open on what waits for acceptance, the first case in the pane."""
    page = pages.open("desk")
    sign_in(page, "dispatcher")
    expect(page.locator("[data-preview]")).to_be_visible()
    return page


def current(page: Page) -> str:
    return page.locator(CURRENT).get_attribute("data-row") or ""


def current_opened(page: Page) -> str:
    """The first row, once its case stands in the pane."""
    expect(page.locator("[data-preview]")).to_be_visible()
    return current(page)


def shown(page: Page) -> str:
    return page.locator("[data-preview]").get_attribute("data-preview") or ""


def test_twenty_keys_take_a_case_through_the_desk(desk: Page) -> None:
    first = current(desk)
    waiting = int(desk.locator('[data-poll-count="acceptance"]').inner_text())
    desk.keyboard.press("j")
    second = current(desk)
    assert second != first
    expect(desk.locator(f'[data-preview="{second}"]')).to_be_visible()
    desk.keyboard.press("k")
    expect(desk.locator(f'[data-preview="{first}"]')).to_be_visible()

    desk.keyboard.press("a")
    expect(desk.locator(f'[data-row="{first}"][data-gone]')).to_be_visible()
    expect(desk.locator(f'[data-row="{first}"] .row-status')).to_have_text("待交办")
    expect(desk.locator(f'[data-preview="{second}"]')).to_be_visible()
    assert current(desk) == second
    expect(desk.locator('[data-poll-count="acceptance"]')).to_have_text(str(waiting - 1))

    desk.keyboard.press("u")
    expect(desk.locator(f'[data-row="{first}"]:not([data-gone])')).to_be_visible()
    expect(desk.locator(f'[data-preview="{first}"]')).to_be_visible()
    expect(desk.locator('[data-poll-count="acceptance"]')).to_have_text(str(waiting))
    assert_accessible(desk)


def test_assigning_takes_the_suggested_unit_and_opens_the_next_case(desk: Page) -> None:
    case = current(desk)
    desk.keyboard.press("d")
    form = desk.locator("[data-desk-form]")
    expect(form.get_by_label("查找责任单位")).to_be_focused()
    assert form.get_by_label("责任单位", exact=True).input_value() != ""
    assert_accessible(desk)
    form.get_by_role("button", name="交办").press("Enter")
    expect(desk.locator(f'[data-row="{case}"] .row-status')).to_have_text("待签收")
    assert current(desk) != case


def test_letters_are_silent_while_typing_and_escape_leads_back(desk: Page) -> None:
    case = current(desk)
    desk.keyboard.press("r")
    note = desk.get_by_label("理由")
    expect(note).to_be_focused()
    note.type("ajdx")
    assert note.input_value() == "ajdx"
    assert current(desk) == case
    note.fill("")
    desk.keyboard.press("Escape")
    expect(desk.locator(f'[data-preview="{case}"] .clock')).to_be_visible()


def test_slash_searches_and_the_address_keeps_it(desk: Page) -> None:
    desk.keyboard.press("/")
    desk.keyboard.type("qqqq")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("q=qqqq"))
    expect(desk.get_by_text("没有符合条件的事项")).to_be_visible()
    assert_accessible(desk)


def test_g_and_a_letter_open_a_queue_and_the_sheet_says_which(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_contain_text("退单审核")
    assert_accessible(desk)
    desk.keyboard.press("Escape")
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    desk.wait_for_url(re.compile("queue=assignment"))


def test_many_are_selected_and_accepted(desk: Page) -> None:
    desk.keyboard.press("g")
    desk.keyboard.press("a")
    desk.wait_for_url(re.compile("queue=acceptance"))
    expect(desk.locator("[data-preview]")).to_be_visible()
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(desk.locator("[data-many-count]")).to_have_text("2")
    desk.get_by_role("button", name="受理所选").click()
    expect(desk.get_by_text("2 件已受理。")).to_be_visible()


def test_with_ticked_rows_a_letter_means_all_of_them_and_enter_sends_nothing(desk: Page) -> None:
    desk.keyboard.press("x")
    desk.locator(".row-check, .check-many").first.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-many-count]")).to_have_text("1")
    assert "/desk/" in desk.url
    desk.keyboard.press("m")
    expect(desk.get_by_text("这个键一次只能办一件")).to_be_visible()
    desk.keyboard.press("a")
    expect(desk.get_by_text("1 件已受理。")).to_be_visible()


def test_escape_keeps_what_was_typed_and_gives_the_keys_back_to_the_list(desk: Page) -> None:
    case = current(desk)
    desk.keyboard.press("e")
    expect(desk.get_by_label("理由")).to_be_focused()
    desk.get_by_label("理由").fill("本级没有挖掘机")
    desk.keyboard.press("Escape")
    assert desk.get_by_label("理由").input_value() == "本级没有挖掘机"
    expect(desk.locator(f'[data-row="{case}"] [data-row-open]')).to_be_focused()


def test_somebody_faster_is_named_and_the_text_is_kept(pages: Watched, desk: Page) -> None:
    case = current(desk)
    desk.keyboard.press("e")
    expect(desk.get_by_label("理由")).to_be_focused()
    desk.get_by_label("理由").fill("本级没有挖掘机")
    other = pages.open("desk")
    sign_in(other, "dispatcher")
    expect(other.locator(f'[data-preview="{case}"]')).to_be_visible()
    other.keyboard.press("a")
    expect(other.locator(f'[data-row="{case}"][data-gone]')).to_be_visible()
    with pages.expecting(desk, "409"):
        desk.locator("[data-desk-form]").get_by_role("button", name="升级").click()
        expect(desk.get_by_text("办过这件事")).to_be_visible()
    assert desk.get_by_label("理由").input_value() == "本级没有挖掘机"


def test_the_department_signs_and_feeds_back_on_the_phone(pages: Watched) -> None:
    phone = pages.open("phone")
    sign_in(phone, "handler")
    waiting = int(phone.locator("[data-waiting]").inner_text())
    assert_accessible(phone)
    phone.get_by_role("link", name=re.compile("^待签收")).click()
    card = phone.locator(".tray-card").first
    number = card.get_attribute("data-row")
    card.get_by_role("button", name="签收", exact=True).tap()
    expect(phone.get_by_text(re.compile("^已签收"))).to_be_visible()
    phone.goto("/tray/?queue=in_hand")
    assert int(phone.locator("[data-waiting]").inner_text()) == waiting
    signed = phone.locator(f'.tray-card[data-row="{number}"]')
    signed.get_by_role("link", name="办结反馈").tap()
    phone.get_by_label("办理结果").fill("已派人清理完毕。")
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_department_signs_and_feeds_back_by_keyboard(pages: Watched) -> None:
    desk = pages.open("desk")
    sign_in(desk, "handler")
    desk.goto("/tray/?queue=to_sign")
    first = current_opened(desk)
    waiting = int(desk.locator('[data-poll-count="to_sign"]').inner_text())
    desk.keyboard.press("a")
    expect(desk.locator(f'[data-row="{first}"][data-gone] .row-status')).to_have_text("办理中")
    expect(desk.locator('[data-poll-count="to_sign"]')).to_have_text(str(waiting - 1))
    assert current(desk) != first
    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog").get_by_text("办结反馈")).to_be_visible()
    assert_accessible(desk)
    desk.keyboard.press("Escape")

    desk.keyboard.press("g")
    desk.keyboard.press("w")
    desk.wait_for_url(re.compile("queue=in_hand"))
    desk.goto(f"/tray/?queue=in_hand#{first}")
    desk.locator(f'[data-row="{first}"] [data-row-open]').click()
    expect(desk.locator(f'[data-preview="{first}"]')).to_be_visible()
    desk.keyboard.press("f")
    expect(desk.get_by_label("办理结果")).to_be_focused()
    desk.keyboard.type("已派人清理完毕。")
    desk.get_by_label("从相册选择").set_input_files([a_picture()])
    expect(desk.locator("[data-desk-form] [data-photos] canvas")).to_be_visible()
    assert_accessible(desk)
    desk.locator("[data-desk-form]").get_by_role("button", name="办结反馈").click()
    expect(desk.locator(f'[data-row="{first}"][data-gone] .row-status')).to_have_text("待核查")


def test_the_rows_of_the_tray_are_dense_beside_the_pane_and_cards_on_the_phone(pages: Watched) -> None:
    desk, phone = pages.open("desk"), pages.open("phone")
    for page in (desk, phone):
        sign_in(page, "handler")
        page.goto("/tray/?queue=to_sign")
    current_opened(desk)
    assert desk.locator("[data-row]").first.bounding_box()["height"] <= 76
    assert not desk.locator("[data-row] .actions").first.is_visible()
    assert phone.locator("[data-row] .actions").first.is_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_city_opens_a_number_and_finds_as_many_cases(pages: Watched) -> None:
    page = pages.open("desk")
    sign_in(page, "city")
    number = page.locator(".stat-value").first
    value = int(re.sub(r"\D", "", number.inner_text()))
    assert_accessible(page)
    number.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"收到 {value:,} 件")
    assert_accessible(page)
    page.get_by_role("link", name="回总览").click()
    page.get_by_role("link", name="华龙区", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("华龙区总览")


def test_the_map_and_the_list_beside_it_select_the_same_grid(pages: Watched) -> None:
    page = pages.open("desk")
    sign_in(page, "dispatcher")
    page.goto("/map/")
    expect(page.locator("[data-map-ready]")).to_be_visible()
    first = page.locator("#places [data-feature]").first
    first.get_by_role("link").first.focus()
    expect(first).to_have_attribute("aria-current", "true")
    assert_accessible(page)
