"""A joint case of three units: one hands its share back, the others report, the whole is verified."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_time_and_conference import CaseOf, as_, case_of, status_of, submit
from tests.live import LiveCity

pytestmark = pytest.mark.journey
__all__ = ["case_of"]

HANDLERS = """
SELECT min(u.username), o.name FROM personnel_officeposting p
JOIN accounts_user u ON u.id = p.user_id JOIN personnel_organization o ON o.id = p.organization_id
JOIN grids_division d ON d.id = o.division_id, workflow_case c
WHERE c.id = %s AND p.role = 'handler' AND p.ends_on IS NULL AND u.is_active AND o.id <> c.unit_id
  AND d.id IN (c.county_id, c.township_id)
GROUP BY o.id, o.name ORDER BY o.id LIMIT 2
"""


def shares_of(city: LiveCity, case: int) -> list[tuple[str, str]]:
    statement = """SELECT o.name, a.status FROM workflow_assignment a JOIN personnel_organization o ON o.id = a.unit_id
                   WHERE a.case_id = %s AND NOT a.is_lead ORDER BY a.id"""
    return [(str(name), str(status)) for name, status in city.sql(statement, [case])]


def open_share(page: Page, case: int, word: str, unit: str) -> None:
    page.goto(f"/cases/{case}/")
    page.get_by_role("link", name=f"{word}：{unit}").click()


def add_two_units(pages: Watched, desk: Page, case: int, units: tuple[str, str]) -> None:
    """The desk finds the units by name; a share longer than the whole is refused, and no word is lost."""
    desk.goto(f"/cases/{case}/join/")
    assert_accessible(desk)
    find = desk.get_by_role("searchbox", name="查找协办单位")
    for name in units:
        find.fill(name)
        find.press("Enter")
    expect(desk.get_by_text("已选 2 个")).to_be_visible()
    desk.get_by_label("请协办做什么").fill("请到场断电、维持秩序")
    desk.get_by_label("以内反馈").fill("400")
    with pages.expecting(desk, "422"):
        submit(desk, "增加协办")
        expect(desk.get_by_text("协办期限不能晚于整件事的办结期限").first).to_be_visible()
    expect(desk.get_by_label("请协办做什么")).to_have_value("请到场断电、维持秩序")
    desk.get_by_label("以内反馈").fill("")
    submit(desk, "增加协办")
    desk.wait_for_url(re.compile(r"/(desk|cases)/"))


def hand_back_and_release(two: Page, desk: Page, case: int, unit: str, *, lead: Page, pages: Watched) -> None:
    """The unit hands its share back, meanwhile the lead cannot report the result, the desk releases the unit."""
    open_share(two, case, "协办退回", unit)
    two.get_by_label("理由").fill("这一片不由我单位供电")
    assert_accessible(two)
    submit(two, "协办退回")
    two.wait_for_url(re.compile(r"/cases/"))
    two.goto("/tray/")

    with pages.expecting(lead, "409"):
        lead.goto(f"/cases/{case}/feed-back/")
        expect(lead.get_by_text("还没有反馈").first).to_be_visible()

    open_share(desk, case, "解除协办", unit)
    desk.get_by_label("理由").fill("已核实，不由其供电")
    submit(desk, "解除协办")


def test_three_units_handle_one_case(pages: Watched, live_city: LiveCity, case_of: CaseOf) -> None:
    case = case_of("in_hand")
    (first, first_unit), (second, second_unit) = live_city.sql(HANDLERS, [case])
    lead, desk = as_(pages, "handler", "phone"), as_(pages, "dispatcher")

    lead.goto(f"/cases/{case}/ask-join/")
    lead.get_by_label("理由").fill("现场要断电，请供电单位一起到")
    submit(lead, "申请协办")

    add_two_units(pages, desk, case, (first_unit, second_unit))
    assert shares_of(live_city, case) == [
        (first_unit, "awaiting_signature"),
        (second_unit, "awaiting_signature"),
    ]

    one, two = as_(pages, first, "phone"), as_(pages, second)
    one.goto("/tray/?queue=assisting")
    card = one.locator(f'[data-row="{case}"]')
    expect(card).to_contain_text("请到场断电、维持秩序")
    assert_accessible(one)
    card.get_by_role("button", name="协办签收").click()
    expect(card.get_by_role("link", name="协办反馈")).to_be_visible()

    hand_back_and_release(two, desk, case, second_unit, lead=lead, pages=pages)

    card.get_by_role("link", name="协办反馈").click()
    one.get_by_label("协办结果").fill("已断电，现场安全")
    assert_accessible(one)
    submit(one, "协办反馈")
    one.wait_for_url(re.compile(r"/tray/"))
    assert shares_of(live_city, case) == [(first_unit, "fed_back"), (second_unit, "released")]

    lead.goto(f"/cases/{case}/")
    expect(lead.get_by_role("region", name="协办单位")).to_contain_text("已断电，现场安全")
    assert_accessible(lead)
    lead.goto(f"/cases/{case}/feed-back/")
    lead.get_by_label("办理结果").fill("旧家具已清走")
    submit(lead, "办结反馈")
    lead.wait_for_url(re.compile(r"/(tray|cases)/"))
    assert status_of(live_city, case) == "awaiting_verification"
