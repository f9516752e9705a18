"""A matter on its way: applied for, barred or reviewed, published, on the phone, public, filed (Art. 14–16)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_field_worker import enter
from tests.live import LiveCity

pytestmark = pytest.mark.journey

LAW = "《濮阳市基层网格化服务管理条例》第十五条第（六）项"


def apply_for(page: Page, name: str, description: str) -> None:
    """The department fills in the form, saves, and hands it in."""
    page.goto("/lists/proposals/new/?kind=admit")
    page.locator("[name=reason]").fill("群众反映集中。")
    page.locator("[name=name]").fill(name)
    page.locator("[name=description]").fill(description)
    for field, value in (("category", "6"), ("kind", "report"), ("lead_functions", "城市管理")):
        page.locator(f"select[name={field}]").select_option(value)
    for field, value in (
        ("times_per_month", "2"),
        ("minutes_each", "10"),
        ("basis", LAW),
        ("handling_post", "巡查岗"),
        ("support", "每季培训，热线答疑。"),
        ("funding", "部门预算"),
        ("training", "一个月内培训"),
        ("held_elsewhere", "无"),
    ):
        page.locator(f"[name={field}]").fill(value)
    assert_accessible(page)
    page.get_by_role("button", name="保存草稿").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    run_verb(page, "提交申请")


def run_verb(page: Page, verb: str, **fields: str) -> None:
    """Open a verb of the proposal on the page, fill in its form and send it."""
    page.get_by_role("link", name=verb, exact=True).first.click()
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)
    submit(page)


def opened(page: Page, name: str) -> Page:
    """The newest proposal of this name, from the list."""
    page.goto("/lists/proposals/")
    page.get_by_role("link", name=re.compile(name)).first.click()
    return page


@pytest.mark.article(14)
@pytest.mark.article(16)
def test_a_matter_is_applied_for_reviewed_published_reported_and_filed(
    pages: Watched, live_city: LiveCity
) -> None:
    department = enter(pages.open("desk"), "handler")
    apply_for(department, "代收广告罚款", "对违规广告开单并代收罚款。")
    apply_for(department, "树枝压电线", "发现树枝压在电线上，拉开距离后上报。")
    county = enter(pages.open("desk"), "county_admin")
    for name in ("代收广告罚款", "树枝压电线"):
        run_verb(opened(county, name), "形式审查通过")
    lawyer = enter(pages.open("desk"), "lawyer")
    bar(lawyer, "代收广告罚款")
    clear(lawyer, "树枝压电线")
    run_verb(opened(department, "树枝压电线"), "回避", reason="本单位的申请。")
    for username in ("dispatcher", "desk_head"):
        vote(enter(pages.open("desk"), username), "树枝压电线")
    run_verb(opened(county, "树枝压电线"), "同意纳入", decision="同意纳入。")
    resident = pages.open("phone", java_script_enabled=False)
    speak(resident, "树枝压电线")
    # The days of the notice go by; the platform's own clock ends it.
    live_city.sql("UPDATE matters_proposal SET notice_ends_on = current_date - 1 WHERE title = '树枝压电线'")
    county.goto("/lists/proposals/?pile=adopted")
    expect(row_of(county, "树枝压电线")).to_be_visible(timeout=45_000)
    publish(county)
    worker = enter(pages.open("phone"), "worker")
    worker.goto("/report/")
    worker.locator("#find-matter").fill("szydx")
    expect(worker.locator("#matters label:visible", has_text="树枝压电线")).to_be_visible()
    resident.goto("/public/lists/410902/?q=树枝压")
    expect(resident.get_by_role("heading", name=re.compile("树枝压电线"))).to_be_visible()
    file_and_return(county, enter(pages.open("desk"), "city"))


def bar(lawyer: Page, name: str) -> None:
    """The legal reviewer sees the suspected word and keeps the matter out."""
    opened(lawyer, name)
    expect(lawyer.get_by_text("罚款").first).to_be_visible()
    assert_accessible(lawyer)
    lawyer.get_by_role("link", name="认定禁止纳入").click()
    lawyer.get_by_role("radio", name=re.compile("行政处罚")).check()
    lawyer.locator("main [name=opinion]").fill("罚款属于行政处罚。")
    submit(lawyer)
    expect(lawyer.get_by_text("禁止纳入").first).to_be_visible()


def clear(lawyer: Page, name: str) -> None:
    """The legal reviewer lets it pass and names three reviewers, one of them the applicant's own."""
    opened(lawyer, name).get_by_role("link", name="合法性审查通过").click()
    lawyer.get_by_role("radio", name="不属于禁止事项").check()
    lawyer.locator("main [name=opinion]").fill("属隐患上报。")
    for person in ("孙示甲", "赵示甲", "钱示甲"):
        lawyer.get_by_role("checkbox", name=re.compile(person)).first.check()
    assert_accessible(lawyer)
    submit(lawyer)


def vote(reviewer: Page, name: str) -> None:
    opened(reviewer, name).get_by_role("link", name="会审表决").click()
    reviewer.get_by_role("radio", name="赞成").check()
    reviewer.locator("main [name=reason]").fill("与巡查互补。")
    submit(reviewer)


def speak(resident: Page, name: str) -> None:
    """Somebody comments on what is under public notice, without an account or a script."""
    resident.goto("/public/lists/notices/")
    resident.get_by_role("link", name=re.compile(name)).tap()
    resident.locator("[name=text]").fill("早该管了。")
    submit(resident)
    expect(resident.get_by_text("已收到").first).to_be_visible()


def submit(page: Page) -> None:
    page.locator("main form[method=post] button[type=submit]").first.click()


def row_of(page: Page, name: str) -> Locator:
    """The row appears when the clock has ended the notice; the page is asked again until then."""
    row = page.get_by_role("link", name=re.compile(name)).first
    for _ in range(40):
        if row.is_visible():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return row


def publish(county: Page) -> None:
    """The county drafts the next edition from today and publishes it."""
    county.goto("/lists/new/")
    county.locator("[name=in_force_on]").fill(county.evaluate("new Date().toLocaleDateString('sv')"))
    county.locator("[name=document]").fill("华网格办〔演示〕3号")
    submit(county)
    expect(county.get_by_text("树枝压电线").first).to_be_visible()
    assert_accessible(county)
    county.get_by_role("link", name="公布", exact=True).first.click()
    submit(county)
    expect(county.get_by_role("heading", level=1)).to_contain_text("第3版")


def file_and_return(county: Page, city: Page) -> None:
    """Sent, returned for completion, sent again, received under a number."""
    county.get_by_role("link", name="打开备案").click()
    run_verb(county, "报送备案", note="请予备案。")
    city.goto(county.url)
    assert_accessible(city)
    run_verb(city, "退回补正", remarks="请附培训安排。")
    county.goto(city.url)
    run_verb(county, "报送备案", note="已附培训安排。")
    city.goto(county.url)
    run_verb(city, "收到备案", receipt="濮网格备〔演示〕99号")
    expect(city.get_by_text("濮网格备〔演示〕99号").first).to_be_visible()
