"""A worker at the door: what is held is confirmed with one tap, a new member is looked for before it is typed twice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_field_worker import enter

pytestmark = pytest.mark.journey


def test_a_household_is_confirmed_with_one_tap_and_a_member_is_not_entered_twice(pages: Watched) -> None:
    page = enter(pages.open("phone"), "worker")
    page.goto("/registry/")
    assert_accessible(page)
    page.locator("main th a").first.click()
    expect(page.get_by_role("heading", name="谁在这里")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="实有人口新增/变更").click()
    expect(page.get_by_role("button", name="都没有变")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="都没有变").click()
    expect(page.get_by_text("都是新的").first).to_be_visible()

    page.get_by_role("link", name="加一名成员").click()
    page.get_by_label("姓名").fill("演示新成员")
    page.get_by_label("与户主关系").select_option("child")
    page.get_by_label("出生日期").fill("1999-09-09")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("演****").first).to_be_visible()

    page.get_by_role("link", name="加一名成员").click()
    page.get_by_label("姓名").fill("演示新成圆")
    page.get_by_label("与户主关系").select_option("child")
    page.get_by_label("出生日期").fill("1999-09-09")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name="可能已经登记过")).to_be_visible()
    expect(page.get_by_label("姓名")).to_have_value("演示新成圆")
    assert_accessible(page)

    page.goto("/registry/")
    page.get_by_label(re.compile("查姓名")).fill("ysxcy")
    page.get_by_role("button", name="查", exact=True).click()
    expect(page.get_by_text("共 1 条")).to_be_visible()
