"""Whatever happens to network, page and phone before the number arrives, no text is lost or sent twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count, pairwise

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.browser import Watched, assert_accessible
from tests.journeys.test_field_worker import choose, enter, number_of
from tests.live import LiveCity

pytestmark = pytest.mark.journey

CUT = "ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_ABORTED|status of 50[23]|status of 422"
REPORTS = "**/api/v1/cases/"
NUMBERS = count(1)
MAIN = "[data-draft-main]"
STATE = "[data-draft-state]"


def new_words() -> str:
    """A text that no other report has."""
    return f"第 {next(NUMBERS)} 件事，楼道里堆了杂物"


def write(page: Page, text: str, matter: str = "邻里纠纷") -> None:
    choose(page, matter)
    page.locator("#id_description").fill(text)


def opened(page: Page, address: str = "/report/") -> Page:
    page.goto(address)
    if "/report/" in address:
        page.locator("form[data-draft-ready]").wait_for()
    return page


def reported(city: LiveCity, text: str) -> int:
    return int(city.sql("SELECT count(*) FROM workflow_case WHERE description = %s", [text])[0][0])


def wait_until(page: Page, is_so: Callable[[], object]) -> None:
    for _ in range(200):
        if is_so():
            return
        page.wait_for_timeout(100)


def wait_for_report(page: Page, city: LiveCity, text: str) -> None:
    wait_until(page, lambda: reported(city, text))
    assert reported(city, text) == 1


@pytest.fixture
def worker(pages: Watched, phone_page: Page) -> Page:
    """A worker at the report form; what a cut network says in the console is excused."""
    pages.excuse(phone_page, CUT)
    return opened(enter(phone_page, "worker"))


# --- 1: what is handed over is locked, and can be taken back --------------------------------------------------


def test_what_was_handed_over_is_locked_and_can_be_taken_back(worker: Page, live_city: LiveCity) -> None:
    page, first, second = worker, new_words(), new_words()
    page.context.set_offline(True)
    write(page, first)
    page.locator(MAIN).tap()
    expect(page.locator(STATE)).to_contain_text("已交给上传，改动请点“修改”")
    expect(page.locator(MAIN)).to_have_text("待上传 ✓")
    assert page.locator("#id_description").evaluate("each => each.closest('[inert]') !== null")
    assert_accessible(page)
    page.get_by_role("button", name="修改").tap()
    page.locator("#id_description").fill(second)
    page.context.set_offline(False)
    page.wait_for_timeout(300)
    assert (reported(live_city, first), reported(live_city, second)) == (0, 0)  # taken back is taken back
    page.get_by_role("button", name="上报", exact=True).tap()
    number_of(page)
    assert (reported(live_city, first), reported(live_city, second)) == (0, 1)


def lose_one_answer(page: Page) -> None:
    """Once, the platform acts but its answer does not reach the phone."""
    lost: list[str] = []

    def lose(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append("lost")
        route.fetch()
        route.abort()

    page.route(REPORTS, lose)


def test_what_is_changed_after_it_had_arrived_names_the_first_and_keeps_the_words(
    worker: Page, live_city: LiveCity
) -> None:
    page, first, second = worker, new_words(), new_words()
    lose_one_answer(page)
    write(page, first)
    page.locator(MAIN).tap()
    page.get_by_role("button", name="修改").tap()
    page.locator("#id_description").fill(second)
    page.get_by_role("button", name="上报", exact=True).tap()
    expect(page.locator(STATE)).to_contain_text("这件事已经上报过，编号")
    expect(page.locator("#id_description")).to_have_value(second)
    assert (reported(live_city, first), reported(live_city, second)) == (1, 0)
    [(number,)] = live_city.sql("SELECT id FROM workflow_case WHERE description = %s", [first])
    expect(page.locator("[data-draft-link]")).to_have_attribute("href", f"/cases/{number}/")
    page.get_by_role("button", name="另报一件").tap()
    page.get_by_role("button", name="上报", exact=True).tap()
    number_of(page)
    assert (reported(live_city, first), reported(live_city, second)) == (1, 1)


def test_back_after_sending_does_not_offer_the_same_words_again(worker: Page, live_city: LiveCity) -> None:
    page, text = worker, new_words()
    write(page, text)
    page.locator(MAIN).tap()
    number_of(page)
    page.go_back()
    page.locator("form[data-draft-ready]").wait_for()
    expect(page.locator("#id_description")).to_have_value("")
    assert reported(live_city, text) == 1


# --- 2: the outbox --------------------------------------------------------------------------------------------


def test_all_that_waits_goes_when_the_network_returns_and_nobody_is_led_away(
    worker: Page, live_city: LiveCity
) -> None:
    page, waiting = worker, [new_words() for _ in range(3)]
    page.context.set_offline(True)
    for text in waiting:
        write(page, text)
        page.locator(MAIN).tap()
        page.get_by_role("button", name="先报下一件").tap()
    page.locator("#id_description").press_sequentially("正在写第四", delay=20)
    expect(page.locator("[data-outbox]")).to_contain_text("本机 3 件未上传")
    page.context.set_offline(False)
    page.locator("#id_description").press_sequentially("件，还没有写完", delay=80)
    for text in waiting:
        wait_for_report(page, live_city, text)
    expect(page).to_have_url(re.compile("/report/"))
    expect(page.locator("#id_description")).to_have_value("正在写第四件，还没有写完")
    assert page.evaluate("document.activeElement.id") == "id_description"
    expect(page.locator("[data-outbox-list] [data-state=sent]")).to_have_count(3)
    expect(page.locator("[data-outbox]")).to_contain_text("都已上传")


@pytest.mark.parametrize("address", ["/", "/mine/", "/village/", "/messages/", "/account/"])
def test_what_waits_goes_from_any_page(worker: Page, live_city: LiveCity, address: str) -> None:
    page, text = worker, new_words()
    page.route(REPORTS, lambda route: route.abort())
    write(page, text)
    page.locator(MAIN).tap()
    expect(page.locator(STATE)).to_contain_text("待上传")
    page.unroute(REPORTS)
    page.goto(address)
    expect(page.locator("[data-outbox]")).to_contain_text("已上报 2")
    assert reported(live_city, text) == 1
    assert_accessible(page)


def test_a_report_that_is_sent_later_is_announced_on_the_page(worker: Page, live_city: LiveCity) -> None:
    page, text = worker, new_words()
    page.context.set_offline(True)
    write(page, text)
    page.locator(MAIN).tap()
    expect(page.locator(STATE)).to_contain_text("待上传")
    page.context.set_offline(False)
    expect(page.locator(MAIN)).to_have_text(re.compile(r"已上报 \d{8}-\d{6}"))
    expect(page).to_have_url(re.compile("/report/"))
    expect(page.get_by_role("link", name="看这件事")).to_be_visible()
    page.get_by_role("button", name="再报一件").tap()
    expect(page.get_by_role("button", name="上报", exact=True)).to_be_enabled()
    expect(page.locator("#id_description")).to_have_value("")
    assert reported(live_city, text) == 1


def test_sending_is_seen(worker: Page) -> None:
    page = worker
    page.route(REPORTS, lambda route: (page.wait_for_timeout(400), route.continue_()))
    write(page, new_words())
    page.locator(MAIN).tap()
    expect(page.locator(MAIN)).to_have_text("上传中…")
    expect(page.locator(MAIN)).to_be_disabled()
    number_of(page)


# --- 3: autosave ----------------------------------------------------------------------------------------------


def kill(page: Page) -> None:
    """Kill the page's process without notice, as a phone does that needs the memory.

    The next page is opened only after the browser has seen the process end: else it may be given the dead one, and
    would wait for its first word for ever.
    """
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=10_000)


@pytest.mark.parametrize("end", ["close", "kill", "leave"])
def test_the_last_words_survive_however_the_page_ends(worker: Page, end: str) -> None:
    page, context, text = worker, worker.context, new_words()
    choose(page, "邻里纠纷")
    page.locator("#id_description").press_sequentially(text, delay=30)
    if end == "close":
        page.close()
    elif end == "leave":
        page.goto("/mine/")
    else:
        kill(page)
    again = opened(context.new_page())
    expect(again.locator("#id_description")).to_have_value(text)
    expect(again.locator("#matters input:checked")).to_have_count(1)


def test_a_save_comes_within_a_second_also_while_one_types_on(worker: Page) -> None:
    page = worker
    page.evaluate(
        """() => {
          window.saves = [];
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (value) {
            window.saves.push(performance.now());
            return put.call(this, value);
          };
        }"""
    )
    page.locator("#id_description").press_sequentially("一二三四五六七八九十" * 4, delay=90)
    saves = page.evaluate("window.saves")
    assert len(saves) >= 3
    assert max(later - sooner for sooner, later in pairwise(saves)) < 1300


# --- two tabs ---------------------------------------------------------------------------------------------------


def test_two_tabs_do_not_write_over_each_other(worker: Page, live_city: LiveCity) -> None:
    page, one, other = worker, new_words(), new_words()
    write(page, one)
    second = opened(page.context.new_page())
    expect(second.locator("#id_description")).to_have_value("")
    write(second, other)
    page.locator("#id_place").fill("东门")
    for tab in (page, second):
        tab.locator(MAIN).tap()
        number_of(tab)
    assert (reported(live_city, one), reported(live_city, other)) == (1, 1)


def test_a_draft_that_another_tab_writes_is_announced(worker: Page) -> None:
    page = worker
    write(page, new_words())
    expect(page.locator(STATE)).to_contain_text("已存在本机")
    home = opened(page.context.new_page(), "/")
    home.locator("[data-outbox] a").first.click()
    expect(home.locator(STATE)).to_contain_text("正在另一个页面里写")
    expect(home.locator("#id_description")).to_have_value("")


# --- a page that is killed ------------------------------------------------------------------------------------------


def test_a_page_killed_while_it_sends_sends_once(worker: Page, live_city: LiveCity) -> None:
    page, context, text = worker, worker.context, new_words()
    arrived: list[str] = []

    def keep_waiting(route: Route) -> None:
        route.fetch()
        arrived.append("the platform has it, the page is never answered")

    page.route(REPORTS, keep_waiting)
    write(page, text)
    page.locator(MAIN).tap()
    expect(page.locator(MAIN)).to_have_text("上传中…")
    wait_until(page, lambda: arrived)
    page.close()
    again = opened(context.new_page(), "/")
    expect(again.locator("[data-outbox]")).to_contain_text("都已上传", timeout=20_000)
    assert reported(live_city, text) == 1
