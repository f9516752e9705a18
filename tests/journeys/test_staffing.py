"""Somebody leaves, somebody comes: what is open is handed over, the vacancy is filled, a roster is read (Art. 10)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from common.initials import person_readings
from demo.personas import DEMO_PASSWORD
from tests.browser import Watched, assert_accessible
from tests.journeys.test_field_worker import choose, enter, number_of
from tests.live import LiveCity
from tests.personnel.rosters import XLSX, line, workbook

pytestmark = pytest.mark.journey

VILLAGE = "410902001008"
HOLDER = (
    "SELECT u.username, u.name FROM personnel_gridposting p JOIN accounts_user u ON u.id = p.user_id"
    " LEFT JOIN grids_grid g ON g.id = p.grid_id JOIN grids_division d ON d.id = p.village_id"
    " WHERE d.code = %s AND p.role = %s AND p.ends_on IS NULL AND (g.code = %s OR g.code IS NULL)"
    " ORDER BY p.id LIMIT 1"
)
KEPT = (
    "SELECT count(*) FROM workflow_case c JOIN accounts_user u ON u.id = c.caretaker_id"
    " WHERE u.username = %s AND c.ended_at IS NULL"
)


def sign_in(page: Page, username: str) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("账号", exact=False).first.fill(username)
    page.get_by_label("密码", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    return page


def test_who_leaves_hands_over_and_the_vacancy_is_filled(pages: Watched, live_city: LiveCity) -> None:
    grid = f"{VILLAGE}001"
    (leaver, leaver_name), (leader, leader_name) = (
        live_city.sql(HOLDER, [VILLAGE, role, grid])[0] for role in ("full_time", "leader")
    )
    worker = sign_in(pages.open("phone"), leaver)
    worker.get_by_role("link", name="上报事项").tap()
    choose(worker, "暴露垃圾")
    worker.get_by_role("button", name="上报", exact=True).tap()
    case = number_of(worker)

    head = enter(pages.open("desk"), "desk_head")
    head.get_by_role("link", name="人员", exact=True).click()
    expect(head.get_by_role("heading", level=1)).to_have_text("中原路街道人员配备")
    assert_accessible(head)
    head.locator(".staff-table").get_by_role("link", name=leaver_name, exact=True).click()
    assert_accessible(head)
    head.get_by_role("link", name="离任", exact=True).click()
    kept = live_city.sql(KEPT, [leaver])[0][0]
    expect(head.get_by_text(f"{kept} 件在办事项")).to_be_visible()
    assert_accessible(head)
    with pages.expecting(head, "422"):
        head.get_by_role("button", name="办理离任").click()
        expect(head.get_by_role("alert")).to_contain_text("请选择由谁接手")
    chosen = head.locator("#id_successor option", has_text=leader_name).first.get_attribute("value")
    head.get_by_label("在办事项由谁接手", exact=True).select_option(value=chosen)
    head.get_by_role("button", name="办理离任").click()
    expect(head.get_by_text(f"已办理{leaver_name}离任，移交 {kept} 件")).to_be_visible()

    worker.goto("/mine/")
    expect(worker).to_have_url(re.compile("/sign-in/"))
    with pages.expecting(worker, "4[0-9][0-9]"):
        sign_in(worker, leaver)
        expect(worker).to_have_url(re.compile("/sign-in/"))

    successor = sign_in(pages.open("phone"), leader)
    successor.goto("/mine/")
    expect(successor.locator(f"a[href*='/cases/{case}/']").first).to_be_visible()

    head.locator(f"a[href='/staff/appoint/full_time/{grid}/']").click()
    head.get_by_role("link", name="没有账号，先登记人员").click()
    head.get_by_label("姓名").fill("接示甲")
    head.get_by_label("工作电话").fill("19900007788")
    assert_accessible(head)
    head.get_by_role("button", name="确定").or_(head.get_by_role("button", name="登记")).first.click()
    expect(head.get_by_label("谁", exact=True)).to_have_value("19900007788")
    head.get_by_role("button", name=re.compile("^(任命|确定)$")).click()
    expect(head.locator(".staff-table").get_by_role("link", name="接示甲")).to_be_visible()
    assert head.locator(f"a.light[href='/staff/appoint/full_time/{grid}/']").count() == 0


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_person_is_chosen_by_initials_and_keys_alone(
    pages: Watched, live_city: LiveCity, size: str
) -> None:
    ((account, name),) = live_city.sql(HOLDER, [VILLAGE, "leader", f"{VILLAGE}001"])
    head = enter(pages.open(size), "desk_head")  # type: ignore[arg-type]
    head.goto(f"/staff/appoint/part_time/{VILLAGE}001/")
    box = head.get_by_label("谁", exact=True)
    box.press_sequentially(person_readings(name)[0].letters)
    found = head.get_by_label("找到的人", exact=True)
    expect(found.locator("option", has_text=name).first).to_be_attached()
    assert_accessible(head)
    assert head.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    places = found.locator("option").evaluate_all("all => all.map((one) => one.value)")
    for _ in range(places.index(account)):
        box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value(account)
    expect(found).to_be_hidden()
    expect(head.get_by_text(f"已选：{name}")).to_be_visible()
    box.fill("没有这个人")
    expect(head.get_by_text("您管理的人员里没有找到")).to_be_visible()
    box.press("Escape")
    expect(box).to_have_value("没有这个人")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_roster_is_previewed_and_confirmed(pages: Watched, live_city: LiveCity, size: str) -> None:
    first = 700 if size == "desk" else 800
    grid = f"{VILLAGE}002"
    lines = [line(first + number, 网格编码=grid, 岗位="兼职网格员", 来源="志愿者") for number in range(3)]
    file = workbook([*lines, line(first + 9, 网格编码="999")])
    head = enter(pages.open(size), "desk_head")  # type: ignore[arg-type]
    head.goto("/staff/people/")
    head.get_by_role("link", name="从 Excel 导入").click()
    assert_accessible(head)
    head.locator("input[type=file]").set_input_files(
        files=[{"name": "名册.xlsx", "mimeType": XLSX, "buffer": file}]
    )
    head.get_by_role("button", name="上传并预览").click()
    expect(head.get_by_text("没有这个网格")).to_be_visible()
    assert_accessible(head)
    assert head.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    head.get_by_role("button", name="确认导入 3 人").click()
    expect(head.get_by_text("已登记并任命 3 人").first).to_be_visible()
    rows = live_city.sql(
        "SELECT count(*) FROM accounts_user WHERE phone LIKE %s", [f"1990001{first // 100:02d}%"]
    )
    assert int(rows[0][0]) == 3
