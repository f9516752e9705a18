"""The register for staff: every grid by place and word, its past, its people on any day (Art. 7, 8, 13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
import shapely

from common import clock
from common.initials import initials
from grids.actions.codes import apply_due_rules, publish_code_rule, rule_on
from grids.actions.register import Entry, put_in_force, retire_grids
from grids.facts import Facts
from grids.models import Division, Grid, GridVersion
from grids.register_on_day import facts_of
from personnel.actions import relieve
from personnel.actions.succession import share_management
from personnel.models import GridPosting
from plans.actions.effect import bring_into_force
from plans.actions.plans import approve_plan, withdraw_plan
from plans.models import GridPlan
from register.history import history_of
from tests.cases import reported
from tests.databases import KEPT_BY_THE_PROCESS
from tests.doors import Visitor
from tests.grids.test_codes import LONGER, WIDE
from tests.plans.drafts import EFFECT, agreed, drafted, published, step, with_split
from tests.shapes import Sent
from tests.town import FOUNDED, MONDAY, Town

LATER = MONDAY + timedelta(days=20)
PAGE = "/grids/410902001001001/"


@pytest.fixture(autouse=True)
def on_a_later_day(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is 6 December 2026; boundaries that other tests have drawn are forgotten."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    for kept in KEPT_BY_THE_PROCESS:
        kept.cache_clear()
    yield
    for kept in KEPT_BY_THE_PROCESS:
        kept.cache_clear()


def in_force(town: Town, plan: GridPlan) -> GridPlan:
    published(town, plan)
    assert bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14)) == 1
    return GridPlan.objects.get(pk=plan.pk)


def sentences(grid: Grid) -> list[str]:
    return [period.sentence for period in history_of(Grid.objects.get(pk=grid.pk))]


def codes(text: str) -> list[str]:
    """The grids that a list shows, in its order."""
    return re.findall(r'<th scope="row"><a href="/grids/([0-9]+)/">', text)


def recode(town: Town, *, on: date) -> None:
    rule: Sent = {"segments": list(LONGER), "ranges": WIDE, "allocation": "next_free"}
    publish_code_rule(
        title="省规则", document="豫〔2026〕1号", effective_on=on, stored=rule, by_id=town.wu.pk, at=MONDAY
    )
    apply_due_rules(today=on, at=LATER)


# --- the list --------------------------------------------------------------------------------------------


def test_the_list_goes_down_from_the_city_and_counts_the_same_everywhere(town: Town) -> None:
    shi = Visitor(town.shi)
    city = shi.get("/grids/").context
    assert (city["total"], [place.count for place in city["places"]]) == (5, [4, 1])
    county = shi.get(city["places"][0].url).context
    assert (county["total"], [place.count for place in county["places"]]) == (4, [3, 1])
    township = shi.get(county["places"][0].url).context
    assert [(place.name, place.count) for place in township["places"]] == [
        ("京东社区", 2),
        ("玉北社区", 1),
    ]
    village = shi.get(township["places"][0].url)
    assert codes(village.content.decode()) == ["410902001001001", "410902001001002"]
    assert [each.name for each in village.context["trail"]] == ["濮阳市", "华龙区", "中原路街道"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "jdsq"}, ["001001", "001002"]),
        ({"q": "玉北"}, ["002001"]),
        ({"q": "示范小区2号院"}, ["001002"]),
        ({"q": "jdsq", "division": "410922"}, []),
        ({"kind": "village"}, ["201001"]),
        ({"kind": "village", "division": "410902"}, []),
        ({"kind": "nonsense", "division": "410902002"}, ["001001"]),
        ({"status": "retired"}, []),
        ({"status": "draft"}, []),
    ],
)
def test_the_list_is_narrowed_by_the_address(town: Town, query: dict[str, str], found: list[str]) -> None:
    for division in Division.objects.all():
        Division.objects.filter(pk=division.pk).update(initials=initials(division.name))
    answer = Visitor(town.chen).get("/grids/", **query)
    assert [code[-6:] for code in codes(answer.content.decode())] == found
    assert answer.context["total"] == len(found)
    if not found:
        assert "没有这样的网格" in answer.content.decode()


def test_retired_and_drafted_grids_have_their_own_lists(town: Town) -> None:
    with_plan = published(town, with_split(town))
    retire_grids({town.grid_of("002001"): None}, on=MONDAY.date(), at=MONDAY)
    shi = Visitor(town.shi)
    assert codes(shi.text("/grids/?status=draft")) == ["410902001001003"]
    assert codes(shi.text("/grids/?status=retired")) == ["410902001002001"]
    assert len(codes(shi.text("/grids/?status=all"))) == 6
    assert "拟划网格，尚未生效" in shi.text("/grids/410902001001003/")
    assert with_plan.number in shi.text("/grids/410902001001003/")


def test_a_code_leads_straight_to_its_grid_and_too_little_is_a_sentence(town: Town) -> None:
    chen = Visitor(town.chen)
    assert chen.get("/grids/", q="410902001001001")["Location"] == PAGE
    refused = chen.get("/grids/", q="京")
    assert refused.status_code == 422
    assert "请至少写两个字" in refused.content.decode()
    assert 'value="京"' in refused.content.decode()


def test_the_list_is_leafed_through_without_loss(town: Town) -> None:
    village = town.division("玉北社区")
    facts = Facts(name="玉北社区多网格", kind="community", village_id=village.pk)
    entries = [Entry(Grid(), facts, f"4109020010020{number:02}") for number in range(10, 99)]
    put_in_force(entries, rule=rule_on(FOUNDED), on=FOUNDED, source="试", at=MONDAY)
    chen, address, seen = Visitor(town.chen), "/grids/?division=410902", []
    while address:
        answer = chen.get(address)
        seen += codes(answer.content.decode())
        address = answer.context["next_url"]
    assert len(seen) == len(set(seen)) == answer.context["total"] == 93


@pytest.mark.parametrize("path", ["/grids/?division=410902", PAGE])
def test_the_pages_cost_the_same_for_one_grid_and_for_a_hundred(town: Town, path: str) -> None:
    chen = Visitor(town.chen)
    before = chen.statements(path)
    facts = Facts(name="京东社区多网格", kind="community", village_id=town.grid.village_id)
    entries = [Entry(Grid(), facts, f"4109020010010{number:02}") for number in range(10, 99)]
    put_in_force(entries, rule=rule_on(FOUNDED), on=FOUNDED, source="试", at=MONDAY)
    assert chen.statements(path) == before <= 22


@pytest.mark.parametrize(
    "path", ["/grids/?division=999", "/grids/?cursor=nonsense", "/grids/999999999999999/"]
)
def test_what_is_not_there_is_missing(town: Town, path: str) -> None:
    assert Visitor(town.chen).get(path).status_code in (404, 422)


@pytest.mark.article(20)
@pytest.mark.parametrize("path", ["/grids/", "/grids/at/", PAGE])
def test_who_has_a_post_reads_the_register_and_nobody_else(town: Town, path: str) -> None:
    assert Visitor(town.shi).get(path).status_code == 200
    refused = Visitor(town.nobody).get(path)
    assert refused.status_code == 403
    assert "网格册供在岗人员查阅" in refused.content.decode()
    assert "/sign-in/" in Visitor().get(path)["Location"]


# --- one grid --------------------------------------------------------------------------------------------


def test_a_grid_s_page_tells_all_that_the_register_knows(town: Town) -> None:
    text = Visitor(town.shi).text(PAGE)
    for expected in (
        "410902001001001",
        "社区网格",
        "华龙区 中原路街道 京东社区",
        "在用",
        "1.00 平方公里",
        "400 户",
        "1,100 人",
        "示范小区1号院",
        "居民小区",
        "中原路街道（属地）",
        "登记启用（建城）",
    ):
        assert expected in text, expected
    assert "现行编码" not in text and "旧编码" not in text


@pytest.mark.article(8)
def test_a_dedicated_grid_shows_both_managers_or_that_one_is_missing(town: Town) -> None:
    Grid.objects.filter(pk=town.grid.pk).update(kind="dedicated", premises="school")
    assert "还没有登记职能部门" in Visitor(town.shi).text(PAGE)
    share_management(town.grid, town.chengguan, on=MONDAY.date(), at=MONDAY)
    text = Visitor(town.shi).text(PAGE)
    assert "华龙区城市管理（职能部门，2026年11月16日起）" in text
    assert "还没有登记职能部门" not in text


@pytest.mark.article(10)
def test_the_people_of_a_day_and_the_vacant_posts(town: Town) -> None:
    relieve(GridPosting.objects.get(user=town.chen), on=date(2026, 3, 2), at=MONDAY, by=None)
    shi = Visitor(town.shi)
    before = shi.get(PAGE, on="2026-03-01")
    assert [(each.role_name, each.name) for each in before.context["people"]] == [
        ("网格长", "Wang"),
        ("网格指导员", "Li"),
        ("专职网格员", "Chen"),
    ]
    assert before.context["vacant"] == []
    after = shi.text(f"{PAGE}?on=2026-03-02")
    assert "空缺：专职网格员。" in after
    assert "Chen" not in after
    assert "空缺" in shi.text(PAGE), "today"


def test_no_telephone_is_on_the_page(town: Town) -> None:
    person = town.chen
    person.phone = "13900001111"
    person.save()
    assert "13900001111" not in Visitor(town.wu).text(PAGE)


@pytest.mark.parametrize(
    ("on", "status", "sentence"),
    [
        ("2024-12-31", 200, "还没有启用"),
        ("2099-01-01", 422, "只能查今天和以前的日期"),
        ("gestern", 422, "日期应写成 2026-12-08 这样。下面是今天的。"),
        ("2026年12月6日", 200, "2026年12月6日的人员"),
        ("2026-12-06", 200, "2026年12月6日的人员"),
    ],
)
def test_a_day_without_an_answer_is_a_sentence(town: Town, on: str, status: int, sentence: str) -> None:
    answer = Visitor(town.shi).get(PAGE, on=on)
    assert answer.status_code == status
    assert sentence in answer.content.decode()


@pytest.mark.article(7)
def test_an_old_code_leads_to_the_present_page_with_a_sentence(town: Town) -> None:
    recode(town, on=LATER.date())
    shi = Visitor(town.shi)
    answer = shi.get(PAGE, on="2026-01-01")
    assert answer["Location"] == "/grids/41090200100110000001/?on=2026-01-01"
    text = shi.text(answer["Location"])
    assert "410902001001001 是这个网格的旧编码，现行编码是 41090200100110000001。" in text
    assert "旧编码 410902001001001" in text
    assert "编码由 410902001001001 改为 41090200100110000001（豫〔2026〕1号）" in text
    assert "这一天的名称是“京东社区第1网格”，编码 410902001001001" in text


def test_a_retired_grid_says_which_one_goes_on(town: Town) -> None:
    retire_grids({town.grid: town.grid_of("001002")}, on=MONDAY.date(), at=MONDAY)
    text = Visitor(town.shi).text(PAGE)
    assert "2026年11月16日起停用，由<a" in text
    assert "这个网格已经停用" in text


def test_a_grid_that_never_came_into_force_says_so(town: Town) -> None:
    plan = published(town, with_split(town))
    withdraw_plan(GridPlan.objects.get(pk=plan.pk), note="不划了", by=town.wu, at=MONDAY)
    text = Visitor(town.wu).text("/grids/410902001001003/")
    assert "这个网格没有启用过" in text


def test_the_list_of_cases_is_for_those_who_may_look(town: Town) -> None:
    reported(town)
    for name, may in (("zhao", True), ("chen", True), ("shi", False), ("sun", False)):
        context = Visitor(getattr(town, name)).get(PAGE).context
        assert bool(context["cases_url"]) == may, name
    listed = Visitor(town.zhao).get(Visitor(town.zhao).get(PAGE).context["cases_url"])
    assert listed.context["total"] == 1


# --- the past in sentences -------------------------------------------------------------------------------


@pytest.mark.article(7)
def test_a_split_is_described_in_both_grids(town: Town) -> None:
    in_force(town, with_split(town))
    day = "2026年11月30日起："
    assert sentences(town.grid) == [
        f"{day}切分出京东社区第一网格 0.40 平方公里（调整方案 410902-2026-001）。",
        "2025年1月1日起：登记启用（建城）。",
    ]
    new = Grid.objects.get(code="410902001001003")
    assert sentences(new) == [f"{day}从京东社区第1网格划分设立（调整方案 410902-2026-001）。"]
    assert "看方案" in Visitor(town.shi).text(PAGE)


@pytest.mark.article(7)
def test_a_merger_is_described_in_the_grid_that_got_the_land(town: Town) -> None:
    second = town.grid_of("001002")
    keys = [f"g{second.pk}", f"g{town.grid.pk}"]
    in_force(town, step(drafted(town), "merge", by=town.wu, keys=keys, survivor=keys[0]))
    assert sentences(second)[0] == ("2026年11月30日起：京东社区第1网格并入（调整方案 410902-2026-001）。")
    assert sentences(town.grid) == ["2025年1月1日起：登记启用（建城）。"]


def test_a_moved_border_is_described_with_its_area(town: Town) -> None:
    first, second = town.grid, town.grid_of("001002")
    versions = {row.grid_id: row for row in GridVersion.objects.filter(grid__in=[first, second])}
    facts = facts_of(versions.values())
    boxes = {
        first: shapely.box(115.0, 35.70, 115.008, 35.71),
        second: shapely.box(115.008, 35.70, 115.02, 35.71),
    }
    entries = [
        Entry(grid, replace(facts[grid.pk], boundary=shapely.to_wkb(box)), grid.code)
        for grid, box in boxes.items()
    ]
    put_in_force(entries, rule=rule_on(FOUNDED), on=date(2026, 5, 1), source="文〔2026〕5号", at=MONDAY)
    assert sentences(first)[0] == "2026年5月1日起：划出到京东社区第2网格 0.20 平方公里（文〔2026〕5号）。"
    assert sentences(second)[0] == "2026年5月1日起：从京东社区第1网格划入 0.20 平方公里（文〔2026〕5号）。"


def test_names_kinds_villages_and_counts_are_described_and_a_rounded_border_is_not(town: Town) -> None:
    grid = town.grid
    before = facts_of(grid.versions.all())[grid.pk]
    village = town.division("玉北社区")
    changes = (
        (date(2026, 2, 1), {"name": "京东一网格"}, "名称由“京东社区第1网格”改为“京东一网格”"),
        (date(2026, 3, 1), {"village_id": village.pk}, "由京东社区划归玉北社区"),
        (date(2026, 4, 1), {"households": 410}, "户数由 400 改为 410"),
        (
            date(2026, 5, 1),
            {"boundary": shapely.to_wkb(shapely.box(115.0, 35.70, 115.0100001, 35.71))},
            "基本单元或边界节点有更正，范围不变",
        ),
    )
    for day, change, _ in changes:
        before = replace(before, **change)
        grid = Grid.objects.get(pk=grid.pk)
        put_in_force([Entry(grid, before, grid.code)], rule=rule_on(FOUNDED), on=day, source="文", at=MONDAY)
    history = sentences(grid)[::-1][1:]
    assert history == [f"{day.year}年{day.month}月1日起：{words}（文）。" for day, _, words in changes]


# --- by place --------------------------------------------------------------------------------------------


def test_a_place_and_a_day_find_grid_and_people(town: Town) -> None:
    in_force(town, with_split(town))
    shi = Visitor(town.shi)
    before = shi.text("/grids/at/?lon=115.002&lat=35.705&on=2026-11-29")
    after = shi.text("/grids/at/?lon=115.002&lat=35.705&on=2026-11-30")
    assert "京东社区第1网格</a></h2>" in before and "Chen" in before
    assert "京东社区第一网格</a></h2>" in after and "Chen" not in after
    assert "空缺：专职网格员" in after
    assert "濮阳市 › 华龙区 › 中原路街道 › 京东社区" in after


def test_the_form_is_empty_at_first_and_works_without_a_day(town: Town) -> None:
    shi = Visitor(town.shi)
    assert "有 " not in shi.text("/grids/at/").split("<main")[1].split("<form")[0]
    assert "2026年12月6日" in shi.text("/grids/at/?lon=115.002&lat=35.705&on=")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("lon=&lat=", "请填写经度。"),
        ("lon=x&lat=35.7", "经度应是一个数"),
        ("lon=35.7&lat=115.0", "请核对两个数有没有写反"),
        ("lon=nan&lat=35.7", "经度应是一个数"),
        ("lon=114.0&lat=35.7", "这个位置不在任何网格内"),
        ("lon=115.002&lat=35.705&on=2027-01-01", "只能查今天和以前的日期"),
        ("lon=115.002&lat=35.705&on=2024-01-01", "网格册自2025年1月1日起登记"),
        ("lon=115.002&lat=35.705&on=x", "日期应写成"),
    ],
)
def test_a_place_without_an_answer_is_a_sentence_and_keeps_what_was_typed(
    town: Town, query: str, sentence: str
) -> None:
    answer = Visitor(town.shi).get(f"/grids/at/?{query}")
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    typed = query.split("&")[0].split("=")[1]
    assert not typed or f'value="{typed}"' in answer.content.decode()


# --- from the map and the overview -----------------------------------------------------------------------


def test_the_map_and_the_overview_lead_to_the_grid(town: Town) -> None:
    assert f'href="{PAGE}"' in Visitor(town.zhao).text("/map/")
    assert f'href="{PAGE}"' in Visitor(town.wu).text("/overview/?division=410902001001")


@pytest.mark.article(20)
def test_a_drafted_grid_is_seen_by_those_who_see_its_plan_and_missing_to_others(town: Town) -> None:
    plan = approve_plan(agreed(town, with_split(town)), by=town.wu, at=MONDAY)
    code = plan.grids.get(base=None).code
    for person, status in ((town.wu, 200), (town.zhao, 200), (town.shi, 404), (town.sun, 404)):
        assert Visitor(person).get(f"/grids/{code}/").status_code == status
        assert Visitor(person).get(f"/api/v1/grids/{code}/").status_code == status
    listed = Visitor(town.shi).text("/grids/?division=410902&status=draft")
    assert code not in listed
