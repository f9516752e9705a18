"""Replies outlive a closed tab, phrases come by two semicolons, and many are assigned at once, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_desk_by_keyboard import current, sign_in

pytestmark = pytest.mark.journey
PHRASE = "请先到现场看一看，拍照后补充。"


def desk_of(pages: Watched) -> Page:
    page = pages.open("desk", viewport={"width": 1366, "height": 768})
    sign_in(page, "dispatcher")
    expect(page.locator("[data-preview]")).to_be_visible()
    return page


def test_a_reply_is_there_again_after_the_tab_was_closed_and_gone_once_it_was_sent(pages: Watched) -> None:
    desk = desk_of(pages)
    case = current(desk)
    address = f"/cases/{case}/return-for-correction/"
    desk.goto(address)
    desk.get_by_label("理由").fill("照片看不清门牌号")
    desk.goto("about:blank")
    desk.goto(address)
    expect(desk.get_by_label("理由")).to_have_value("照片看不清门牌号")
    expect(desk.get_by_role("status").get_by_text("已恢复您")).to_be_visible()
    assert_accessible(desk)
    desk.get_by_role("button", name="不要了").click()
    expect(desk.get_by_label("理由")).to_have_value("")
    desk.goto(address)
    expect(desk.get_by_label("理由")).to_have_value("")
    desk.get_by_label("理由").fill("照片看不清门牌号，请重拍")
    desk.get_by_role("button", name="退回补正").click()
    expect(desk.locator("h1")).not_to_have_text("退回补正")
    assert desk.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('words:'))") == []


def test_words_are_forgotten_on_signing_out(pages: Watched) -> None:
    desk = desk_of(pages)
    desk.goto(f"/cases/{current(desk)}/escalate/")
    desk.get_by_label("理由").fill("跨两个街道")
    desk.goto("/")
    assert desk.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('words:')).length") == 1
    desk.locator("details.who > summary").click()
    desk.get_by_role("button", name="退出登录").click()
    expect(desk.get_by_role("textbox", name="账号或工作电话")).to_be_visible()
    assert desk.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('words:'))") == []


def test_two_semicolons_put_in_a_phrase(pages: Watched) -> None:
    desk = desk_of(pages)
    case = current(desk)
    desk.goto("/phrases/")
    for text in (PHRASE, "已电话联系反映人。", "请{哪个单位}到场后回复。"):
        desk.get_by_label("新短语").fill(text)
        desk.get_by_role("button", name="记下").click()
        expect(desk.get_by_text(text)).to_be_visible()
    assert_accessible(desk)
    desk.goto(f"/cases/{case}/return-for-correction/")
    reason = desk.get_by_label("理由")
    reason.press_sequentially("您好，；；")
    expect(desk.get_by_label("我的短语").get_by_text(PHRASE)).to_be_visible()
    assert_accessible(desk)
    reason.press_sequentially("电话")
    expect(desk.get_by_label("我的短语").get_by_text(PHRASE)).to_have_count(0)
    reason.press("Enter")
    expect(reason).to_have_value("您好，已电话联系反映人。")
    reason.press_sequentially(";;")
    reason.press("ArrowDown")
    reason.press("Escape")
    expect(desk.get_by_label("我的短语")).to_have_count(0)
    expect(reason).to_have_value("您好，已电话联系反映人。;;")
    reason.press_sequentially("到场")
    reason.press("Enter")
    reason.press_sequentially("供电所")  # over the blank, which is marked
    expect(reason).to_have_value("您好，已电话联系反映人。请供电所到场后回复。")


def test_ticked_rows_are_assigned_by_keyboard_to_their_suggested_units(pages: Watched) -> None:
    desk = desk_of(pages)
    rows = [current(desk)]
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    rows.append(current(desk))
    desk.keyboard.press("x")
    expect(desk.locator("[data-many-count]")).to_have_text("2")
    desk.keyboard.press("d")
    expect(desk.get_by_label("查找所选都交给")).to_be_focused()
    assert_accessible(desk)
    assert desk.locator("#many-unit").evaluate("one => one.selectedOptions[0].text") == "各按建议的单位"
    desk.get_by_role("button", name="交办", exact=True).click()
    expect(desk.get_by_role("status").get_by_text("2 件已交办")).to_be_visible()
    for row in rows:
        expect(desk.locator(f'[data-row="{row}"]')).to_have_count(0)


def test_earlier_messages_about_a_case_are_folded_under_the_newest(pages: Watched) -> None:
    desk = desk_of(pages)
    desk.goto("/messages/")
    thread = desk.locator("li.message", has_text="此前还有").first
    thread.locator("summary").click()
    earlier = thread.locator("details a").first
    expect(earlier).to_be_visible()
    assert_accessible(desk)
    earlier.click()
    expect(desk).not_to_have_url(re.compile("/messages/"))


def test_new_cases_are_announced_in_the_title_and_by_an_optional_sound(pages: Watched) -> None:
    desk = desk_of(pages)
    title = desk.title()
    waiting = int(desk.locator('[data-poll-count="acceptance"]').inner_text())
    desk.get_by_label("标题显示件数").check()
    expect(desk).to_have_title(f"({waiting}) {title}")
    desk.get_by_label("响一声").check()
    expect(desk.locator("[data-news]")).to_have_attribute("data-news-rung", "1")
    more = f"{{detail: {{acceptance: {waiting + 1}}}}}"
    desk.evaluate(f"document.dispatchEvent(new CustomEvent('counts-changed', {more}))")
    expect(desk).to_have_title(f"({waiting + 1}) {title}")
    expect(desk.locator("[data-news]")).to_have_attribute("data-news-rung", "2")
    assert_accessible(desk)
    desk.reload()
    expect(desk.get_by_label("响一声")).to_be_checked()
    desk.get_by_label("标题显示件数").uncheck()
    expect(desk).to_have_title(title)
