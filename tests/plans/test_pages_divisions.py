"""The page of divisions: the city founds zones and moves townships after a preview, the offices read (Art. 28)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from audit.models import Entry
from common.errors import NotPermitted
from grids.actions.divisions import change_division, found_placeholder
from grids.models import Division, FormerDivision
from grids.register_on_day import way_up
from plans.actions.divisions import found_zone, move_division
from plans.actions.plans import withdraw_plan
from tests.cases import reported
from tests.doors import Visitor
from tests.plans.drafts import published, with_split
from tests.plans.pages import Reader, plain, words
from tests.town import MONDAY, Town
from workflow.invariants import wrong_division_columns
from workflow.models import Case

pytestmark = pytest.mark.usefixtures("monday")
FOUND, CHANGE = "/divisions/found/", "/divisions/change/"


def zone(**other: str) -> dict[str, str]:
    """A zone as it is typed."""
    return {
        "level": "county",
        "parent": "濮阳市",
        "code": "410990",
        "name": "城乡一体化示范区",
        "document": "濮政〔2026〕演示号",
        "step": "preview",
    } | other


def move(**other: str) -> dict[str, str]:
    """胜利路街道 goes to 清丰县, as it is typed."""
    return {
        "division": "410902002",
        "name": "",
        "parent": "清丰县",
        "on": "2026-11-16",
        "document": "管理权移交",
        "step": "preview",
    } | other


def founded(town: Town, number: int = 90) -> Division:
    """A zone that is there already."""
    return found_placeholder(
        code=f"4109{number}",
        name=f"演示{number}区",
        level="county",
        parent=town.division("濮阳市"),
        document=f"濮政〔2026〕{number}号",
        by_id=town.zheng.pk,
        at=MONDAY,
    )


def confirmed(reader: Reader, address: str, fields: dict[str, str]) -> Any:
    """Preview, then confirm what was seen."""
    preview = reader.post(address, fields)
    assert preview.status_code == 200, plain(preview)
    return reader.post(address, fields | {"step": "confirm", "seen": seen_in(preview)})


def seen_in(answer: Any) -> str:
    """The mark of the preview that the page carries."""
    return str(answer.context["form"].data["seen"])


# ── a zone ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.article(28)
def test_the_city_previews_a_zone_then_founds_it_and_it_stands_on_the_page_with_its_document(
    town: Town,
) -> None:
    zheng = Reader(town.zheng)
    preview = zheng.post(FOUND, zone())
    assert "濮阳市（4109）下将设立城乡一体化示范区（410990），属县区一级，代码为自编占位。" in words(preview)
    assert not Division.objects.filter(code="410990").exists(), "nothing is saved by looking"
    assert not Entry.objects.filter(subject__startswith="division:").exists()
    done = zheng.post(FOUND, zone(step="confirm", seen=seen_in(preview)))
    assert done["Location"] == "/divisions/"
    text = plain(zheng.get("/divisions/"))
    assert "已设立城乡一体化示范区（410990）。" in text
    assert "城乡一体化示范区 410990 县区 濮阳市 濮政〔2026〕演示号" in text
    made = Division.objects.get(code="410990")
    entry = Entry.objects.get(subject=f"division:{made.pk}")
    assert (made.is_placeholder, entry.verb, entry.actor_id) == (True, "found", town.zheng.pk)


@pytest.mark.article(28)
def test_a_zone_gets_its_own_offices_and_villages_below_it(town: Town) -> None:
    zheng, county = Reader(town.zheng), founded(town)
    office = zone(level="township", parent=county.code, code="410990001", name="东办事处")
    assert confirmed(zheng, FOUND, office).status_code == 302
    village = zone(level="village", parent="东办事处", code="410990001001", name="新城社区居民委员会")
    assert "下将设立新城社区（410990001001）" in words(zheng.post(FOUND, village)), "as it will be called"
    assert confirmed(zheng, FOUND, village).status_code == 302
    assert way_up(Division.objects.get(code="410990001001"), day=MONDAY.date()) == [
        "濮阳市",
        "演示90区",
        "东办事处",
        "新城社区",
    ]


def test_a_code_may_be_typed_wide_and_with_spaces(town: Town) -> None:
    zheng = Reader(town.zheng)
    assert confirmed(zheng, FOUND, zone(code="４１ ０９ ９０", parent="４１０９")).status_code == 302
    made = Division.objects.get(code="410990")
    assert (
        confirmed(zheng, CHANGE, move(division="４１０９０２ ００２", parent="４１０９９０")).status_code
        == 302
    )
    assert Division.objects.get(code="410902002").parent == made


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "41099"}, "代码应为 6 位数字。"),
        ({"code": "４１０９９"}, "代码应为 6 位数字。"),
        ({"code": "410902"}, "代码 410902 已属于华龙区。"),
        ({"code": ""}, "请填写代码。"),
        ({"name": "  "}, "请填写名称。"),
        ({"name": "区" * 61}, "最多 60 字，您写了 61 字。"),
        ({"document": " "}, "请填写依据文件。"),
        ({"document": "文" * 121}, "最多 120 字，您写了 121 字。"),
        ({"level": "city"}, "请从列表里选择层级。"),
        ({"level": "village"}, "没有叫“濮阳市”的乡镇街道，请填 9 位代码，或列表里的名称。"),
        ({"parent": ""}, "请填写上级的代码或名称。"),
        ({"parent": "410902"}, "华龙区（410902）是县区，这里要填市。"),
        ({"parent": "9999"}, "没有代码为 9999 的区划，请核对代码。"),
    ],
)
def test_a_wrong_zone_says_so_keeps_what_was_typed_and_is_not_previewed(
    town: Town, wrong: dict[str, str], sentence: str
) -> None:
    answer = Reader(town.zheng).post(FOUND, zone(**({"document": "濮政〔2026〕7号"} | wrong)))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "确认设立区划" not in words(answer)
    for name, typed in (zone(document="濮政〔2026〕7号") | wrong).items():
        if name not in ("step", "level") and typed.strip():
            assert f'value="{typed}"' in words(answer), name
    assert Division.objects.filter(is_placeholder=True).count() == 0


def test_a_name_that_two_townships_have_is_asked_for_by_code(town: Town) -> None:
    twin = town.division("中原路街道")
    Division.objects.filter(pk=twin.pk).update(name="城关镇")
    fields = zone(level="village", parent="城关镇", code="410990001001")
    answer = Reader(town.zheng).post(FOUND, fields)
    assert "不止一个乡镇街道叫“城关镇”，请填代码：410902001（华龙区）、410922100（清丰县）。" in words(answer)


# ── a change ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.article(28)
def test_a_township_goes_to_the_zone_with_its_code_and_the_record_says_where_it_stood(town: Town) -> None:
    zheng, county = Reader(town.zheng), founded(town)
    fields = move(parent=county.code)
    preview = zheng.post(CHANGE, fields)
    assert "胜利路街道（410902002）将归演示90区管理，代码不变。" in words(preview)
    assert "演示90区还没有公布清单的，请先公布，否则那里只能按“不在清单”上报。" in words(preview)
    assert town.division("胜利路街道").parent.name == "华龙区", "nothing is saved by looking"
    assert zheng.post(CHANGE, fields | {"step": "confirm", "seen": seen_in(preview)}).status_code == 302
    moved = Division.objects.get(code="410902002")
    assert (moved.name, moved.parent) == ("胜利路街道", county)
    village, day = town.division("胜利社区"), MONDAY.date()
    assert way_up(village, day=day - timedelta(days=1))[1] == "华龙区"
    assert way_up(village, day=day)[1] == "演示90区"
    row = "胜利路街道 410902002 · 现归演示90区 2026年11月16日 胜利路街道 华龙区 管理权移交"
    assert row in plain(zheng.get("/divisions/"))
    entry = Entry.objects.get(subject=f"division:{moved.pk}")
    assert (entry.verb, entry.actor_id, entry.record["document"]) == ("change", town.zheng.pk, "管理权移交")


def test_a_division_is_renamed_alone_or_while_it_moves(town: Town) -> None:
    zheng = Reader(town.zheng)
    alone = move(parent="", name="胜利街道")
    text = words(zheng.post(CHANGE, alone))
    assert "胜利路街道（410902002）将改名为胜利街道，代码不变。" in text
    assert "新上报的事件" not in text, "it stays where it is"
    assert confirmed(zheng, CHANGE, alone).status_code == 302
    assert Division.objects.get(code="410902002").parent == town.division("华龙区")
    both = move(division="410902001", parent="清丰县", name="中原街道")
    assert "中原路街道（410902001）将改名为中原街道，归清丰县管理，代码不变。" in words(
        zheng.post(CHANGE, both)
    )
    village = move(division="410902001001", parent="", name="京东新村居委会")
    assert confirmed(zheng, CHANGE, village).status_code == 302
    assert Division.objects.get(code="410902001001").name == "京东新村社区"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"on": "2026-11-17"}, "区划变更从今天或以前的日期起登记。"),
        ({"on": "1926-11-16"}, "变更日不能早于濮阳建市的 1983-09-01。"),
        ({"on": "明天"}, "日期应写成 2026-12-08 这样。"),
        ({"parent": ""}, "请填写新名称或新上级，至少一项。"),
        ({"parent": "华龙区"}, "名称和上级都没有变。"),
        ({"parent": "410902002"}, "胜利路街道（410902002）是乡镇街道，这里要填县区。"),
        ({"parent": "濮阳市"}, "没有叫“濮阳市”的县区，请填 6 位代码，或列表里的名称。"),
        ({"division": "4109"}, "市级区划不在这里变更。"),
        ({"division": "410902003"}, "没有代码为 410902003 的区划，请核对代码。"),
        ({"division": "胜利路街道"}, "请填写 6 位、9 位或 12 位数字的区划代码。"),
        ({"division": "４１０９０２００３"}, "没有代码为 410902003 的区划，请核对代码。"),
        ({"document": ""}, "请填写依据文件。"),
        ({"name": "名" * 61}, "最多 60 字，您写了 61 字。"),
    ],
)
def test_a_wrong_change_says_so_keeps_what_was_typed_and_is_not_previewed(
    town: Town, wrong: dict[str, str], sentence: str
) -> None:
    answer = Reader(town.zheng).post(CHANGE, move(**wrong))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "确认变更区划" not in words(answer)
    for name, typed in (move() | wrong).items():
        if name != "step" and typed:
            assert f'value="{typed}"' in words(answer), name
    assert FormerDivision.objects.count() == 0


def test_a_second_change_on_the_same_day_is_refused_beside_the_day(town: Town) -> None:
    zheng = Reader(town.zheng)
    confirmed(zheng, CHANGE, move())
    answer = zheng.post(CHANGE, move(parent="华龙区"))
    assert (answer.status_code, "在这一天或之后已有变更登记" in words(answer)) == (422, True)
    assert list(answer.context["form"].errors) == ["on"]


@pytest.mark.parametrize(
    ("address", "fields", "other"),
    [(FOUND, zone(), {"name": "别的区"}), (CHANGE, move(), {"parent": "", "name": "胜利街道"})],
)
def test_what_was_changed_after_its_preview_is_previewed_again(
    town: Town, address: str, fields: dict[str, str], other: dict[str, str]
) -> None:
    zheng = Reader(town.zheng)
    seen = seen_in(zheng.post(address, fields))
    answer = zheng.post(address, fields | other | {"step": "confirm", "seen": seen})
    assert (answer.status_code, "内容在预览以后改过，请再看一遍预览。" in words(answer)) == (422, True)
    for blind in (
        fields | {"step": "confirm"},
        fields | {"step": "confirm", "seen": seen, "document": "别的"},
    ):
        assert zheng.post(address, blind).status_code == 422
    assert not Division.objects.filter(is_placeholder=True).exists()
    assert not FormerDivision.objects.exists()


def test_a_township_whose_grids_a_plan_is_changing_waits_for_the_plan(town: Town) -> None:
    zheng, plan = Reader(town.zheng), with_split(town)
    fields = move(division="410902001")
    sentence = f"方案 {plan.number}“京东社区调整”正在办理中原路街道的网格，请先由华龙区办结或撤回"
    assert sentence in words(zheng.post(CHANGE, fields))
    plan = published(town, plan)
    assert sentence in words(zheng.post(CHANGE, fields)), "published, and not yet in force"
    assert zheng.post(CHANGE, move()).status_code == 200, "the township beside it may go"
    assert zheng.post(CHANGE, fields | {"parent": "", "name": "中原街道"}).status_code == 200, (
        "a name is a name"
    )
    withdraw_plan(plan, by=town.wu, at=MONDAY, note="移交示范区")
    assert confirmed(zheng, CHANGE, fields).status_code == 302


@pytest.mark.article(28)
def test_an_open_case_goes_with_its_township_and_counts_where_it_was_reported(town: Town) -> None:
    case = reported(town)
    sent = move(division="410902001")
    preview = words(Reader(town.zheng).post(CHANGE, sent))
    assert "中原路街道还没有结案的事项从登记时起由清丰县接着负责；华龙区仍可查看，不能再办。" in preview
    case.refresh_from_db()
    assert case.county.name == "华龙区", "nothing is saved by looking"
    confirmed(Reader(town.zheng), CHANGE, sent)
    case.refresh_from_db()
    assert (case.township.name, case.county.name) == ("中原路街道", "清丰县")
    assert (case.reported_township.name, case.reported_county.name) == ("中原路街道", "华龙区")
    assert list(wrong_division_columns()) == [], "verify knows where the township stood"
    for name in ("zhao", "hua"):
        person = getattr(Town(), name)
        assert Case.objects.visible_to(person).filter(pk=case.pk).exists(), name


# ── who ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["wu", "zhao", "hua", "feng", "sun", "chen", "nobody"])
def test_only_the_city_s_authority_founds_and_changes(town: Town, name: str) -> None:
    person = getattr(town, name)
    for address, fields in ((FOUND, zone()), (CHANGE, move())):
        for answer in (Reader(person).get(address), Reader(person).post(address, fields)):
            assert answer.status_code == 403
            assert "区划由市主管部门设立和变更，县区和乡镇街道可以查看。" in words(answer)
    township, county = town.division("胜利路街道"), town.division("清丰县")
    with pytest.raises(NotPermitted, match="由市主管部门"):
        move_division(
            township, name="", parent=county, on=MONDAY.date(), document="移交", by=person, at=MONDAY
        )
    with pytest.raises(NotPermitted, match="由市主管部门"):
        found_zone(
            level="township", parent=county, code="410922999", name="x", document="d", by=person, at=MONDAY
        )


def test_offices_read_the_divisions_and_others_learn_who_does(town: Town) -> None:
    for name in ("wu", "zhao", "sun", "feng"):
        text = Reader(getattr(town, name)).text("/divisions/")
        assert "统计按上报时的区划，变更以后不改" in text
        assert "可以沿用别的县区的代码" in text
        assert FOUND not in text
        assert CHANGE not in text
    own = Reader(town.zheng).text("/divisions/")
    assert FOUND in own
    assert CHANGE in own
    for name in ("chen", "nobody"):
        assert Reader(getattr(town, name)).get("/divisions/").status_code == 403
    assert Visitor().get("/divisions/").status_code == 302, "a stranger signs in first"


def test_the_page_is_a_tab_of_the_plans(town: Town) -> None:
    assert '<a href="/divisions/" aria-current="page">区划</a>' in Reader(town.wu).text("/divisions/")
    assert '<a href="/divisions/">区划</a>' in Reader(town.zhao).text("/grid-rules/")
    assert "/divisions/" not in Reader(town.nobody).get("/divisions/").content.decode()


def test_fifty_zones_and_changes_cost_no_more_than_one(town: Town) -> None:
    zheng, township = Reader(town.zheng), town.division("胜利路街道")
    homes = [town.division("清丰县"), town.division("华龙区")]

    def one_more(number: int) -> None:
        founded(town, number)
        change_division(
            township,
            name="胜利路街道",
            parent=homes[number % 2],
            on=MONDAY.date() - timedelta(days=100 - number),
            document=f"第{number}次",
            by_id=town.zheng.pk,
            at=MONDAY,
        )

    one_more(40)
    few = zheng.statements("/divisions/")
    form = zheng.statements(FOUND)
    for number in range(41, 91):
        one_more(number)
    assert zheng.statements("/divisions/") == few
    assert zheng.statements(FOUND) == form
    first = words(zheng.get("/divisions/"))
    assert "第90次" in first
    assert "第40次" not in first, "the fifty-first stands on the next page"
    assert "第40次" in zheng.text(zheng.get("/divisions/").context["next_url"].split("#")[0])
