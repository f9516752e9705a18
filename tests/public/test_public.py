"""The pages for everybody: find one's grid, its range, the plans; without account, script or person (Art. 7, 13)."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as LostRedis

from common.initials import initials
from grids.actions.codes import apply_due_rules, publish_code_rule
from grids.actions.divisions import change_division
from grids.actions.register import retire_grids
from grids.models import Division, Grid
from personnel.actions.succession import share_management
from plans.actions.effect import bring_into_force
from plans.actions.plans import withdraw_plan
from plans.models import GridPlan
from public import cache as public_cache
from puyang_grid.addresses import BASE_DIR
from tests.databases import KEPT_BY_THE_PROCESS
from tests.doors import Visitor
from tests.grids.test_codes import LONGER, WIDE
from tests.plans.drafts import EFFECT, drafted, published, step, with_split
from tests.shapes import Sent
from tests.town import MONDAY, Town

STYLES = ("tokens", "base", "components", "public")
BUDGET = 50 * 1024
GRID = "/public/grid/410902001001001/"


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Clear the page cache: pages of other tests show data that was rolled back."""
    monkeypatch.setattr(public_cache, "DRAWN_A_MINUTE", 100_000)
    for kept in KEPT_BY_THE_PROCESS:
        kept.cache_clear()
    yield
    for kept in KEPT_BY_THE_PROCESS:
        kept.cache_clear()


@pytest.fixture
def anybody(town: Town) -> Visitor:
    """A resident with a phone, in the town with the initials that an import gives to divisions."""
    for division in Division.objects.all():
        Division.objects.filter(pk=division.pk).update(initials=initials(division.name))
    return Visitor()


def in_force(town: Town, plan: GridPlan) -> GridPlan:
    published(town, plan)
    assert bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14)) == 1
    return GridPlan.objects.get(pk=plan.pk)


def links(text: str) -> list[str]:
    return re.findall(r'href="(/public/[^"#]*)', text)


# --- the way to one's grid -------------------------------------------------------------------------------


@pytest.mark.article(13)
def test_from_the_city_down_to_the_grid_without_a_search(anybody: Visitor) -> None:
    home = anybody.text("/public/")
    assert "华龙区" in home and "4 个网格" in home
    county = anybody.text("/public/410902/")
    assert "中原路街道" in county and "3 个网格" in county
    township = anybody.text("/public/410902001/")
    assert township.index("京东社区</h2>") < township.index("玉北社区</h2>")
    assert GRID in links(township)
    assert "/public/grid/410902002001001/" not in links(township)
    assert anybody.get("/public/410902001001/")["Location"] == "/public/410902001/#v410902001001"


@pytest.mark.article(13)
def test_a_grid_s_page_tells_range_units_management_and_basis(town: Town, anybody: Visitor) -> None:
    text = anybody.text("/public/grid/410902001001002/")
    assert "东邻玉北社区第1网格；西邻京东社区第1网格；南面、北面没有相邻网格。" in text
    for expected in ("410902001001002", "社区网格", "1.00 平方公里", "2025年1月1日", "示范小区2号院", "建城"):
        assert expected in text, expected
    assert "中原路街道（属地）" in text
    assert "职能部门" not in text
    assert "http://testserver/g/410902001001002/" in text
    assert "二维码" in text and "信息有误" in text
    assert "玉北社区第1网格</title>" in text, "the neighbours stand on the map too"


def test_a_neighbour_across_the_township_and_the_county_is_named_with_them(anybody: Visitor) -> None:
    assert "东邻清丰县城关镇城关村第1网格；西邻中原路街道玉北社区第1网格" in anybody.text(
        "/public/grid/410902002001001/"
    )


@pytest.mark.article(8)
def test_a_dedicated_grid_has_a_department_beside_its_township(town: Town, anybody: Visitor) -> None:
    Grid.objects.filter(pk=town.grid.pk).update(kind="dedicated", premises="hospital")
    share_management(town.grid, town.chengguan, on=MONDAY.date(), at=MONDAY)
    text = anybody.text(GRID)
    assert "专属网格（医院）" in text
    assert "中原路街道（属地）" in text and "华龙区城市管理（职能部门）" in text


@pytest.mark.article(20)
def test_no_person_and_no_count_of_people_is_shown(town: Town, anybody: Visitor) -> None:
    for path in ("/public/", "/public/410902001/", GRID):
        text = anybody.text(path)
        for name in ("Chen", "Wang", "Li", "1,100", "1100"):
            assert not re.search(rf"\b{name}\b", text), (path, name)


@pytest.mark.parametrize("code", ["999999", "410", "4109020010019", "x" * 300])
def test_a_place_that_is_not_there_is_missing(anybody: Visitor, code: str) -> None:
    assert anybody.get(f"/public/{code}/").status_code == 404
    assert anybody.get(f"/public/grid/{code}/").status_code == 404
    assert anybody.get(f"/public/plans/{code}/").status_code == 404
    assert anybody.get(f"/g/{code}/").status_code == 404


def test_an_empty_platform_has_pages_too(own_database: str) -> None:
    assert "还没有登记区划" in Visitor().text("/public/")
    assert "还没有公布的方案" in Visitor().text("/public/plans/")


# --- search ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", ["京东社区", "jdsq", "示范小区1号院", "41090200100100"])
def test_the_search_finds_the_grid(anybody: Visitor, q: str) -> None:
    answer = anybody.get("/public/", q=q)
    assert GRID in links(answer.content.decode())


def test_a_whole_code_leads_straight_to_the_grid(anybody: Visitor) -> None:
    assert anybody.get("/public/", q=" 410902001001001 ")["Location"] == GRID


@pytest.mark.parametrize(
    ("q", "sentence"),
    [
        ("", "请至少写两个字"),
        ("京", "请至少写两个字"),
        ("41", "请至少写两个字"),
        ("长" * 5000, "最多写 40 个字"),
        ("没有这个小区", "没有找到"),
    ],
)
def test_a_search_without_an_answer_is_a_sentence(anybody: Visitor, q: str, sentence: str) -> None:
    answer = anybody.get("/public/", q=q)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert len(answer.content) < 20_000


def test_what_was_asked_stands_in_the_box_and_is_only_text(anybody: Visitor) -> None:
    text = anybody.get("/public/", q='"><script>x').content.decode()
    assert "<script" not in text
    assert "&quot;&gt;&lt;script&gt;x" in text


# --- codes and days --------------------------------------------------------------------------------------


@pytest.mark.article(7)
def test_old_codes_on_old_boards_lead_to_the_present_page_for_good(town: Town, anybody: Visitor) -> None:
    day = MONDAY.date() + timedelta(days=30)
    rule: Sent = {"segments": list(LONGER), "ranges": WIDE, "allocation": "next_free"}
    publish_code_rule(
        title="省规则", document="1号", effective_on=day, stored=rule, by_id=town.wu.pk, at=MONDAY
    )
    apply_due_rules(today=day, at=MONDAY)
    now = "/public/grid/41090200100110000001/"
    old = anybody.get(GRID)
    assert (old.status_code, old["Location"]) == (301, now)
    short = anybody.get("/g/410902001001001/")
    assert (short.status_code, short["Location"]) == (302, now)
    assert "京东社区第1网格" in anybody.text(now)


def test_a_retired_grid_says_which_one_goes_on(town: Town, anybody: Visitor) -> None:
    retire_grids({town.grid: town.grid_of("001002")}, on=MONDAY.date(), at=MONDAY)
    text = anybody.text(GRID)
    assert "已于2026年11月16日停用" in text
    assert "/public/grid/410902001001002/" in links(text)
    assert "二维码" not in text and "东邻" not in text
    assert GRID not in links(anybody.text("/public/410902001/"))
    assert "已停用" in anybody.get("/public/", q="京东社区").content.decode()


@pytest.mark.article(7)
def test_the_page_changes_on_the_day_of_the_plan_and_names_it(town: Town, anybody: Visitor) -> None:
    plan = published(town, with_split(town))
    before = anybody.text(GRID)
    assert "1.00 平方公里" in before
    assert f"{EFFECT.year}年{EFFECT.month}月{EFFECT.day}日起将有调整" in before
    bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14))
    after = anybody.text(GRID)
    assert "0.60 平方公里" in after
    assert "将有调整" not in after
    assert "西邻京东社区第一网格" in after
    assert f"/public/plans/{plan.number}/" in links(after)


def test_a_grid_that_is_only_planned_is_known_by_its_public_plan(town: Town, anybody: Visitor) -> None:
    plan = with_split(town)
    path = "/public/grid/410902001001003/"
    assert anybody.get(path).status_code == 404
    published(town, plan)
    assert anybody.get(path)["Location"] == f"/public/plans/{plan.number}/"
    assert anybody.get("/public/", q="410902001001003").status_code == 200, "the search knows no plans"


# --- plans -----------------------------------------------------------------------------------------------


@pytest.mark.article(7)
def test_a_published_plan_shows_before_and_after(town: Town, anybody: Visitor) -> None:
    plan = with_split(town)
    path = f"/public/plans/{plan.number}/"
    assert anybody.get(path).status_code == 404, "what is not published is not there"
    assert plan.title not in anybody.text("/public/plans/")
    published(town, plan)
    assert plan.title in anybody.text("/public/plans/")
    text = anybody.text(path)
    for expected in (
        "410902-2026-001",
        "已公布，2026年11月30日起生效",
        "户数过多，巡查走不过来。",
        "400 户，1.00 平方公里",
        "240 户，0.60 平方公里",
        "160 户，0.40 平方公里",
        "编码 410902001001003",
        "新设",
        "调整前的网格范围示意图",
        "调整后的网格范围示意图",
    ):
        assert expected in text, expected
    bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14))
    assert "已生效（2026年11月30日起）" in anybody.text(path)
    assert "/public/grid/410902001001003/" in links(anybody.text(path))


@pytest.mark.article(7)
def test_a_plan_withdrawn_after_it_was_public_says_so(town: Town, anybody: Visitor) -> None:
    plan = published(town, with_split(town))
    withdraw_plan(GridPlan.objects.get(pk=plan.pk), note="村民不同意", by=town.wu, at=MONDAY)
    text = anybody.text(f"/public/plans/{plan.number}/")
    assert "已于2026年11月16日撤回，不生效" in text
    assert "村民不同意" not in text
    assert "公布后又撤回的方案" in anybody.text("/public/plans/")
    assert "将有调整" not in anybody.text(GRID)


def test_a_plan_withdrawn_before_it_was_public_is_not_there(town: Town, anybody: Visitor) -> None:
    plan = with_split(town)
    withdraw_plan(plan, note="重画", by=town.wu, at=MONDAY)
    assert anybody.get(f"/public/plans/{plan.number}/").status_code == 404
    assert plan.title not in anybody.text("/public/plans/")


def test_a_retired_grid_of_a_plan_names_its_heir(town: Town, anybody: Visitor) -> None:
    plan = drafted(town)
    keys = [f"g{town.grid_of('001002').pk}", f"g{town.grid.pk}"]
    plan = step(plan, "merge", by=town.wu, keys=keys, survivor=keys[0])
    in_force(town, plan)
    text = anybody.text(f"/public/plans/{plan.number}/")
    assert "停用，由京东社区第2网格接续" in text
    assert "停用" in anybody.text(GRID)


def test_a_broken_page_mark_is_missing(town: Town, anybody: Visitor) -> None:
    published(town, with_split(town))
    assert anybody.get("/public/plans/", cursor="nonsense").status_code == 404


# --- what a page costs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/public/", "/public/410902/", "/public/410902001/", GRID, "/public/plans/"]
)
def test_a_page_that_was_drawn_costs_one_statement(anybody: Visitor, path: str) -> None:
    assert anybody.statements(path) == 1


@pytest.mark.parametrize(
    ("path", "most"),
    [("/public/", 3), ("/public/410902/", 4), ("/public/410902001/", 5), (GRID, 14), ("/public/plans/", 3)],
)
def test_drawing_a_page_costs_few_statements(anybody: Visitor, path: str, most: int) -> None:
    anybody.text("/public/grid/410902001002001/")  # the index of boundaries is there
    with CaptureQueriesContext(connection) as captured:
        anybody.text(path)
    assert len(captured) <= most


def test_a_change_of_name_or_boundary_is_seen_at_once(town: Town, anybody: Visitor) -> None:
    anybody.text("/public/410902001/")
    township = town.division("中原路街道")
    change_division(
        township,
        name="新中原街道",
        parent=township.parent,
        on=MONDAY.date(),
        document="1号",
        by_id=None,
        at=MONDAY,
    )
    assert "新中原街道" in anybody.text("/public/410902001/")


def test_the_mark_of_the_page_spares_the_second_sending(town: Town, anybody: Visitor) -> None:
    first = anybody.get(GRID)
    assert first["Cache-Control"] == "public, max-age=25"
    assert anybody.get("/public/410902001/")["Cache-Control"] == "public, max-age=300"
    assert "Cookie" in first["Vary"]
    assert "Set-Cookie" not in first and not first.cookies
    for mark in (first["ETag"], f"W/{first['ETag']}", f'"x", {first["ETag"]}'):
        again = anybody.client.get(GRID, headers={"If-None-Match": mark})
        assert (again.status_code, again.content) == (304, b"")
    published(town, with_split(town))
    changed = anybody.client.get(GRID, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_the_page_is_the_same_for_everybody_and_does_not_know_who_asks(town: Town, anybody: Visitor) -> None:
    assert Visitor(town.wu).text(GRID) == anybody.text(GRID)
    assert Visitor(town.wu).get(GRID)["Cache-Control"] == "public, max-age=25"


def test_two_hosts_share_no_page(anybody: Visitor, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "grid.example.org"]
    anybody.text(GRID)
    other = anybody.client.get(GRID, headers={"Host": "grid.example.org"}).content.decode()
    assert "http://grid.example.org/g/410902001001001/" in other
    assert "testserver" not in other


def test_without_redis_the_page_is_rendered_again(anybody: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*given: Any, **more: Any) -> None:
        raise LostRedis

    for verb in ("get", "set", "add", "incr"):
        monkeypatch.setattr(type(cache._connections[cache._alias]), verb, lost)
    assert "京东社区第1网格" in anybody.text(GRID)


@pytest.mark.parametrize("kept", ["a word", 7, {"status": 200}, {"status": 200, "run": "x"}, ["list"]])
def test_a_value_in_redis_that_is_not_a_page_is_replaced_by_a_new_page(
    anybody: Visitor, monkeypatch: pytest.MonkeyPatch, kept: object
) -> None:
    monkeypatch.setattr(type(cache._connections[cache._alias]), "get", lambda *given, **more: kept)
    assert "京东社区第1网格" in anybody.text(GRID)


def test_who_has_too_much_drawn_waits_but_drawn_pages_are_open(
    anybody: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_cache, "DRAWN_A_MINUTE", 3)
    here = {"REMOTE_ADDR": f"10.0.{uuid4().int % 250}.{uuid4().int % 250}"}
    client = Client(**here)  # type: ignore[arg-type]
    codes = [client.get("/public/", {"q": f"小区{number}"}).status_code for number in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    assert "查询太频繁" in client.get("/public/", {"q": "小区9"}).content.decode()
    assert client.get("/public/", {"q": "小区1"}).status_code == 200
    assert Client(REMOTE_ADDR="10.9.9.9").get("/public/", {"q": "小区9"}).status_code == 200


@pytest.mark.slow
def test_every_page_weighs_at_most_fifty_kilobytes(own_city: str) -> None:
    style = sum(len(gzip.compress((BASE_DIR / f"static/css/{name}.css").read_bytes(), 9)) for name in STYLES)
    busiest = Division.objects.of_level("township").order_by("-pk").values_list("code", flat=True)
    anybody = Visitor()
    paths = ["/public/", "/public/?q=网格", "/public/410928/", "/public/plans/", GRID]
    paths += [f"/public/{code}/" for code in busiest]
    paths += [
        f"/public/plans/{number}/" for number in GridPlan.objects.public().values_list("number", flat=True)
    ]
    heaviest = max((len(gzip.compress(anybody.text(path).encode(), 6)), path) for path in paths)
    assert len(paths) > 90
    assert heaviest[0] + style <= BUDGET, heaviest
    assert heaviest[0] + style <= 32 * 1024, heaviest


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/public/report/", "/public/complain/"),
        *("/public/", "/public/?q=jdsq", "/public/410902001/", GRID, "/public/plans/"),
    ],
)
def test_a_page_reads_in_order_and_needs_no_script(anybody: Visitor, path: str) -> None:
    text = anybody.text(path)
    assert "<script" not in text
    headings = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert headings.count(1) == 1 and headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert "<table" not in text or "<caption" in text


# --- large text ------------------------------------------------------------------------------------------


def test_large_text_is_a_link_and_stays_with_the_device(anybody: Visitor) -> None:
    assert 'data-size="large"' not in anybody.text(GRID)
    answer = anybody.get("/public/text-size/", size="large", next=GRID)
    assert (answer.status_code, answer["Location"]) == (302, GRID)
    assert 'data-size="large"' in anybody.text(GRID)
    assert 'data-size="large"' in anybody.text("/help/"), "the rest of the platform knows it too"
    assert 'data-size="large"' not in Visitor().text(GRID)
    anybody.get("/public/text-size/", next=GRID)
    assert 'data-size="large"' not in anybody.text(GRID)


def test_the_link_leads_to_no_other_host(anybody: Visitor) -> None:
    for target in ("https://example.org/", "//example.org/", "javascript:x"):
        assert anybody.get("/public/text-size/", size="large", next=target)["Location"] == "/public/"
