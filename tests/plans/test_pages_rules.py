"""The page of rules: a county's norm from a later day, the city's coding rule after its preview (Art. 7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from audit.models import Entry
from common.errors import NotPermitted
from grids.actions.codes import apply_due_rules
from grids.models import CodeRule, Grid
from plans.actions.norms import NormDraft, publish_norm
from plans.models import GridNorm
from plans.norms import norm_of
from tests.plans.pages import Reader, plain, words
from tests.shapes import Sent
from tests.town import MONDAY, Town

pytestmark = pytest.mark.usefixtures("monday")
DAY = "2026-12-01"


def norm(**other: Any) -> Sent:
    """A county's norm as it is typed."""
    return {
        "community_min": 300,
        "community_max": 500,
        "village_min": 60,
        "village_max": 400,
        "staffing_grace_days": 20,
        "notice_days": 7,
        "filing_working_days": 5,
        "document": "华网〔2026〕1号",
        "effective_on": DAY,
    } | other


def rule(**other: Any) -> Sent:
    """A coding rule with a letter and four digits."""
    fields = {"title": "省编码规则", "document": "豫网〔2026〕9号", "effective_on": DAY, "step": "preview"}
    segments = (
        ("村代码", "village", 12, "0", ""),
        ("标识", "literal", 1, "", "W"),
        ("顺序", "sequence", 4, "0", ""),
    )
    for row, segment in enumerate(segments):
        for name, value in zip(("name", "source", "length", "padding", "literal"), segment, strict=True):
            fields[f"{name}_{row}"] = str(value)
    for kind, (low, high) in {
        "community": (1, 4999),
        "village": (1, 4999),
        "dedicated": (5000, 9999),
    }.items():
        fields |= {f"low_{kind}": str(low), f"high_{kind}": str(high)}
    return fields | other


def seen_in(answer: Any) -> str:
    """The mark of the preview that the page carries."""
    return str(answer.context["form"].data["seen"])


# ── norms ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.article(7)
def test_a_county_sets_its_norm_from_a_later_day_and_the_old_one_stays_on_record(town: Town) -> None:
    wu, county = Reader(town.wu), town.division("华龙区")
    assert 'value="200"' in wu.text("/grid-rules/norm/"), "it begins with the numbers in force"
    assert wu.post("/grid-rules/norm/", norm())["Location"] == "/grid-rules/"
    assert norm_of(county.pk, day=date(2026, 11, 30)).notice_days == 3
    assert norm_of(county.pk, day=date(2026, 12, 1)).notice_days == 7
    assert norm_of(town.division("清丰县").pk, day=date(2026, 12, 1)).notice_days == 3
    text = plain(wu.get("/grid-rules/"))
    assert (
        "2026年12月1日 将施行 华龙区 300–500 户 60–400 户 20 天 至少 7 天 5 个工作日 华网〔2026〕1号" in text
    )
    assert "华龙区 按全市默认" in text, "today still"
    entry = Entry.objects.get(subject="grid_norms", verb="publish")
    assert (entry.verb, entry.actor_id, entry.record["notice_days"]) == ("publish", town.wu.pk, 7)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"document": " "}, "请填写依据文件。"),
        ({"effective_on": "2026-11-16"}, "施行日期须晚于今天。"),
        ({"community_max": 299}, "社区网格最多户数应不少于最少户数，不超过 100000。"),
        ({"village_min": 0}, "应为 1–100000 的整数。"),
        ({"notice_days": "三"}, "应为 1–90 的整数。"),
        ({"filing_working_days": 61}, "应为 1–60 的整数。"),
    ],
)
def test_a_wrong_norm_says_so_and_keeps_what_was_typed(town: Town, wrong: Sent, sentence: str) -> None:
    answer = Reader(town.wu).post("/grid-rules/norm/", norm(staffing_grace_days=41) | wrong)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="41"' in words(answer)
    assert GridNorm.objects.count() == 1


def test_norms_of_a_place_follow_one_another(town: Town) -> None:
    wu = Reader(town.wu)
    wu.post("/grid-rules/norm/", norm())
    answer = wu.post("/grid-rules/norm/", norm(effective_on="2026-11-30"))
    assert (answer.status_code, "已有 2026-12-01 起施行的标准，新标准须更晚施行。" in words(answer)) == (
        422,
        True,
    )


def test_only_the_county_s_and_the_city_s_authorities_set_norms(town: Town) -> None:
    zheng = Reader(town.zheng)
    assert zheng.post("/grid-rules/norm/", norm(document="濮网〔2026〕3号")).status_code == 302
    assert GridNorm.objects.get(document="濮网〔2026〕3号").county is None
    for name in ("zhao", "hua", "feng", "sun", "chen"):
        reader = Reader(getattr(town, name))
        for answer in (reader.get("/grid-rules/norm/"), reader.post("/grid-rules/norm/", norm())):
            assert answer.status_code == 403, name
            assert "网格标准由县区主管部门制定，默认标准由市主管部门制定。" in words(answer)
    foreign = {name: value for name, value in norm().items() if name != "effective_on"}
    draft = NormDraft(effective_on=date(2026, 12, 1), **foreign)
    with pytest.raises(NotPermitted, match="清丰县的网格标准由清丰县主管部门制定"):
        publish_norm(draft, county=town.division("清丰县"), by=town.wu, at=MONDAY)
    with pytest.raises(NotPermitted, match="由市主管部门制定"):
        publish_norm(draft, county=None, by=town.wu, at=MONDAY)


def test_offices_read_the_rules_and_others_learn_who_does(town: Town) -> None:
    for name in ("wu", "zhao", "sun", "zheng"):
        assert "默认设置，各县区可另定" in Reader(getattr(town, name)).text("/grid-rules/")
    assert "定新标准" not in Reader(town.zhao).text("/grid-rules/")
    for name in ("chen", "nobody"):
        assert Reader(getattr(town, name)).get("/grid-rules/").status_code == 403


# ── the coding rule ─────────────────────────────────────────────────────────────────────────────


def test_the_rule_in_force_is_shown_with_an_example_and_the_numbers_left(town: Town) -> None:
    text = plain(Reader(town.wu).get("/grid-rules/"))
    assert "京东社区的一个编码 410902001001 村（社区）代码 001 网格顺序码" in text
    assert "社区网格 1–799 799 京东社区 797" in text
    assert "专属网格 800–899 100 京东社区 100" in text
    assert "公布新规则" not in text
    assert "公布新规则" in Reader(town.zheng).text("/grid-rules/")


@pytest.mark.article(7)
def test_a_new_rule_is_previewed_then_published_and_does_what_the_preview_said(town: Town) -> None:
    zheng = Reader(town.zheng)
    preview = zheng.post("/grid-rules/code/", rule())
    assert preview.status_code == 200
    assert "预览：5 个在用网格将换成新编码" in plain(preview)
    new_codes = {row.old: row.new for row in preview.context["ahead"].sample}
    assert new_codes["410902001001001"] == "410902001001W0001"
    assert not CodeRule.objects.filter(document="豫网〔2026〕9号").exists(), "nothing is saved by looking"
    done = zheng.post("/grid-rules/code/", rule(step="confirm", seen=seen_in(preview)))
    assert done["Location"] == "/grid-rules/"
    assert "省编码规则 豫网〔2026〕9号 2026年12月1日 将施行" in plain(zheng.get("/grid-rules/"))
    assert apply_due_rules(today=date(2026, 12, 1), at=MONDAY + timedelta(days=15)) == 5
    assert set(Grid.objects.in_force().values_list("code", flat=True)) == set(new_codes.values())


def test_a_rule_that_was_changed_after_its_preview_is_previewed_again(town: Town) -> None:
    zheng = Reader(town.zheng)
    mark = seen_in(zheng.post("/grid-rules/code/", rule()))
    answer = zheng.post("/grid-rules/code/", rule(step="confirm", seen=mark, literal_1="X"))
    assert answer.status_code == 422
    assert "内容在预览以后改过，请再看一遍预览。" in words(answer)
    assert "410902001001X0001" in words(answer)
    assert zheng.post("/grid-rules/code/", rule(step="confirm")).status_code == 422, "never previewed at all"
    assert CodeRule.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "请填写编码规则的名称。"),
        ({"document": ""}, "请填写编码规则的文号。"),
        ({"source_2": ""}, "编码规则须有且只有一个顺序码段。"),
        ({"source_0": "county"}, "编码规则须含村（社区）代码段：网格属于村（社区）。"),
        ({"literal_1": "w"}, "固定码段应为 1 位数字或大写字母。"),
        ({"length_0": "20"}, "网格编码最长 24 位，这条规则有 25 位。"),
        ({"length_0": ""}, "码段“村代码”的长度应为 1–24 的整数。"),
        ({"length_0": "25"}, "应为 1–24 的整数。"),
        ({"high_community": "99999"}, "号段 1–99999 放不进 4 位顺序码。"),
        ({"low_village": ""}, "应为 0–999999 的整数。"),
        (
            {"length_0": "11"},
            "按这条规则不能给所有网格编码：京东社区：“村代码”的值 410902001001 超过 11 位。",
        ),
        ({"high_community": "1"}, "按这条规则不能给所有网格编码：京东社区：号段 1–1 已用完"),
        ({"source_1": "kind", "value_community": "1"}, "有“网格类型”码段时，三类网格都要填类型码。"),
    ],
)
def test_an_invalid_rule_is_refused_before_any_preview(
    town: Town, wrong: dict[str, str], sentence: str
) -> None:
    answer = Reader(town.zheng).post("/grid-rules/code/", rule() | wrong)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert "确认公布" not in words(answer)
    assert CodeRule.objects.count() == 1


def test_a_rule_for_today_is_refused_beside_its_day(town: Town) -> None:
    zheng = Reader(town.zheng)
    fields = rule(effective_on="2026-11-16")
    mark = seen_in(zheng.post("/grid-rules/code/", fields))
    answer = zheng.post("/grid-rules/code/", {**fields, "step": "confirm", "seen": mark})
    assert (answer.status_code, "新规则的施行日期须晚于今天。" in words(answer)) == (422, True)


def test_a_code_for_each_kind_is_composed(town: Town) -> None:
    kinds = {
        "source_1": "kind",
        "length_1": "1",
        "literal_1": "",
        "value_community": "S",
        "value_village": "C",
    }
    preview = Reader(town.zheng).post("/grid-rules/code/", rule(value_dedicated="Z", **kinds))
    new = {row.new for row in preview.context["ahead"].sample}
    assert {"410902001001S0001", "410922100201C0001"} <= new


@pytest.mark.parametrize("name", ["wu", "zhao", "feng"])
def test_only_the_city_s_authority_publishes_a_coding_rule(town: Town, name: str) -> None:
    reader = Reader(getattr(town, name))
    for answer in (reader.get("/grid-rules/code/"), reader.post("/grid-rules/code/", rule())):
        assert answer.status_code == 403
        assert "全市的默认标准和编码规则由市主管部门制定。" in words(answer)
