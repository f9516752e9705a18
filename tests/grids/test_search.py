"""Grids and places are found by characters, initials, codes old and new, and units (Art. 7, 13)."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import RuleViolation
from common.initials import initials
from grids.actions.codes import apply_due_rules, publish_code_rule
from grids.actions.register import retire_grids
from grids.models import Division, Grid
from grids.search import LONGEST, MOST_GRIDS, find, read_question
from tests.grids.test_codes import LONGER, WIDE
from tests.shapes import Sent
from tests.town import MONDAY, Town


@pytest.fixture
def readable_town(town: Town) -> Town:
    """The town with the initials that an import gives to divisions."""
    for division in Division.objects.all():
        Division.objects.filter(pk=division.pk).update(initials=initials(division.name))
    return town


def names(text: str) -> list[str]:
    return [hit.grid.name for hit in find(read_question(text)).hits]


def places(text: str) -> list[str]:
    return [place.name for place in find(read_question(text)).places]


@pytest.mark.parametrize("text", ["京东社区", "jdsq", "JDSQ", " ｊｄｓｑ ", "京东 网格", "41090200100100"])
def test_a_community_s_grids_are_found_by_what_people_type(readable_town: Town, text: str) -> None:
    assert names(text) == ["京东社区第1网格", "京东社区第2网格"]


@pytest.mark.parametrize(
    ("text", "place"), [("中原路", "中原路街道"), ("zyl", "中原路街道"), ("4109020020", "胜利社区")]
)
def test_a_place_is_found_too(readable_town: Town, text: str, place: str) -> None:
    assert place in places(text)


def test_the_city_itself_is_not_a_result(readable_town: Town) -> None:
    assert places("濮阳市") == []


def test_all_words_must_fit(readable_town: Town) -> None:
    assert names("中原路 玉北") == ["玉北社区第1网格"]
    assert names("胜利路 玉北") == []


@pytest.mark.parametrize("text", ["示范小区2号院", "2号院", "sfxq2hy"])
def test_a_grid_is_found_by_a_unit_in_it_and_says_so(readable_town: Town, text: str) -> None:
    (hit,) = find(read_question(text)).hits
    assert (hit.grid.code, hit.because) == ("410902001001002", "含示范小区2号院")


@pytest.mark.article(7)
def test_an_old_code_finds_the_grid_and_says_that_it_is_old(readable_town: Town) -> None:
    day = MONDAY.date() + timedelta(days=30)
    rule: Sent = {"segments": list(LONGER), "ranges": WIDE, "allocation": "next_free"}
    publish_code_rule(
        title="省规则", document="1号", effective_on=day, stored=rule, by_id=readable_town.wu.pk, at=MONDAY
    )
    apply_due_rules(today=day, at=MONDAY)
    (hit,) = find(read_question("410902001001001")).hits
    assert hit.grid.code == "41090200100110000001"
    assert hit.because == "原编码 410902001001001"
    assert [hit.because for hit in find(read_question("41090200100110000001")).hits] == [""]


def test_a_retired_grid_is_found_last_and_a_drafted_one_not_at_all(readable_town: Town) -> None:
    first, second = readable_town.grid, readable_town.grid_of("001002")
    retire_grids({first: second}, on=MONDAY.date(), at=MONDAY)
    assert names("京东社区") == ["京东社区第2网格", "京东社区第1网格"]
    Grid.objects.filter(pk=second.pk).update(status="draft", in_force_on=None)
    assert names("京东社区") == ["京东社区第1网格"]


@pytest.mark.parametrize("text", ["", "   ", "京", "j", "410", "京 东"])
def test_too_little_is_answered_with_a_sentence(text: str) -> None:
    with pytest.raises(RuleViolation, match="至少写两个字"):
        read_question(text)


def test_too_much_is_answered_with_a_sentence() -> None:
    with pytest.raises(RuleViolation, match=f"最多写 {LONGEST} 个字"):
        read_question("长" * 5000)


@pytest.mark.parametrize("text", ["%%", "__", "' OR 1=1", "\\\\", "网格%"])
def test_signs_of_the_database_are_only_signs(readable_town: Town, text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize("text", ["京东社区", "jdsq", "示范小区", "410902001001001", "zz", "号院 京东"])
def test_a_search_costs_at_most_four_statements(readable_town: Town, text: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        find(read_question(text))
    assert len(captured) <= 4


NOTHING = "zzzz"


@pytest.mark.slow
def test_the_whole_city_answers_quickly_and_never_more_than_fifty(own_city: str) -> None:
    spent: dict[str, list[float]] = {}
    for text in (
        "网格",
        "jdsq",
        "示范小区甲1",
        "4109",
        "中原路 社区",
        "dycmxz",
        "村民小组",
        "sq",
        NOTHING,
    ) * 10:
        began = perf_counter()
        found = find(read_question(text))
        spent.setdefault(text, []).append(perf_counter() - began)
        assert len(found.hits) <= MOST_GRIDS
    assert find(read_question("网格")).is_cut
    # As a ratio in one run, so that a busy machine slows both: what is found in the whole city against what is not.
    middle = {text: median(seconds) for text, seconds in spent.items()}
    assert max(middle.values()) < 6 * middle[NOTHING], middle
