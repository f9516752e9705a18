"""A unit asks for time, the desk and the county decide; two returns end in a conference."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import User
from common import clock
from personnel.models import GridPosting, OfficePosting
from tests.browser import Watched, assert_accessible
from tests.databases import connected_to
from tests.journeys.test_desk_by_keyboard import sign_in
from tests.live import LiveCity
from workflow import actions

pytestmark = pytest.mark.journey
CaseOf = Callable[..., int]


def report_for_the_handler(status: str, *, for_resident: bool = False) -> int:
    """Report a case just now and bring it to this status of the handler's unit."""
    at = clock.now()
    worker, leader, desk, handler = (
        User.objects.get(username=name) for name in ("worker", "leader", "dispatcher", "handler")
    )
    grid = GridPosting.objects.filter(user=worker, grid__isnull=False)[0].grid
    unit = OfficePosting.objects.get(user=handler, role="handler").organization
    draft = actions.ReportDraft(
        grid_id=grid.pk if grid else None,
        title="没有列入清单的一件事",
        description="路边堆着旧家具",
        for_resident=for_resident,
    )
    case = actions.report_case(draft, by=worker, at=at)
    case = actions.take_up_case(case, by=leader, at=at)
    case = actions.send_up_case(case, note="社区办不了", by=leader, at=at)
    case = actions.accept_and_assign(case, unit=unit, reason="由其管护", by=desk, at=at)
    if status == "in_hand":
        case = actions.sign_case(case, by=handler, at=at)
    assert case.status == status
    return case.pk


@pytest.fixture
def case_of(live_city: LiveCity, django_db_blocker: DjangoDbBlocker) -> CaseOf:
    """Makes a case of the handler's unit in a status."""

    def make(status: str, *, for_resident: bool = False) -> int:
        with django_db_blocker.unblock(), connected_to(live_city.database):
            return report_for_the_handler(status, for_resident=for_resident)

    return make


def status_of(city: LiveCity, case: int) -> str:
    return str(city.sql("SELECT status FROM workflow_case WHERE id = %s", [case])[0][0])


def as_(pages: Watched, username: str, size: str = "desk") -> Page:
    page = pages.open(size)  # type: ignore[arg-type]
    sign_in(page, username)
    return page


def submit(page: Page, word: str) -> None:
    page.get_by_role("button", name=word, exact=True).click()


def ask_extension(unit: Page, case: int, pages: Watched) -> None:
    """The unit asks for more than there was, which is refused, and for one unit of time."""
    unit.goto(f"/cases/{case}/ask-extension/")
    assert_accessible(unit)
    amount = unit.get_by_label("延长多少")
    amount.fill("999")
    unit.get_by_label("为什么按期办不完").fill("备件未到，等厂家发货")
    with pages.expecting(unit, "422"):
        submit(unit, "申请延期")
        expect(unit.get_by_text("延期不能比原时限").first).to_be_visible()
    expect(unit.get_by_label("为什么按期办不完")).to_have_value("备件未到，等厂家发货")
    amount.fill("1")
    submit(unit, "申请延期")
    unit.wait_for_url(re.compile(r"/(tray|cases)/"))


def grant_extension(desk: Page, case: int) -> None:
    desk.goto(f"/cases/{case}/grant-extension/")
    expect(desk.get_by_text("备件未到，等厂家发货").first).to_be_visible()
    assert_accessible(desk)
    submit(desk, "同意延期")
    desk.goto(f"/cases/{case}/")
    expect(desk.get_by_text(re.compile("已同意 · 原定.+，改为"))).to_be_visible()


def test_an_extension_is_asked_on_a_phone_and_granted_at_the_desk(
    pages: Watched, live_city: LiveCity, case_of: CaseOf
) -> None:
    case = case_of("in_hand")
    unit = as_(pages, "handler", "phone")
    ask_extension(unit, case, pages)
    assert status_of(live_city, case) == "extension_review"

    desk = as_(pages, "dispatcher")
    desk.goto("/desk/?queue=time")
    expect(desk.locator(f'[data-row="{case}"]')).to_be_visible()
    assert_accessible(desk)
    grant_extension(desk, case)
    assert_accessible(desk)
    assert status_of(live_city, case) == "in_hand"


def test_a_case_is_shelved_by_the_county_and_goes_on(
    pages: Watched, live_city: LiveCity, case_of: CaseOf
) -> None:
    case = case_of("in_hand")
    day = live_city.sql("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date + 30")[0][0]
    unit = as_(pages, "handler")
    unit.goto(f"/cases/{case}/ask-shelving/")
    assert_accessible(unit)
    unit.get_by_label("季节或天气原因").check()
    unit.get_by_label("复核日期").fill(f"{day:%Y-%m-%d}")
    unit.get_by_label("为什么现在办不了").fill("冬季不能铺沥青，开春施工")
    submit(unit, "申请挂账")
    unit.wait_for_url(re.compile(r"/(tray|cases)/"))

    county = as_(pages, "county")
    county.goto("/desk/?queue=time")
    expect(county.locator(f'[data-row="{case}"]')).to_be_visible()
    county.goto(f"/cases/{case}/grant-shelving/")
    submit(county, "同意挂账")
    assert status_of(live_city, case) == "shelved"

    unit.goto("/tray/?queue=unit_shelved")
    expect(unit.locator(f'[data-row="{case}"]')).to_be_visible()
    assert_accessible(unit)
    unit.goto(f"/cases/{case}/resume/")
    submit(unit, "恢复办理")
    unit.wait_for_url(re.compile(r"/(tray|cases)/"))
    assert status_of(live_city, case) == "in_hand"


def return_twice_and_confer(unit: Page, desk: Page, county: Page, case: int, city: LiveCity) -> None:
    """The unit hands the case back twice; the county invites to a conference and names the same unit."""
    (number,) = city.sql("SELECT unit_id FROM workflow_case WHERE id = %s", [case])[0]
    for reason in ("不属本单位养护", "仍不属本单位"):
        unit.goto(f"/cases/{case}/hand-back/")
        unit.get_by_label("理由").fill(reason)
        submit(unit, "申请退单")
        unit.wait_for_url(re.compile(r"/(tray|cases)/"))
        if status_of(city, case) == "return_review":
            desk.goto(f"/cases/{case}/reject-return/")
            desk.get_by_label("理由").fill("清单列明由其主办")
            submit(desk, "驳回退单")
            desk.wait_for_url(re.compile(r"/(desk|cases)/"))
    assert status_of(city, case) == "conference"

    county.goto(f"/cases/{case}/convene/")
    assert_accessible(county)
    county.get_by_role("checkbox").first.check()
    county.get_by_label("会商安排").fill("下午三点视频会商")
    submit(county, "召集会商")
    county.goto(f"/cases/{case}/name-lead/")
    expect(county.get_by_text("下午三点视频会商").first).to_be_visible()
    county.locator("#id_unit").select_option(str(number))
    county.get_by_label("会商纪要").fill("三家到会，依据清单由其主办")
    assert_accessible(county)
    submit(county, "裁定主办")
    assert status_of(city, case) == "awaiting_signature"


def test_two_returns_end_in_a_conference_that_names_the_lead(
    pages: Watched, live_city: LiveCity, case_of: CaseOf
) -> None:
    case = case_of("awaiting_signature")
    unit, desk, county = (as_(pages, name) for name in ("handler", "dispatcher", "county"))
    return_twice_and_confer(unit, desk, county, case, live_city)
