"""A joint case of three units: one hands its share back, the others report; the whole life of such a case."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_field_worker import enter
from tests.journeys.test_time_and_conference import (
    CaseOf,
    as_,
    ask_extension,
    case_of,
    grant_extension,
    return_twice_and_confer,
    status_of,
    submit,
)
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


def assist(page: Page, case: int) -> None:
    """An assisting unit signs for its share and reports its result, from its tray."""
    page.goto("/tray/?queue=assisting")
    card = page.locator(f'[data-row="{case}"]')
    card.get_by_role("button", name="协办签收").click()
    card.get_by_role("link", name="协办反馈").click()
    page.get_by_label("协办结果").fill("已断电，现场安全")
    submit(page, "协办反馈")
    page.wait_for_url(re.compile(r"/tray/"))


def feed_back(lead: Page, case: int, result: str) -> None:
    lead.goto(f"/cases/{case}/feed-back/")
    lead.get_by_label("办理结果").fill(result)
    submit(lead, "办结反馈")
    lead.wait_for_url(re.compile(r"/(tray|cases)/"))


def judge(page: Page, case: int, verb: str, word: str, **typed: str) -> None:
    """The worker on the spot, with the pictures before and after above the form."""
    page.goto(f"/cases/{case}/{verb}/")
    for label, text in typed.items():
        page.get_by_label(label).fill(text)
    submit(page, word)
    page.wait_for_url(lambda url: verb not in url)


def test_the_whole_life_of_a_joint_case(pages: Watched, live_city: LiveCity, case_of: CaseOf) -> None:
    """Conference, extension, two assisting units with one return, feedback, rework, verification, rating."""
    case = case_of("awaiting_signature", for_resident=True)
    lead, desk, county = (as_(pages, name) for name in ("handler", "dispatcher", "county"))
    worker = enter(pages.open("phone"), "worker")
    (first, first_unit), (second, second_unit) = live_city.sql(HANDLERS, [case])

    return_twice_and_confer(lead, desk, county, case, live_city)
    lead.goto(f"/cases/{case}/sign/")
    submit(lead, "签收")
    lead.wait_for_url(lambda url: "/sign/" not in url)
    ask_extension(lead, case, pages)
    grant_extension(county, case)  # where the conference was ruled, the county decides from then on

    add_two_units(pages, county, case, (first_unit, second_unit))
    hand_back_and_release(as_(pages, second), county, case, second_unit, lead=lead, pages=pages)
    assist(as_(pages, first, "phone"), case)
    feed_back(lead, case, "旧家具已清走")
    assert status_of(live_city, case) == "awaiting_verification"

    judge(worker, case, "fail-check", "返工", 理由="还剩半张床垫")
    assert status_of(live_city, case) == "rework"
    feed_back(lead, case, "床垫也清走了")
    judge(worker, case, "pass-check", "核查通过")
    assert status_of(live_city, case) == "awaiting_rating"
    worker.goto(f"/cases/{case}/rate/")
    worker.get_by_label("基本满意").check()
    submit(worker, "评价")
    worker.wait_for_url(lambda url: "/rate/" not in url)
    assert status_of(live_city, case) == "closed"
    worker.goto(f"/cases/{case}/")
    for word in ("裁定主办", "同意延期", "协办退回", "返工", "核查通过", "评价"):
        expect(worker.get_by_text(word).first).to_be_visible()
    assert_accessible(worker)
