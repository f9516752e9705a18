"""A board says what the law asks and no more; a change makes it stale and gives the township a dated task (Art. 13)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.models import User
from audit.models import Entry
from boards.actions import check_board, post_board, remind_of_boards, renew_boards, take_down
from boards.models import BoardEdition, NoticeBoard, PostedBoard
from common import clock
from common.drawing.qr import qr_path
from common.errors import NotPermitted, RuleViolation, StaleVersion
from grids.actions.codes import rule_on
from grids.actions.register import Entry as GridEntry
from grids.actions.register import put_in_force
from grids.facts import Facts
from grids.models import Division, Grid
from notifications.models import Outbox
from personnel.actions import appoint_to_grid, relieve
from personnel.models import GridPosting, Organization
from public import cache as public_cache
from puyang_grid.addresses import BASE_DIR
from tests.cases import refused
from tests.databases import forget_kept
from tests.doors import Visitor
from tests.town import FOUNDED, MONDAY, Town
from worktime.clocks import day_of

TOMORROW = MONDAY + timedelta(days=1)
WHERE = "党群服务中心门口"


def picture() -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 210, 220)).save(written, "JPEG")
    written.seek(0)
    return written


def board_of(town: Town) -> NoticeBoard:
    renew_boards(at=MONDAY)
    return NoticeBoard.objects.get(grid=town.grid)


def posted(town: Town, *, by: str = "chen", place: str = WHERE) -> NoticeBoard:
    board = board_of(town)
    return post_board(
        board, place=place, edition=board.edition, photo=picture(), size=900, by=getattr(town, by), at=MONDAY
    )


def replaced(town: Town) -> NoticeBoard:
    """Nobody replaces Chen; the board is checked the next day."""
    relieve(GridPosting.objects.get(user=town.chen), on=TOMORROW.date(), at=MONDAY, by=None)
    appoint_to_grid(
        town.nobody,
        role="full_time",
        village=town.grid.village,
        grid=town.grid,
        on=TOMORROW.date(),
        at=MONDAY,
        by=None,
    )
    renew_boards(at=TOMORROW)
    return NoticeBoard.objects.get(grid=town.grid)


@pytest.mark.article(13)
def test_a_board_shows_what_the_law_asks_and_nothing_more(town: Town) -> None:
    Organization.objects.filter(code="desk-zyl").update(duty_phone="0393-0000001")
    content = board_of(town).editions.get().content
    assert set(content) == {"name", "code", "place", "range", "people", "supervision", "supervision_phone"}
    assert [person["role"] for person in content["people"]] == ["网格长", "网格指导员", "专职网格员"]
    assert set(content["people"][0]) == {"role", "name", "duty", "phone"}
    assert content["supervision_phone"] == "0393-0000001"
    assert "东邻" in content["range"]


@pytest.mark.article(13)
def test_every_grid_in_force_has_a_board_to_be_posted_within_three_working_days(town: Town) -> None:
    assert renew_boards(at=MONDAY) == 5
    board = NoticeBoard.objects.get(grid=town.grid)
    assert board.status == "unposted"
    assert board.due_at is not None and board.due_at.date().isoformat() == "2026-11-19"
    assert "工作日" in board.explanation


def test_a_change_of_the_whole_city_is_worked_off_bit_by_bit(town: Town) -> None:
    assert [renew_boards(at=MONDAY, most=2) for _ in range(4)] == [2, 2, 1, 0]


def test_three_boards_cost_as_many_statements_as_one(town: Town) -> None:
    grids = [
        grid for grid in Grid.objects.in_force().with_place().order_by("code") if grid.code[:6] == "410902"
    ]
    costs = []
    for chosen in (grids[:1], grids[1:]):
        forget_kept()
        with CaptureQueriesContext(connection) as captured:
            assert renew_boards(chosen, at=MONDAY) == len(chosen)
        costs.append(len(captured))
    assert len(grids) == 4 and costs[0] == costs[1]


def test_nothing_changed_nothing_renewed(town: Town) -> None:
    renew_boards(at=MONDAY)
    assert renew_boards(at=TOMORROW) == 0
    assert BoardEdition.objects.count() == 5


@pytest.mark.article(13)
def test_a_change_of_staff_makes_the_board_stale_and_tells_the_township(town: Town) -> None:
    assert posted(town).status == "posted"
    board = replaced(town)
    assert (board.status, board.edition) == ("stale", 2)
    assert board.due_at is not None and board.due_at > TOMORROW
    names = [person["name"] for person in board.editions.get(number=2).content["people"]]
    assert "Nobody" in names and "Chen" not in names
    notice = Outbox.objects.get(topic="board_stale")
    assert notice.audience == f"manage_staff:division:{town.division('中原路街道').pk}"


@pytest.mark.article(13)
@pytest.mark.parametrize("what", ["phone", "supervision", "name"])
def test_a_telephone_or_a_name_that_changes_makes_it_stale_too(town: Town, what: str) -> None:
    posted(town)
    if what == "phone":
        type(town.wang).objects.filter(username="wang").update(phone="19900009999")
    elif what == "supervision":
        Organization.objects.filter(code="desk-zyl").update(duty_phone="0393-0000009")
    else:
        Grid.objects.filter(pk=town.grid.pk).update(name="京东社区文化路网格")
    renew_boards(at=TOMORROW)
    assert NoticeBoard.objects.get(grid=town.grid).status == "stale"


@pytest.mark.article(13)
def test_the_present_edition_with_a_photo_ends_the_task(town: Town) -> None:
    posted(town)
    board = replaced(town)
    with refused(RuleViolation) as caught:
        post_board(board, place=WHERE, edition=1, photo=picture(), size=900, by=town.tang, at=TOMORROW)
    assert "第 2 版" in caught.value.sentence
    board = post_board(board, place=WHERE, edition=2, photo=picture(), size=900, by=town.tang, at=TOMORROW)
    assert (board.status, board.due_at) == ("posted", None)
    assert PostedBoard.objects.get().posted_by == town.tang


def test_a_board_that_hangs_at_two_places_is_renewed_at_both(town: Town) -> None:
    posted(town)
    board = NoticeBoard.objects.get(grid=town.grid)
    board = post_board(
        board, place="二号院门口", edition=1, photo=picture(), size=900, by=town.chen, at=MONDAY
    )
    board = replaced(town)
    board = post_board(board, place=WHERE, edition=2, photo=picture(), size=900, by=town.tang, at=TOMORROW)
    assert board.status == "stale"
    board = take_down(board.places.get(place="二号院门口"), by=town.tang, at=TOMORROW)
    assert board.status == "posted"


@pytest.mark.parametrize("condition", ["damaged", "missing"])
def test_a_damaged_board_is_due_at_once(town: Town, condition: str) -> None:
    board = posted(town)
    board = check_board(board.places.get(), condition=condition, note="被撕", by=town.chen, at=TOMORROW)
    assert (board.status, board.due_at) == ("stale", TOMORROW)


def test_an_intact_board_has_been_looked_at(town: Town) -> None:
    board = check_board(posted(town).places.get(), condition="intact", by=town.chen, at=TOMORROW)
    assert board.status == "posted"
    assert board.places.get().checked_at == TOMORROW


@pytest.mark.article(13)
@pytest.mark.parametrize("name", ["zheng", "lin", "mei", "xu", "duan", "sun", "shi", "nobody"])
def test_others_post_nothing(town: Town, name: str) -> None:
    board = board_of(town)
    with refused(NotPermitted):
        post_board(
            board, place=WHERE, edition=1, photo=picture(), size=900, by=getattr(town, name), at=MONDAY
        )


def test_only_the_township_takes_a_board_down(town: Town) -> None:
    hanging = posted(town).places.get()
    for name in ("li", "chen", "wang"):
        with refused(NotPermitted):
            take_down(hanging, by=getattr(town, name), at=MONDAY)
    assert take_down(hanging, by=town.zhao, at=MONDAY).status == "unposted"


def test_users_who_read_an_older_board_get_a_sentence(town: Town) -> None:
    board = board_of(town)
    posted(town)
    with refused(StaleVersion):
        post_board(board, place=WHERE, edition=1, photo=picture(), size=900, by=town.chen, at=MONDAY)


@pytest.mark.article(13)
def test_an_overdue_board_is_reported_once_a_day_up_to_the_county(town: Town) -> None:
    board_of(town)
    assert remind_of_boards(at=MONDAY) == 0
    late = MONDAY + timedelta(days=5)
    assert remind_of_boards(at=late) == 5
    assert remind_of_boards(at=late) == 0
    audiences = {row.audience for row in Outbox.objects.filter(topic="board_overdue")}
    assert f"manage_staff:division:{town.division('华龙区').pk}" in audiences
    assert f"manage_staff:division:{town.division('中原路街道').pk}" in audiences


def test_every_act_is_a_link_of_the_chain(town: Town) -> None:
    board = posted(town)
    check_board(board.places.get(), condition="intact", by=town.tang, at=TOMORROW)
    assert [link.verb for link in Entry.objects.filter(subject=f"board:{board.pk}").order_by("seq")] == [
        "go_stale",
        "post",
        "check",
    ]


# --- pages -------------------------------------------------------------------------------------------------


def test_the_pages_lead_from_the_list_to_the_posted_photo(town: Town) -> None:
    board_of(town)
    tang = Visitor(town.tang)
    assert town.grid.name in tang.text("/boards/")
    page = f"/boards/{town.grid.code}/"
    assert "张贴第 1 版" in tang.text(page)
    version = NoticeBoard.objects.get(grid=town.grid).version
    fields = {"version": version, "edition": 1, "place": WHERE}
    nothing = tang.post(f"{page}post/", fields)
    assert nothing.status_code == 422 and WHERE in nothing.content.decode()
    wrong = SimpleUploadedFile("a.jpg", b"no picture", content_type="image/jpeg")
    assert tang.post(f"{page}post/", {**fields, "photo": wrong}).status_code == 422
    good = SimpleUploadedFile("a.jpg", picture().read(), content_type="image/jpeg")
    assert tang.post(f"{page}post/", {**fields, "photo": good}).status_code == 302
    photo = f"/boards/photos/{PostedBoard.objects.get().uid}/"
    assert tang.get(photo)["Content-Type"] == "image/jpeg"
    assert Visitor(town.xu).get(photo).status_code == 404


@pytest.mark.article(20)
@pytest.mark.parametrize("name", ["xu", "duan", "lin", "mei", "shi", "sun", "nobody"])
def test_a_board_out_of_sight_answers_as_if_it_did_not_exist(town: Town, name: str) -> None:
    board_of(town)
    for path in (f"/boards/{town.grid.code}/", "/boards/999/", f"/boards/print/?grid={town.grid.code}"):
        assert Visitor(getattr(town, name)).get(path).status_code == 404


@pytest.mark.article(13)
def test_the_public_page_names_the_people_of_today(town: Town) -> None:
    posted(town)
    page = f"/public/grid/{town.grid.code}/"
    assert "Chen" in Visitor().text(page) and "监督电话" in Visitor().text(page)
    replaced(town)
    after = Visitor().text(page)
    assert "Nobody" in after and "Chen" not in after


@pytest.mark.article(13)
def test_the_public_page_begins_with_the_people_and_their_telephones(town: Town) -> None:
    board_of(town)
    Organization.objects.filter(code="desk-zyl").update(duty_phone="0393-4400001")
    User.objects.filter(pk=town.chen.pk).update(phone="19900001234")
    renew_boards(at=TOMORROW)
    page = Visitor().text(f"/public/grid/{town.grid.code}/")
    first = page[page.index("<h1") :]
    order = [
        first.index(text)
        for text in (
            "网格人员",
            'href="tel:19900001234"',
            'href="tel:0393-4400001"',
            "投诉网格人员",
            "网格编码",
        )
    ]
    assert order == sorted(order)
    assert first.index("网格人员</h2>") < first.index("<dl")


@pytest.mark.article(13)
def test_a_board_and_its_page_promise_only_what_exists(town: Town) -> None:
    """Residents cannot report on the web: the paper and the page name telephones for it, and the page says so."""
    board_of(town)
    paper = Visitor(town.tang).text(f"/boards/print/?grid={town.grid.code}")
    assert "反映问题请打上面的电话或 12345" in paper
    assert not re.search(r"扫码[^。]*反映问题", paper)
    page = Visitor().text(f"/public/grid/{town.grid.code}/")
    linked = re.findall(r'href="(/(?:public|complain)/[^"#]*)', page)
    assert {"/public/report/", f"/complain/{town.grid.code}/"} <= set(linked)
    assert {Visitor().get(address).status_code for address in linked} <= {200, 302}


@pytest.mark.article(13)
@pytest.mark.parametrize("who", ["chen", "wang"])
def test_who_has_left_is_gone_from_every_cache_within_a_minute_without_a_new_edition(
    town: Town, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    assert 2 * public_cache.PEOPLE_SECONDS < 60, "kept here, and again by a browser or a proxy"
    assert "proxy_cache" not in (BASE_DIR / "deploy/nginx/nginx.conf").read_text(), "the proxy keeps no pages"
    monkeypatch.setattr(public_cache, "PEOPLE_SECONDS", 1)
    board_of(town)
    page, name = f"/public/grid/{town.grid.code}/", who.title()
    first = Visitor().get(page)
    assert name in first.content.decode()
    assert first["Cache-Control"] == "public, max-age=1"
    post = GridPosting.objects.get(user=getattr(town, who))
    relieve(post, on=day_of(clock.now()), at=clock.now(), by=None)
    sleep(1.1)
    after = Visitor().client.get(page, headers={"If-None-Match": first["ETag"]})
    assert after.status_code == 200, "a browser that asks whether its copy still holds gets a new one"
    assert name not in after.content.decode()


@pytest.mark.parametrize("size", ["a3", "a4"])
def test_a_township_prints_as_one_job_a_page_each(town: Town, size: str) -> None:
    board_of(town)
    page = Visitor(town.tang).text(f"/boards/print/?size={size}")
    assert page.count('class="board-sheet"') == 3
    assert page.count("的二维码") == 3
    assert f"paper_{size}.css" in page


def found_villages(town: Town, count: int) -> None:
    """So many villages of 中原路街道 with a grid each, beside those of the town."""
    street, entries = town.division("中原路街道"), []
    for number in range(count):
        code = f"{street.code}{900 + number}"
        village = Division.objects.create(
            code=code,
            name=f"新村{number}",
            level="village",
            parent=street,
            sort_key=code,
            initials="",
        )
        west = 116 + number / 100
        facts = Facts(
            name=f"新村{number}第1网格",
            kind="village",
            village_id=village.pk,
            boundary=shapely.to_wkb(shapely.box(west, 36, west + 0.01, 36.01)),
        )
        entries.append(GridEntry(Grid(), facts, f"{code}001"))
    put_in_force(entries, rule=rule_on(FOUNDED), on=FOUNDED, source="建村", at=MONDAY)


def test_one_board_and_ten_of_many_villages_are_printed_in_as_many_statements(town: Town) -> None:
    found_villages(town, 7)
    board_of(town)
    tang = Visitor(town.tang)
    one, ten = (f"/boards/print/?place={town.division(name).code}" for name in ("玉北社区", "中原路街道"))
    assert tang.text(one).count('class="board-sheet"') == 1
    sheets = tang.text(ten).split('class="board-sheet"')[1:]
    assert len(sheets) == 10
    assert [sheet.count("shape here") for sheet in sheets] == [1] * 10
    assert tang.statements(one) == tang.statements(ten)


def test_lists_and_prints_cost_the_same_for_few_and_for_many(town: Town) -> None:
    board_of(town)
    wu, zheng = Visitor(town.wu), Visitor(town.zheng)
    assert wu.statements("/boards/?pile=all") == zheng.statements("/boards/?pile=all")
    assert wu.get("/boards/?pile=nothing").status_code == 404
    assert wu.get("/boards/?place=nowhere").status_code == 404


@pytest.mark.article(13)
def test_the_code_on_paper_leads_to_the_public_address_whoever_prints(town: Town, settings: Any) -> None:
    board_of(town)
    address = f"/boards/print/?grid={town.grid.code}"
    settings.PUBLIC_ADDRESS = "https://grid.example.org"
    paper = Visitor(town.tang).text(address)
    assert f'd="{qr_path(f"https://grid.example.org/g/{town.grid.code}/").path}"' in paper
    assert "还没有设置对外网址" not in paper
    settings.PUBLIC_ADDRESS = ""
    paper = Visitor(town.tang).text(address)
    assert f'd="{qr_path(f"http://testserver/g/{town.grid.code}/").path}"' in paper
    assert "还没有设置对外网址：二维码现在指向 http://testserver/。居民打不开内网地址" in paper
