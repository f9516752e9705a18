"""A roster is entered for a week; an urgent case is reported with 119 called, told, told again, taken (Art. 17, 18)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.plugin import DjangoDbBlocker

from common import clock
from puyang_grid.pid_files import wait_until
from tests.browser import Watched, assert_accessible
from tests.databases import connected_to
from tests.journeys.test_field_worker import choose, enter, number_of
from tests.journeys.test_time_and_conference import as_
from tests.live import LiveCity
from workflow.actions.clock import ring
from worktime.clocks import day_of

pytestmark = pytest.mark.journey


def enter_a_week(keeper: Page, monday: str) -> None:
    """Two shifts a day, all of one person; on Monday that person would stand in too, which is refused."""
    keeper.goto("/desk/")
    keeper.get_by_role("link", name=re.compile("值班 ")).click()
    keeper.wait_for_url(re.compile(r"/duty/\d+/"))
    assert_accessible(keeper)
    keeper.goto(f"{keeper.url.split('?')[0]}enter/?week={monday}")
    assert_accessible(keeper)
    for day in range(7):
        for place in range(2):
            keeper.locator(f"#id_person_{day}_{place}").select_option(index=1)
            keeper.locator(f"#id_stand_in_{day}_{place}").select_option(index=0)
    keeper.locator("#id_stand_in_0_0").select_option(index=1)


def call(city: LiveCity, blocker: DjangoDbBlocker, case: int, *, minutes: int) -> None:
    """The clock of this case alone, so many minutes from now."""
    ((stage,),) = city.sql("SELECT id FROM workflow_stage WHERE case_id = %s AND ended_at IS NULL", [case])
    with blocker.unblock(), connected_to(city.database):
        ring(stage, at=clock.now() + timedelta(minutes=minutes))


def keep_a_week_and_copy_it(keeper: Page, pages: Watched, monday: str) -> None:
    """What is refused keeps what was typed; the week after is filled from this one."""
    enter_a_week(keeper, monday)
    with pages.expecting(keeper, "422"):
        keeper.get_by_role("button", name="保存这一周").click()
        expect(keeper.get_by_text("同一个人").first).to_be_visible()
    keeper.locator("#id_stand_in_0_0").select_option(index=2)
    keeper.get_by_role("button", name="保存这一周").click()
    keeper.wait_for_url(re.compile(rf"/duty/\d+/\?week={monday}"))
    expect(keeper.get_by_text("新排 14 班")).to_be_visible()
    assert_accessible(keeper)
    keeper.get_by_role("link", name="下一周").click()
    keeper.get_by_role("link", name="排班").click()
    keeper.get_by_role("link", name="照上一周填").click()
    keeper.get_by_role("button", name="保存这一周").click()
    expect(keeper.get_by_text("新排 14 班")).to_be_visible()


def report_with_119_called(worker: Page) -> int:
    """The question comes with the matter, and one tap answers it."""
    worker.goto("/report/")
    expect(worker.get_by_text("已经打了哪些电话")).to_be_hidden()
    choose(worker, "井盖缺损")
    worker.locator("label", has_text="119 消防").tap()
    assert_accessible(worker)
    worker.get_by_role("button", name="上报", exact=True).tap()
    case = number_of(worker)
    expect(worker.get_by_text("119 消防").first).to_be_visible()
    return case


def test_a_week_of_duty_and_an_urgent_case_that_is_called_about_and_taken(
    pages: Watched, live_city: LiveCity, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), connected_to(live_city.database):
        today = day_of(clock.now())
    monday = today - timedelta(days=today.weekday()) + timedelta(days=42)  # after the demonstration's own
    keep_a_week_and_copy_it(as_(pages, "desk_head"), pages, monday.isoformat())

    case = report_with_119_called(enter(pages.open("phone"), "worker"))
    call(live_city, django_db_blocker, case, minutes=0)
    call(live_city, django_db_blocker, case, minutes=5)
    on_duty = live_city.sql(
        "SELECT u.username FROM notifications_outbox o JOIN accounts_user u ON o.audience = 'user:' || u.id"
        " WHERE o.topic = 'call' AND o.subject = %s ORDER BY o.id",
        [f"case:{case}"],
    )
    assert len(on_duty) == 2 and on_duty[0] == on_duty[1]

    taker = as_(pages, str(on_duty[0][0]))
    taker.goto(f"/cases/{case}/")
    expect(taker.get_by_text("系统紧急叫人")).to_have_count(2)
    expect(taker.get_by_text("119 消防").first).to_be_visible()
    expect(taker.locator("dt", has_text="值班")).to_be_visible()
    assert_accessible(taker)
    arrived = "SELECT EXISTS (SELECT FROM notifications_message WHERE topic = 'call' AND subject = %s)"
    wait_until(
        lambda: live_city.sql(arrived, [f"case:{case}"])[0][0], patience=60, what="the notice in the inbox"
    )
    taker.goto("/messages/")
    expect(taker.get_by_text("紧急，请马上接").first).to_be_visible()
    taker.goto(f"/cases/{case}/take-charge/")
    taker.get_by_role("button", name="我来接").click()
    taker.wait_for_url(re.compile(rf"/cases/{case}/"))
    call(live_city, django_db_blocker, case, minutes=9)
    ((calls,),) = live_city.sql(
        "SELECT count(*) FROM workflow_caseevent WHERE case_id = %s AND verb = 'call'", [case]
    )
    assert calls == 2
    expect(taker.locator("dt", has_text="接手")).to_be_visible()


def test_a_person_keeps_notice_settings_on_a_phone_and_the_administrator_reads_what_sends(
    pages: Watched,
) -> None:
    worker = enter(pages.open("phone"), "worker")
    worker.goto("/messages/")
    worker.get_by_role("link", name="消息设置").tap()
    worker.wait_for_url("**/account/notices/")
    assert_accessible(worker)
    worker.get_by_label("安静时段从").fill("21:30")
    worker.get_by_role("button", name="保存").tap()
    expect(worker.get_by_text("已保存消息设置")).to_be_visible()
    expect(worker.get_by_label("安静时段从")).to_have_value("21:30")
    keeper = enter(pages.open("desk"), "system")
    keeper.goto("/calendar/")
    keeper.get_by_role("link", name="消息通道").click()
    expect(keeper.get_by_text("没有配置，不发邮件")).to_be_visible()
    assert_accessible(keeper)
    keeper.get_by_role("link", name="登记通道").click()
    keeper.wait_for_url("**/channels/add/")
    assert_accessible(keeper)
    keeper.get_by_label("名称").fill("内网短信")
    keeper.get_by_label("地址").fill("https://10.0.0.8/send")
    with pages.expecting(keeper, "422"):
        keeper.get_by_role("button", name="登记").click()
        expect(keeper.get_by_text("在本机、内网或保留地址").first).to_be_visible()
