"""A worker's way through the phone: three taps, a draft that survives, no network, a returned report."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from demo.personas import PERSONAS
from tests.browser import Watched, assert_accessible
from tests.live import LiveCity

pytestmark = pytest.mark.journey

CASE = re.compile(r"/cases/(\d+)/")


def enter(page: Page, username: str) -> Page:
    """Sign in with one click, as the demo offers it."""
    assert username in {person.username for person in PERSONAS}
    page.goto("/sign-in/")
    page.locator(f"form[action='/sign-in/demo/{username}/'] button").click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    return page


def choose(page: Page, matter: str) -> None:
    page.locator("#find-matter").fill(matter)
    page.locator("#matters label:visible", has_text=matter).first.click()


def number_of(page: Page) -> int:
    page.wait_for_url(CASE)
    found = CASE.search(page.url)
    assert found
    return int(found[1])


def reports_of(city: LiveCity, username: str) -> int:
    rows = city.sql(
        "SELECT count(*) FROM workflow_case JOIN accounts_user u ON u.id = reporter_id WHERE u.username = %s",
        [username],
    )
    return int(rows[0][0])


def test_a_worker_reports_in_three_taps(phone_page: Page, live_city: LiveCity) -> None:
    page = enter(phone_page, "worker")
    before = reports_of(live_city, "worker")
    page.get_by_role("link", name="上报事项").tap()
    page.locator("#matters label").first.tap()
    page.get_by_role("button", name="上报", exact=True).tap()
    number_of(page)
    expect(page.get_by_text("已上报，编号")).to_be_visible()
    assert reports_of(live_city, "worker") == before + 1
    assert_accessible(page)


def test_the_buttons_of_the_phone_lie_under_the_thumb(phone_page: Page) -> None:
    page = enter(phone_page, "worker")
    for name, address in (("上报事项", "/"), ("上报", "/report/")):
        page.goto(address)
        button = page.locator(".actions-thumb .button-primary", has_text=name)
        box = button.bounding_box()
        assert box
        assert box["y"] > 844 * 0.4
        assert box["height"] >= 48
        assert box["y"] + box["height"] <= 844


def test_a_matter_is_found_by_initials_full_reading_and_characters(phone_page: Page) -> None:
    page = enter(phone_page, "worker")
    page.goto("/report/")
    for words in ("jgqs", "jinggai", "jing gai", "井盖"):
        page.locator("#find-matter").fill(words)
        expect(page.locator("#matters label:visible", has_text="井盖缺损")).to_have_count(1)
    page.locator("#find-matter").fill("qqqq")
    expect(page.get_by_text("没有这样的事项")).to_be_visible()


# What is typed is jotted down at once, and no longer when it has been saved.
ALL_SAVED = "() => !Object.keys(localStorage).some((key) => key.startsWith('puyang-grid:words:'))"


def test_a_draft_survives_a_closed_page(phone_page: Page) -> None:
    page = enter(phone_page, "worker")
    page.goto("/report/")
    choose(page, "邻里纠纷")
    page.get_by_role("textbox", name="情况 选填").fill("三号楼两家争执")
    expect(page.locator("[data-draft-state]")).to_contain_text("已存在本机")
    page.wait_for_function(ALL_SAVED)
    context = page.context
    page.close()
    again = context.new_page()
    again.goto("/report/")
    expect(again.get_by_role("textbox", name="情况 选填")).to_have_value("三号楼两家争执")
    expect(again.locator("#matters input:checked")).to_have_count(1)
    again.goto("/")
    expect(again.locator("[data-outbox]")).to_contain_text("邻里纠纷")


def test_a_draft_waits_for_a_page_that_is_slow_to_close(phone_page: Page) -> None:
    page = enter(phone_page, "worker")
    page.goto("/report/")
    choose(page, "邻里纠纷")
    page.get_by_role("textbox", name="情况 选填").fill("四号楼两家争执")
    page.wait_for_function(ALL_SAVED)
    lock = page.evaluate("`draft-${document.querySelector('form[data-draft]').draft.id}`")
    slow = page.context.new_page()
    slow.goto("/help/")
    slow.evaluate(
        "lock => { navigator.locks.request(lock, () => new Promise((free) => setTimeout(free, 1200))); }",
        lock,
    )
    page.close()
    again = slow.context.new_page()
    again.goto("/report/")
    expect(again.get_by_role("textbox", name="情况 选填")).to_have_value("四号楼两家争执")


def test_the_form_says_what_the_matter_demands_without_network(
    pages: Watched, phone_page: Page, tmp_path: Path
) -> None:
    Image.new("RGB", (640, 480), (90, 120, 90)).save(tmp_path / "before.jpg")
    page = enter(phone_page, "worker")
    page.goto("/report/")
    photo = page.locator("[data-demand=photo]").first
    expect(photo).to_contain_text("选填")
    pages.excuse(page, "ERR_INTERNET_DISCONNECTED")  # if the page asks for anything just then
    page.context.set_offline(True)
    choose(page, "违法建设线索")
    expect(photo).to_have_text("须附现场照片")
    expect(page.locator("[data-demand=place]")).to_have_text("须写明，或读取位置")
    expect(page.get_by_role("button", name="我来处理")).to_be_hidden()
    expect(page.get_by_role("link", name="已当场解决")).to_be_hidden()
    expect(page.get_by_text("按清单不得当场办结")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="上报", exact=True).tap()
    expect(page.get_by_text("须附现场照片，请拍一张再上报")).to_be_visible()
    page.locator("input[name=photos][multiple]").set_input_files(tmp_path / "before.jpg")
    expect(page.locator(".photo canvas")).to_have_count(1)
    page.get_by_role("button", name="上报", exact=True).tap()
    expect(page.get_by_text("须写明地点：写在哪里")).to_be_visible()
    page.locator("#find-matter").fill("")
    choose(page, "停暖、停电")
    expect(photo).to_contain_text("选填")
    expect(page.get_by_role("button", name="我来处理")).to_be_visible()
    page.get_by_role("button", name="上报", exact=True).tap()
    expect(page.get_by_text("请填写“停的是哪一种”")).to_be_visible()
    page.context.set_offline(False)


def test_without_network_the_report_waits_and_goes_once(
    pages: Watched, phone_page: Page, live_city: LiveCity
) -> None:
    page = enter(phone_page, "worker")
    page.goto("/report/")
    before = reports_of(live_city, "worker")
    with pages.expecting(page, "ERR_INTERNET_DISCONNECTED"):
        page.context.set_offline(True)
        choose(page, "路灯故障")
        page.get_by_role("button", name="上报", exact=True).tap()
        expect(page.locator("[data-draft-state]")).to_contain_text("没有网络，连上后自动上传")
        page.context.set_offline(False)
        expect(page.locator("[data-draft-main]")).to_have_text(re.compile(r"已上报 \d{8}-\d{6}"))
    page.get_by_role("link", name="看这件事").tap()
    number_of(page)
    assert reports_of(live_city, "worker") == before + 1


def test_an_answer_that_is_lost_does_not_report_twice(
    pages: Watched, phone_page: Page, live_city: LiveCity
) -> None:
    page = enter(phone_page, "worker")
    page.goto("/report/")
    before = reports_of(live_city, "worker")
    dropped: list[str] = []

    def lose_the_first(route: object) -> None:
        if dropped:
            route.continue_()  # type: ignore[attr-defined]
            return
        dropped.append("lost")
        route.fetch()  # type: ignore[attr-defined]  the server has acted, the phone never hears of it
        route.abort()  # type: ignore[attr-defined]

    page.route("**/api/v1/cases/", lose_the_first)
    with pages.expecting(page, "ERR_FAILED"):
        choose(page, "路灯故障")
        page.get_by_role("button", name="上报", exact=True).tap()
        expect(page.locator("[data-draft-state]")).to_contain_text("待上传")
        page.get_by_role("button", name="待上传 ✓").tap()
        number_of(page)
    assert reports_of(live_city, "worker") == before + 1


def test_solved_on_the_spot_is_one_sending_with_photos(phone_page: Page, tmp_path: Path) -> None:
    for name in ("before", "after"):
        Image.new("RGB", (2400, 1800), (90, 120, 90)).save(tmp_path / f"{name}.jpg")
    page = enter(phone_page, "worker")
    page.goto("/report/")
    choose(page, "邻里纠纷")
    page.locator("input[name=photos][multiple]").set_input_files(tmp_path / "before.jpg")
    page.get_by_role("link", name="已当场解决").tap()
    page.get_by_role("button", name="上报并办结").tap()
    expect(page.get_by_text("请写一句怎么解决的").first).to_be_visible()
    page.get_by_label("怎么解决的").fill("当场劝开")
    page.locator("input[name=result_photos][multiple]").set_input_files(tmp_path / "after.jpg")
    expect(page.locator(".photo canvas")).to_have_count(2)
    page.get_by_role("button", name="上报并办结").tap()
    number_of(page)
    expect(page.locator(".case-line .status")).to_have_text("待核查")
    expect(page.locator(".photo img")).to_have_count(2)


def test_what_is_clear_in_a_picture_is_white_on_the_phone(phone_page: Page, tmp_path: Path) -> None:
    Image.new("RGBA", (640, 480), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    page = enter(phone_page, "worker")
    page.goto("/report/")
    choose(page, "邻里纠纷")
    page.locator("input[name=photos][multiple]").set_input_files(tmp_path / "clear.png")
    canvas = page.locator(".photo canvas")
    expect(canvas).to_have_count(1)
    colour = canvas.evaluate("each => [...each.getContext('2d').getImageData(60, 60, 1, 1).data]")
    assert colour == [255, 255, 255, 255]


def test_a_returned_report_opens_filled_in_and_goes_back(
    open_page: Callable[..., Page], live_city: LiveCity
) -> None:
    worker = enter(open_page("phone"), "worker")
    worker.goto("/report/")
    choose(worker, "邻里纠纷")
    worker.get_by_role("textbox", name="情况 选填").fill("楼道有杂物")
    worker.get_by_role("button", name="上报", exact=True).tap()
    number = number_of(worker)

    leader = enter(open_page("phone"), "leader")
    leader.goto(f"/cases/{number}/")
    leader.get_by_role("link", name="退回补正").tap()
    leader.get_by_label("理由").fill("请写明楼号")
    leader.get_by_role("button", name="退回补正").tap()
    expect(leader.get_by_text("已退回补正")).to_be_visible()

    worker.goto("/")
    worker.get_by_role("heading", name="待补正").wait_for()
    worker.goto(f"/cases/{number}/")
    expect(worker.get_by_role("note").get_by_text("请写明楼号")).to_be_visible()
    worker.get_by_role("link", name="重报").tap()
    expect(worker.get_by_text("请写明楼号")).to_be_visible()
    expect(worker.get_by_label("情况", exact=True)).to_have_value("楼道有杂物")
    expect(worker.locator("#matters input:checked")).to_have_count(1)
    expect(worker.get_by_label("拍照")).to_be_attached()
    assert_accessible(worker)
    worker.get_by_label("情况", exact=True).fill("三号楼楼道有杂物")
    worker.get_by_role("button", name="重报").tap()
    expect(worker.get_by_text("已重报")).to_be_visible()
    assert live_city.sql("SELECT status FROM workflow_case WHERE id = %s", [number]) == [("awaiting_leader",)]


@pytest.mark.parametrize(("size", "large"), [("phone", False), ("phone", True), ("desk", False)])
def test_the_pages_of_the_field_are_accessible_and_do_not_overflow(
    open_page: Callable[..., Page], size: str, large: bool
) -> None:
    page = enter(open_page(size), "worker")
    for address in (
        "/",
        "/report/",
        "/mine/",
        "/village/",
        "/messages/",
        "/feedback/",
        "/account/",
        "/help/",
    ):
        page.goto(address)
        if large:
            page.evaluate("document.documentElement.dataset.size = 'large'")
        assert_accessible(page)
        assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), address
        assert page.locator("h1").count() == 1, address
