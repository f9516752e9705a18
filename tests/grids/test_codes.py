"""Grid codes: one versioned rule, no code is used twice, old codes still lead to their grid (Art. 7)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from audit.models import Entry as Link
from common.errors import RuleViolation
from grids.actions.codes import Wish, allot_codes, apply_due_rules, publish_code_rule, rule_on
from grids.actions.register import retire_grids
from grids.codes import DEFAULT_RANGES, DEFAULT_RULE, DEFAULT_SEGMENTS, Place, Rule
from grids.models import Grid, GridVersion
from grids.register_on_day import grid_by_code
from tests.town import FOUNDED, MONDAY, Town

JINGDONG = Place("410902", "410902001", "410902001001")
# Twenty digits as CJ/T 349 has them: county, township and village, a kind and a longer sequence.
LONGER = (
    {"name": "村代码", "source": "village", "length": 12},
    {
        "name": "类型",
        "source": "kind",
        "length": 2,
        "values": {"community": "10", "village": "20", "dedicated": "30"},
    },
    {"name": "顺序", "source": "sequence", "length": 6},
)
WIDE = {"community": [1, 9999], "village": [1, 9999], "dedicated": [1, 9999]}


@pytest.mark.article(7)
def test_the_default_code_is_the_village_s_code_and_three_digits() -> None:
    assert DEFAULT_RULE.compose(JINGDONG, kind="community", sequence=7) == "410902001001007"
    assert DEFAULT_RULE.compose(JINGDONG, kind="dedicated", sequence=800) == "410902001001800"
    with pytest.raises(ValueError, match="不在号段 1–799"):
        DEFAULT_RULE.compose(JINGDONG, kind="community", sequence=800)


@pytest.mark.parametrize(
    ("segments", "ranges", "sentence"),
    [
        (DEFAULT_SEGMENTS[:1], DEFAULT_RANGES, "须有且只有一个顺序码段"),
        (DEFAULT_SEGMENTS[1:], DEFAULT_RANGES, "须含村（社区）代码段"),
        ((*DEFAULT_SEGMENTS, {"name": "x", "source": "moon", "length": 1}), DEFAULT_RANGES, "来源“moon”"),
        (
            (*DEFAULT_SEGMENTS, {"name": "x", "source": "literal", "length": 10}),
            DEFAULT_RANGES,
            "固定码段应为",
        ),
        (
            (DEFAULT_SEGMENTS[0], {"source": "sequence", "length": 3, "padding": "9"}),
            DEFAULT_RANGES,
            "只能用 0 补位",
        ),
        (({"source": "village", "length": 0}, DEFAULT_SEGMENTS[1]), DEFAULT_RANGES, "长度应为 1–24"),
        (DEFAULT_SEGMENTS, {**DEFAULT_RANGES, "village": [1, 1000]}, "放不进 3 位"),
        (DEFAULT_SEGMENTS, {**DEFAULT_RANGES, "village": "many"}, "应为两个从小到大的整数"),
        (
            (*DEFAULT_SEGMENTS, {"name": "x", "source": "literal", "length": 12, "literal": "0" * 12}),
            DEFAULT_RANGES,
            "最长 24 位",
        ),
    ],
)
def test_what_is_no_rule_is_refused_with_a_sentence(segments: Any, ranges: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Rule.read(segments, ranges)


@pytest.mark.article(7)
def test_a_new_grid_takes_the_number_after_the_highest_ever_used(town: Town) -> None:
    rule, village = rule_on(FOUNDED), town.division("京东社区")
    second = Grid.objects.get(code="410902001001002")
    retire_grids({second: town.grid}, on=date(2026, 1, 1), at=MONDAY)
    wishes = [Wish(village, "community"), Wish(village, "dedicated"), Wish(village, "community")]
    assert allot_codes(wishes, rule=rule) == ["410902001001003", "410902001001800", "410902001001004"]


def test_a_code_asked_for_must_fit_the_rule_and_be_new(town: Town) -> None:
    rule, village = rule_on(FOUNDED), town.division("京东社区")
    assert allot_codes([Wish(village, "community", "410902001001055")], rule=rule) == ["410902001001055"]
    for code, sentence in (
        ("410902001001002", "已用过"),
        ("410902001002009", "不合现行编码规则"),
        ("410902001001800", "不在号段"),
        ("4109020010010+5", "不合现行编码规则"),
    ):
        with pytest.raises(RuleViolation, match=sentence):
            allot_codes([Wish(village, "community", code)], rule=rule)


def test_a_used_up_range_is_reported(town: Town) -> None:
    village = town.division("京东社区")
    rule = rule_on(FOUNDED)
    rule.ranges = {**DEFAULT_RANGES, "community": [1, 3]}
    with pytest.raises(RuleViolation, match="京东社区：号段 1–3 已用完"):
        allot_codes([Wish(village, "community"), Wish(village, "community")], rule=rule)


@pytest.mark.article(7)
def test_a_change_of_rule_recodes_all_in_one_batch_and_old_codes_still_find(town: Town) -> None:
    day, chens = MONDAY.date() + timedelta(days=30), town.grid.pk
    rule = {"segments": list(LONGER), "ranges": WIDE, "allocation": "next_free"}
    publish_code_rule(
        title="省编码规则",
        document="豫网〔2026〕1号",
        effective_on=day,
        stored=rule,
        by_id=town.wu.pk,
        at=MONDAY,
    )
    assert apply_due_rules(today=day - timedelta(days=1), at=MONDAY) == 0
    assert apply_due_rules(today=day, at=MONDAY) == 5
    assert apply_due_rules(today=day, at=MONDAY) == 0, "a second run changes nothing"
    grid = Grid.objects.get(pk=chens)
    assert grid.code == "41090200100110000001"
    assert grid_by_code("410902001001001") == grid == grid_by_code(grid.code)
    then, now = GridVersion.objects.filter(grid=grid).order_by("valid_from")
    assert (then.code, then.valid_to, now.code, now.valid_from) == ("410902001001001", day, grid.code, day)
    assert now.units.get().name == "示范小区1号院", "units live on under the new code"
    batch = Link.objects.get(subject="code_rules", verb="apply")
    assert batch.record["codes"]["410902001001002"] == "41090200100110000002"


def test_a_rule_cannot_begin_today_nor_before_another(town: Town) -> None:
    rule = {"segments": list(LONGER), "ranges": WIDE, "allocation": "next_free"}
    for on, sentence in ((MONDAY.date(), "须晚于今天"), (date(2024, 1, 1), "须晚于今天")):
        with pytest.raises(RuleViolation, match=sentence):
            publish_code_rule(title="t", document="d", effective_on=on, stored=rule, by_id=1, at=MONDAY)
    on = MONDAY.date() + timedelta(days=9)
    publish_code_rule(title="t", document="d", effective_on=on, stored=rule, by_id=town.wu.pk, at=MONDAY)
    with pytest.raises(RuleViolation, match="已有同日或更晚"):
        publish_code_rule(title="t", document="d", effective_on=on, stored=rule, by_id=town.wu.pk, at=MONDAY)
    rule = {
        **rule,
        "segments": [*LONGER, {"name": "x", "source": "literal", "length": 8, "literal": "A" * 8}],
    }
    later = on + timedelta(days=1)
    with pytest.raises(RuleViolation, match="最长 24 位"):
        publish_code_rule(
            title="t", document="d", effective_on=later, stored=rule, by_id=town.wu.pk, at=MONDAY
        )
