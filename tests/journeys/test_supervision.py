"""An order is issued from the page of a case, answered on a phone, sent back, accepted; an unanswered one climbs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from common import clock
from supervision.actions import follow_cases
from tests.browser import Watched, assert_accessible
from tests.databases import connected_to
from tests.journeys.test_time_and_conference import CaseOf, as_, case_of, submit
from tests.live import LiveCity

pytestmark = pytest.mark.journey
__all__ = ["case_of"]


def order_about(city: LiveCity, case: int) -> tuple[int, str]:
    (found,) = city.sql("SELECT id, status FROM supervision_supervisionorder WHERE case_id = %s", [case])
    return int(found[0]), str(found[1])


def issue(desk: Page, pages: Watched, case: int) -> None:
    """From the page of the case; nothing asked is refused."""
    desk.goto(f"/cases/{case}/")
    desk.get_by_role("link", name="下达督办").click()
    assert_accessible(desk)
    with pages.expecting(desk, "422"):
        submit(desk, "下达督办")
        expect(desk.get_by_text("请写明要对方答复什么").first).to_be_visible()
    desk.get_by_label("要求答复的问题").fill("为什么没有按时到场？\n什么时候办结？")
    submit(desk, "下达督办")
    desk.wait_for_url(re.compile(r"/orders/\d+/"))


def answer(unit: Page, order: int, words: str) -> None:
    unit.goto(f"/orders/{order}/answer/")
    unit.get_by_label("答复", exact=True).fill(words)
    assert_accessible(unit)
    submit(unit, "答复督办")
    unit.wait_for_url(re.compile(rf"/orders/{order}/"))


def test_an_order_is_answered_sent_back_and_accepted(
    pages: Watched, live_city: LiveCity, case_of: CaseOf
) -> None:
    case = case_of("in_hand")
    desk, unit = as_(pages, "dispatcher"), as_(pages, "handler", "phone")
    issue(desk, pages, case)
    order, _ = order_about(live_city, case)

    unit.goto("/orders/")
    assert_accessible(unit)
    unit.get_by_role("link", name=re.compile("督〔")).first.click()
    assert_accessible(unit)
    unit.goto(f"/orders/{order}/receive/")
    submit(unit, "签收督办")
    answer(unit, order, "人手不够，明天到场")

    desk.goto(f"/orders/{order}/send_back/")
    desk.get_by_label("理由").fill("没有说什么时候办结")
    submit(desk, "退回重答")
    answer(unit, order, "明天到场，后天办结")

    desk.goto(f"/orders/{order}/accept/")
    expect(desk.get_by_text("明天到场，后天办结").first).to_be_visible()
    desk.get_by_label("通报").check()
    submit(desk, "通过答复")
    assert order_about(live_city, case)[1] == "accepted"
    desk.goto(f"/orders/{order}/print/")
    assert_accessible(desk)
    expect(desk.get_by_role("heading", name="督办单")).to_be_visible()


def test_an_unanswered_order_climbs_to_the_county_which_lifts_it(
    pages: Watched, live_city: LiveCity, case_of: CaseOf, django_db_blocker: DjangoDbBlocker
) -> None:
    case = case_of("in_hand")
    desk = as_(pages, "dispatcher")
    issue(desk, pages, case)
    order, _ = order_about(live_city, case)
    live_city.sql(
        "UPDATE supervision_supervisionorder SET climb_at = now() - interval '1 second' WHERE id = %s RETURNING 1",
        [order],
    )
    with django_db_blocker.unblock(), connected_to(live_city.database):
        follow_cases(at=clock.now())
    county = as_(pages, "county")
    county.goto(f"/orders/{order}/")
    expect(county.get_by_text("逾期升级 1 次")).to_be_visible()
    county.goto(f"/orders/{order}/lift/")
    county.get_by_label("理由").fill("已电话说明")
    submit(county, "确认撤销督办")
    assert order_about(live_city, case)[1] == "lifted"
