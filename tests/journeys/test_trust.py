"""Looks are explained and shown, a complaint gets a hearing, a board is renewed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import Watched, a_picture, assert_accessible
from tests.journeys.test_field_worker import enter
from tests.live import LiveCity

pytestmark = pytest.mark.journey

CODE = re.compile(r"[0-9a-f]{4}(?:-[0-9a-f]{4}){3}")


def test_a_look_is_explained_ends_by_itself_and_is_seen_by_the_person_and_the_superior(
    pages: Watched,
) -> None:
    why = "台风天排班要联系本人"
    head = enter(pages.open("desk"), "desk_head")
    head.goto("/staff/people/?q=陈示甲")
    head.get_by_role("link", name="陈示甲").first.click()
    expect(head.locator(".facts")).to_contain_text("198****")
    assert_accessible(head)
    head.get_by_role("link", name=re.compile("查看.*私人电话")).click()
    with pages.expecting(head, "422"):
        head.get_by_role("button", name="显示 5 分钟").click()
        expect(head.get_by_role("alert")).to_contain_text("写明为什么要看")
    head.get_by_label("为什么要看").fill(why)
    assert_accessible(head)
    head.get_by_role("button", name="显示 5 分钟").click()
    expect(head.get_by_role("status").filter(has_text="之后自动打星号")).to_be_visible()
    plain = head.locator("dd b").inner_text()
    assert re.fullmatch(r"1980000\d{4}", plain)
    worker = enter(pages.open("phone"), "worker")
    worker.goto("/access/looks-at-me/")
    expect(worker.get_by_text(why)).to_be_visible()
    expect(worker.get_by_text(plain)).to_have_count(0)
    assert_accessible(worker)
    admin = enter(pages.open("desk"), "county_admin")
    admin.goto("/access/looks/?tier=T2")
    expect(admin.get_by_role("row", name=re.compile(why))).to_contain_text("钱示甲")
    assert_accessible(admin)


def test_a_resident_complains_by_the_boards_code_and_reads_the_answer(pages: Watched) -> None:
    resident = pages.open("phone", java_script_enabled=False)
    resident.goto("/g/410902001001001/")
    resident.get_by_role("link", name="投诉网格人员").tap()
    with pages.expecting(resident, "422"):
        resident.get_by_role("button", name="提交投诉").tap()
        expect(resident.get_by_text("请写一下是什么情况")).to_have_count(2)
    resident.get_by_label("投诉谁").select_option(label="陈示甲")
    resident.get_by_label("态度蛮横、行为粗暴或者故意刁难").check()
    resident.get_by_label("什么情况").fill("登记时说话不耐烦，问第二遍就走了。")
    resident.get_by_label("您的电话").fill("19800007777")
    resident.get_by_role("button", name="提交投诉").tap()
    expect(resident.get_by_text("您的查询码")).to_be_visible()
    found = CODE.search(resident.locator("main").inner_text())
    with resident.expect_download() as saved:
        resident.get_by_role("link", name="存成文本").tap()
    assert found and found[0] in Path(saved.value.path()).read_text(encoding="utf-8")
    head = enter(pages.open("desk"), "desk_head")
    head.goto("/conduct/")
    head.get_by_role("row").nth(1).get_by_role("link").click()
    expect(head.get_by_text("198****7777")).to_be_visible()
    assert_accessible(head)
    head.get_by_role("link", name="受理", exact=True).click()
    head.get_by_role("button", name="受理").click()
    head.get_by_role("link", name="请本人说明").click()
    head.get_by_role("button", name="请本人说明").click()
    worker = enter(pages.open("phone"), "worker")
    worker.goto("/conduct/mine/")
    expect(worker.get_by_text("198****7777")).to_have_count(0)
    assert_accessible(worker)
    worker.get_by_role("link", name="说明", exact=True).first.tap()
    worker.get_by_label("您的说明").fill("当时接到急件要去处理，态度急了，愿意道歉。")
    worker.get_by_role("button", name="说明").tap()
    head.reload()
    head.get_by_role("link", name="作出结论").click()
    head.get_by_label("部分属实").check()
    head.get_by_label("处理").select_option(label="提醒谈话")
    head.get_by_label("答复").fill("已提醒谈话，网格员向您致歉。")
    head.get_by_role("button", name="作出结论").click()
    resident.goto("/complain/progress/")
    resident.get_by_label("查询码").fill(found[0])
    resident.get_by_role("button", name="查进度").tap()
    expect(resident.get_by_text("已提醒谈话，网格员向您致歉。")).to_be_visible()


def test_a_board_goes_stale_when_its_people_change_and_is_renewed_with_a_photo(
    pages: Watched, live_city: LiveCity
) -> None:
    head, code = enter(pages.open("desk"), "desk_head"), "410902001002001"

    def post_it() -> None:
        head.get_by_role("link", name="登记张贴").click()
        head.get_by_label("张贴地点").fill("社区党群服务中心门口")
        head.get_by_label("照片").set_input_files(files=[a_picture()])
        head.get_by_role("button", name="登记张贴").click()
        expect(head.locator(".case-line")).to_contain_text("已公示")

    head.goto(f"/boards/{code}/")
    assert_accessible(head)
    post_it()
    before = head.locator(".case-line").inner_text()
    live_city.sql(
        "UPDATE accounts_user SET phone = '19900009876' WHERE id = (SELECT user_id FROM personnel_gridposting p"
        " JOIN grids_grid g ON g.id = p.grid_id WHERE g.code = %s AND p.role = 'full_time' LIMIT 1) RETURNING id",
        [code],
    )
    head.goto(f"/boards/{code}/")
    expect(head.locator(".case-line")).to_contain_text("待更新")
    assert head.locator(".case-line").inner_text() != before
    resident = pages.open("phone", java_script_enabled=False)
    resident.goto(f"/g/{code}/")
    expect(resident.get_by_text("19900009876")).to_be_visible()
    head.get_by_role("link", name="打印", exact=True).click()
    expect(head.locator(".board-sheet")).to_have_count(1)
    expect(head.locator(".board-sheet")).to_contain_text("19900009876")
    assert_accessible(head)
    head.goto(f"/boards/{code}/")
    post_it()
