"""A drawing is saved as it is, however incomplete; the checks name what is missing, and submitting waits for it."""

from __future__ import annotations

from typing import Any

import pytest

from common import clock
from common.errors import RuleViolation
from plans.actions.plans import submit_plan
from plans.examination import findings_of
from plans.models import GridPlan, PlannedGrid
from tests.plans.drafts import drafted, step
from tests.town import MONDAY, Town
from worktime.clocks import day_of

VILLAGE = "410902001001"
CORNER = "115.000,35.710\n115.010,35.710\n115.010,35.715\n115.000,35.715"  # north of 京东社区's first grid


def created(town: Town, **fields: Any) -> GridPlan:
    """A plan with one new grid of 京东社区, of which only ``fields`` are known."""
    return step(drafted(town), "create", by=town.wu, **({"village": VILLAGE, "geometry": CORNER} | fields))


def row_of(plan: GridPlan) -> PlannedGrid:
    return plan.grids.get(key="n1")


def blocking(plan: GridPlan) -> dict[str, list[str]]:
    """The sentences of the blocking findings by rule."""
    found: dict[str, list[str]] = {}
    for finding in findings_of(plan, today=day_of(clock.now())):
        if finding.severity == "blocking":
            found.setdefault(finding.rule, []).append(finding.sentence)
    return found


def refused(town: Town, plan: GridPlan, sentence: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        submit_plan(plan, by=town.wu, at=MONDAY)
    assert sentence in " ".join(refusal.value.details["findings"])


@pytest.mark.parametrize("name", ["", "  "])
def test_a_grid_without_a_name_is_saved_and_the_checks_ask_for_it(town: Town, name: str) -> None:
    plan = created(town, name=name)
    assert row_of(plan).name == "京东社区未命名网格"
    assert blocking(plan)["unfinished"] == ["京东社区未命名网格：请填写网格名称。"]
    refused(town, plan, "请填写网格名称")
    named = step(plan, "rename", by=town.wu, key="n1", name="北甲网格")
    assert "unfinished" not in blocking(named)


def test_two_grids_without_a_name_can_be_told_apart(town: Town) -> None:
    plan = created(town)
    plan = step(plan, "create", by=town.wu, village=VILLAGE)
    assert [row.name for row in plan.grids.order_by("key")] == [
        "京东社区未命名网格",
        "京东社区未命名网格二",
    ]
    assert "duplicate_name" not in blocking(plan)


@pytest.mark.parametrize("geometry", [None, "", " \n"])
def test_a_grid_without_a_boundary_is_saved_and_drawn_later(town: Town, geometry: str | None) -> None:
    plan = created(town, name="北甲网格", geometry=geometry)
    assert row_of(plan).boundary is None
    assert blocking(plan)["empty"] == ["北甲网格还没有边界。"]
    drawn = step(plan, "redraw", by=town.wu, key="n1", geometry=CORNER)
    assert row_of(drawn).boundary is not None
    assert "empty" not in blocking(drawn)


def test_a_grid_that_names_no_village_is_of_the_one_where_it_lies(town: Town) -> None:
    assert row_of(created(town, village="")).village == town.division("京东社区")
    inside = "115.022,35.702\n115.028,35.702\n115.028,35.708"
    assert row_of(created(town, village="", geometry=inside)).village == town.division("玉北社区")


def test_a_grid_without_village_and_place_is_refused_with_what_to_choose(town: Town) -> None:
    with pytest.raises(RuleViolation, match="请选择华龙区的一个村"):
        created(town, village="", geometry=None)
    elsewhere = "115.042,35.702\n115.048,35.702\n115.048,35.708"  # in 清丰县
    with pytest.raises(RuleViolation, match="请选择华龙区的一个村"):
        created(town, village="", geometry=elsewhere)


@pytest.mark.article(8)
@pytest.mark.parametrize(
    ("given", "asked"),
    [({}, ["请选择类别", "请选择职能部门"]), ({"premises": "market"}, ["请选择职能部门"])],
)
@pytest.mark.parametrize("verb", ["create", "describe"])
def test_a_dedicated_grid_is_saved_before_its_premises_and_department_are_known(
    town: Town, verb: str, given: dict[str, str], asked: list[str]
) -> None:
    if verb == "create":
        plan = created(town, name="市场网格", kind="dedicated", **given)
    else:
        key = f"g{town.grid.pk}"
        plan = step(drafted(town), "describe", by=town.wu, key=key, kind="dedicated", **given)
    assert plan.grids.get().kind == "dedicated"
    found = blocking(plan)["unfinished"]
    assert len(found) == len(asked)
    assert all(words in sentence for words, sentence in zip(asked, found, strict=True))
    refused(town, plan, asked[0])


def test_land_that_nobody_takes_is_saved_and_named(town: Town) -> None:
    plan = step(drafted(town), "retire", by=town.wu, key=f"g{town.grid.pk}")
    assert plan.grids.get().is_retired
    assert blocking(plan)["gap"]


def test_what_is_wrong_is_still_refused(town: Town) -> None:
    with pytest.raises(RuleViolation, match="看不见的字符"):
        created(town, name="甲\u200b乙")
    with pytest.raises(RuleViolation, match="请改好后再保存"):
        created(town, geometry="115.00,35.71\n115.01,35.715\n115.01,35.71\n115.00,35.715")
    with pytest.raises(RuleViolation, match="请填写网格名称"):
        step(drafted(town), "rename", by=town.wu, key=f"g{town.grid.pk}", name=" ")
