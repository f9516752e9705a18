"""What a plan does to a grid, field by field, in words (Art. 7, 8)."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely import Geometry

from grids.facts import Facts, Unit
from plans.comparison import Difference, Side, differences

SQUARE = shapely.box(115.0, 35.70, 115.01, 35.71)
UNITS = (Unit("estate", "甲小区", "", 200), Unit("estate", "乙小区", "", 200))
FACTS = Facts("第一网格", "community", 7, households=400, population=1100, units=UNITS)
BEFORE = Side(FACTS, "京东社区", code="410902001001001", shape=SQUARE)


def after(
    shape: Geometry = SQUARE, *, village: str = "京东社区", code: str = BEFORE.code, **facts: object
) -> Side:
    return Side(replace(FACTS, **facts), village, code=code, shape=shape)  # type: ignore[arg-type]


def changes(now: Side | None, *, was: Side | None = BEFORE) -> list[tuple[str, str, str]]:
    return [(each.name, each.before, each.after) for each in differences(was, now)]


def test_what_does_not_change_is_not_listed() -> None:
    assert changes(BEFORE) == []


def test_each_field_that_differs_is_listed_once_and_in_order() -> None:
    moved = after(name="甲网格", village="玉北社区", code="", households=12_345, population=0)
    assert changes(moved) == [
        ("名称", "第一网格", "甲网格"),
        ("编码", "410902001001001", "批准时给出"),
        ("村社区", "京东社区", "玉北社区"),
        ("户数", "400 户", "12,345 户"),
        ("人口", "1,100 人", "0 人"),
    ]


def test_a_dedicated_grid_names_its_premises_and_its_department() -> None:
    now = replace(after(kind="dedicated", premises="market"), department="华龙区市场监管")
    assert changes(now) == [
        ("类型", "社区网格", "专属网格（商圈市场）"),
        ("职能部门", "", "华龙区市场监管"),
    ]


def test_land_given_away_is_shown_as_two_areas() -> None:
    (area,) = changes(after(shapely.box(115.0, 35.70, 115.005, 35.71)))
    assert area == ("面积", "1,004,111 平方米", "502,055 平方米")


def test_land_exchanged_for_the_same_area_is_shown_as_moved() -> None:
    shifted = shapely.box(115.001, 35.70, 115.011, 35.71)
    (area,) = changes(after(shifted))
    assert area == ("面积", "1,004,111 平方米", "1,004,111 平方米（边界移动涉及 200,822 平方米）")


@pytest.mark.parametrize(
    "shape",
    [
        shapely.segmentize(SQUARE, 0.001),  # nodes only
        shapely.box(115.0, 35.70, 115.0100000001, 35.71),  # a thousandth of a millimetre
        shapely.Polygon(
            [(115.01, 35.71), (115.01, 35.70), (115.0, 35.70), (115.0, 35.71)]
        ),  # another beginning
    ],
)
def test_less_than_a_square_metre_is_no_change(shape: Geometry) -> None:
    assert changes(after(shape)) == []


def test_a_grid_that_gets_its_first_boundary_says_so() -> None:
    assert changes(BEFORE, was=replace(BEFORE, shape=None)) == [("面积", "", "1,004,111 平方米")]


def test_units_that_leave_and_join_stand_on_their_sides() -> None:
    now = after(units=(UNITS[1], Unit("estate", "丙小区")))
    assert changes(now) == [("基本单元", "移出：甲小区", "加入：丙小区")]
    assert changes(after(units=UNITS[::-1])) == [], "another order is the same units"


def test_a_new_grid_and_an_ended_one_are_described_in_full() -> None:
    begun = differences(None, BEFORE)
    assert [each.name for each in begun] == [
        "名称",
        "编码",
        "类型",
        "村社区",
        "面积",
        "户数",
        "人口",
        "基本单元",
    ]
    assert {each.before for each in begun} == {""}
    ended = differences(BEFORE, None)
    assert [Difference(each.key, each.name, each.after, each.before) for each in ended] == begun
