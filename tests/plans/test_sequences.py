"""No sequence of plans, files and rules may cause overlaps, lost people or plans that cannot go on."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import shapely

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation
from grids.actions.codes import publish_code_rule
from grids.facts import Unit
from grids.invariants import INVARIANTS
from grids.models import Grid
from grids.register_on_day import grid_by_code
from personnel.models import GridPosting
from plans.actions.effect import bring_into_force
from plans.actions.imports import choose_crs, confirm_import, take_file, work_on_imports
from plans.actions.plans import approve_plan, consent_to_plan, publish_plan, submit_plan, withdraw_plan
from plans.actions.reversal import prepare_reversal
from plans.actions.steps import undo
from plans.models import GridPlan, ImportJob
from tests.grids.test_codes import LONGER, WIDE
from tests.plans.drafts import EFFECT, agreed, drafted, published, step, with_split
from tests.town import MONDAY, Town

LATER = MONDAY + timedelta(days=14)
NORTH = "115.0,35.71\n115.01,35.71\n115.01,35.72\n115.0,35.72"


def again(plan: GridPlan) -> GridPlan:
    return GridPlan.objects.get(pk=plan.pk)


def faults() -> list[str]:
    return [fault for invariant in INVARIANTS for fault in invariant.faults()]


def on_free_land(town: Town, name: str, **fields: Any) -> GridPlan:
    words = {
        "village": "410902001001",
        "name": name,
        "kind": "community",
        "geometry": NORTH,
        "households": 300,
    }
    return step(drafted(town), "create", by=town.wu, **(words | fields))


@pytest.mark.article(7)
def test_two_plans_for_the_same_free_land_cannot_both_be_settled(town: Town) -> None:
    first, second = on_free_land(town, "北甲网格"), on_free_land(town, "北乙网格")
    first, second = agreed(town, first), agreed(town, second)
    publish_plan(approve_plan(first, by=town.wu, at=MONDAY), by=town.wu, at=MONDAY)
    with pytest.raises(RuleViolation, match=r"北.网格与北.网格重叠"):
        approve_plan(second, by=town.wu, at=MONDAY)
    bring_into_force(today=EFFECT, at=LATER)
    assert not faults()


@pytest.mark.article(7)
@pytest.mark.parametrize("days", [-1, 0, 1])
@pytest.mark.parametrize("late", [0, 7])
def test_a_code_rule_and_a_plan_of_nearby_days_both_come_into_force(town: Town, days: int, late: int) -> None:
    plan = published(town, with_split(town))
    rule = {"segments": list(LONGER), "ranges": WIDE, "allocation": "next_free"}
    day = EFFECT + timedelta(days=days)
    publish_code_rule(title="省", document="1号", effective_on=day, stored=rule, by_id=town.wu.pk, at=MONDAY)
    today = EFFECT + timedelta(days=1 + late)
    if late == 0:
        bring_into_force(today=EFFECT - timedelta(days=1), at=LATER)
        bring_into_force(today=EFFECT, at=LATER)
    bring_into_force(today=today, at=LATER)
    assert again(plan).status == "in_force"
    assert not faults()
    assert {len(code) for code in Grid.objects.in_force().values_list("code", flat=True)} == {20}
    assert grid_by_code("410902001001003") is not None


def test_two_plans_of_neighbours_on_one_day_both_come_into_force(town: Town) -> None:
    other = Grid.objects.get(code="410902001001002")
    line = "115.014,35.69\n115.016,35.72"
    first = published(town, with_split(town))
    fields = {"key": f"g{other.pk}", "line": line, "name": "京东社区东网格"}
    second = published(town, step(drafted(town), "split", by=town.wu, **fields))
    assert bring_into_force(today=EFFECT, at=LATER) == 2
    assert {again(first).status, again(second).status} == {"in_force"}
    assert not faults()


def test_a_grid_changed_by_another_plan_is_drawn_again_and_passes(town: Town) -> None:
    late = step(drafted(town), "rename", by=town.wu, key=f"g{town.grid.pk}", name="改名二")
    published(town, step(drafted(town), "rename", by=town.wu, key=f"g{town.grid.pk}", name="改名一"))
    bring_into_force(today=EFFECT, at=LATER)
    with pytest.raises(RuleViolation, match="起草以后已被别的方案改动"):
        submit_plan(again(late), by=town.wu, at=MONDAY)
    late = step(again(late), "rename", by=town.wu, key=f"g{town.grid.pk}", name="改名三")
    assert submit_plan(late, by=town.wu, at=MONDAY).status == "consulting"


def imported(plan: GridPlan, by: User, code: str, village: str) -> ImportJob:
    ring = [[115.0, 35.7], [115.01, 35.7], [115.01, 35.71], [115.0, 35.71], [115.0, 35.7]]
    feature = {
        "type": "Feature",
        "properties": {"网格名称": "胜利新网格", "编码": code, "村代码": village},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    text = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
    job = take_file(plan, io.BytesIO(text), name="a.geojson", size=len(text), by=by, at=MONDAY)
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    choose_crs(job, crs="EPSG:4490", by=by)
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    return job


def test_a_file_takes_no_grid_of_another_township_by_its_code(
    town: Town, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    job = imported(drafted(town, by=town.duan), town.duan, town.grid.code, "410902002001")
    assert job.summary["change"] == 0
    assert "的网格不在您能改动的范围内" in job.rows.get(outcome="fault").reason


def test_a_preview_that_somebody_has_drawn_past_is_not_confirmed(
    town: Town, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    plan = drafted(town)
    job = imported(plan, town.wu, town.grid.code, "410902001001")
    step(again(plan), "rename", by=town.zhao, key=f"g{town.grid.pk}", name="赵改的网格")
    with pytest.raises(IllegalMove, match="预览已过时"):
        confirm_import(job, by=town.wu, at=MONDAY)


@pytest.mark.article(7)
def test_a_township_takes_back_no_step_about_another_s_grid(town: Town) -> None:
    plan = drafted(town)
    plan = step(plan, "move", by=town.wu, key=f"g{town.grid.pk}", village="410902002001")
    with pytest.raises(NotPermitted, match="乡镇街道只能改动本辖区"):
        undo(plan, by=town.duan, at=MONDAY)


@pytest.mark.article(10)
def test_people_follow_through_two_merges_of_one_plan(town: Town) -> None:
    second = Grid.objects.get(code="410902001001002")
    plan = with_split(town)
    plan = step(plan, "merge", by=town.wu, keys=["n1", f"g{town.grid.pk}"], survivor="n1")
    plan = step(plan, "merge", by=town.wu, keys=["n1", f"g{second.pk}"], survivor=f"g{second.pk}")
    published(town, plan)
    assert bring_into_force(today=EFFECT, at=LATER) == 1
    assert GridPosting.objects.get(user=town.chen, ends_on=None).grid == second
    assert not faults()


def test_a_successor_is_of_the_same_village(town: Town) -> None:
    other = Grid.objects.get(code="410902001002001")
    with pytest.raises(RuleViolation, match="须在同一个村"):
        step(drafted(town), "retire", by=town.wu, key=f"g{town.grid.pk}", successor=f"g{other.pk}")


@pytest.mark.article(8)
def test_an_ordinary_grid_has_neither_premises_nor_department(town: Town) -> None:
    plan = on_free_land(town, "北甲网格", premises="school", department=town.chengguan.pk)
    row = plan.grids.get()
    assert (row.premises, row.department) == ("", None)


def test_three_households_are_shared_among_six_pieces_without_a_negative_count(town: Town) -> None:
    key = f"g{town.grid.pk}"
    plan = step(drafted(town), "describe", by=town.wu, key=key, households=3, population=3)
    up, down = ("35.69", "35.72"), ("35.72", "35.69")
    turns = [(f"115.00{n}4", *(up if n % 2 else down)) for n in range(1, 6)]
    line = "\n".join(f"{lon},{first}\n{lon},{last}" for lon, first, last in turns)
    plan = step(plan, "split", by=town.wu, key=key, line=line)
    rows = list(plan.grids.all())
    assert len(rows) > 3
    assert sum(row.households for row in rows) == 3


@pytest.mark.parametrize("name", ["\u200b", "\u202e甲乙", "京东社区第2网格\u200b", "甲\n乙", "甲\ud800"])
def test_a_name_that_cannot_be_seen_is_refused(town: Town, name: str) -> None:
    with pytest.raises(RuleViolation, match=r"看不见的字符|请填写网格名称"):
        step(drafted(town), "rename", by=town.wu, key=f"g{town.grid.pk}", name=name)


@pytest.mark.parametrize(
    "geometry", [{"type": "Polygon", "coordinates": [[[10**400, 35], [115, 35], [1, 2], [10**400, 35]]]}]
)
def test_a_number_beyond_all_numbers_is_refused(town: Town, geometry: Any) -> None:
    with pytest.raises(RuleViolation, match="读不出经度和纬度"):
        step(drafted(town), "redraw", by=town.wu, key=f"g{town.grid.pk}", geometry=geometry)


def test_a_grid_of_a_few_centimetres_is_refused(town: Town) -> None:
    speck = shapely.to_geojson(shapely.box(115.005, 35.705, 115.005 + 3e-8, 35.705 + 3e-8))
    with pytest.raises(RuleViolation):
        step(drafted(town), "redraw", by=town.wu, key=f"g{town.grid.pk}", geometry=speck)


def test_after_its_day_a_plan_is_not_withdrawn(town: Town) -> None:
    plan = published(town, with_split(town))
    day = datetime.combine(EFFECT, datetime.min.time(), MONDAY.tzinfo)
    with pytest.raises(IllegalMove, match="生效日已到"):
        withdraw_plan(plan, note="晚了", by=town.wu, at=day)


def test_who_was_appointed_to_a_withdrawn_grid_is_relieved(town: Town) -> None:
    plan = published(town, with_split(town))
    new = plan.grids.get(base=None).grid
    post = town.nobody.grid_postings.create(role="full_time", village=new.village, grid=new, starts_on=EFFECT)
    withdraw_plan(plan, note="群众有意见", by=town.wu, at=MONDAY)
    post.refresh_from_db()
    assert post.ends_on == EFFECT, "the post is over with the day it would have begun"


@pytest.mark.article(7)
def test_a_move_is_reversed_with_a_code_of_the_old_village(town: Town) -> None:
    moving, yubei = Grid.objects.get(code="410902001001002"), town.division("玉北社区")
    leader = User.objects.create(username="yubei")
    GridPosting.objects.create(user=leader, role="leader", village=yubei, starts_on=date(2025, 1, 1))
    plan = published(
        town, step(drafted(town), "move", by=town.wu, key=f"g{moving.pk}", village="410902001002")
    )
    bring_into_force(today=EFFECT, at=LATER)
    back = EFFECT + timedelta(days=9)
    reversal = prepare_reversal(again(plan), effective_on=back, by=town.wu, at=LATER)
    reversal = consent_to_plan(submit_plan(again(reversal), by=town.wu, at=LATER), by=town.zhao, at=LATER)
    publish_plan(approve_plan(reversal, by=town.wu, at=LATER), by=town.wu, at=LATER)
    assert bring_into_force(today=back, at=LATER + timedelta(days=9)) == 1
    moving.refresh_from_db()
    assert (moving.village.name, moving.code) == ("京东社区", "410902001001003")


@pytest.mark.article(8)
def test_a_reversal_keeps_the_department_of_a_dedicated_grid(town: Town) -> None:
    key = f"g{town.grid.pk}"
    fields = {"kind": "dedicated", "premises": "market", "department": town.chengguan.pk}
    plan = step(drafted(town), "describe", by=town.wu, key=key, **fields)
    plan = consent_to_plan(submit_plan(plan, by=town.wu, at=MONDAY), by=town.zhao, at=MONDAY)
    plan = consent_to_plan(plan, by=town.sun, at=MONDAY)
    publish_plan(approve_plan(plan, by=town.wu, at=MONDAY), by=town.wu, at=MONDAY)
    bring_into_force(today=EFFECT, at=LATER)
    renamed = step(
        drafted(town, on=EFFECT + timedelta(days=9)), "rename", by=town.wu, key=key, name="商城网格"
    )
    renamed = consent_to_plan(submit_plan(renamed, by=town.wu, at=LATER), by=town.zhao, at=LATER)
    renamed = consent_to_plan(renamed, by=town.sun, at=LATER)
    publish_plan(approve_plan(renamed, by=town.wu, at=LATER), by=town.wu, at=LATER)
    bring_into_force(today=EFFECT + timedelta(days=9), at=LATER + timedelta(days=9))
    back = EFFECT + timedelta(days=30)
    reversal = prepare_reversal(again(renamed), effective_on=back, by=town.wu, at=LATER + timedelta(days=10))
    assert reversal.grids.get().department == town.chengguan


def test_a_unit_s_name_holds_no_bar(town: Town) -> None:
    with pytest.raises(RuleViolation, match="不能有竖线"):
        step(drafted(town), "describe", by=town.wu, key=f"g{town.grid.pk}", units=[Unit("estate", "甲｜乙")])


def test_two_plans_of_a_village_give_no_name_twice(town: Town) -> None:
    other = Grid.objects.get(code="410902001001002")
    published(town, with_split(town))
    later = drafted(town, on=EFFECT + timedelta(days=1))
    later = step(later, "split", by=town.wu, key=f"g{other.pk}", line="115.014,35.69\n115.014,35.72")
    with pytest.raises(RuleViolation, match="都叫“京东社区第一网格”"):
        submit_plan(later, by=town.wu, at=MONDAY)


@pytest.mark.article(7)
def test_the_code_of_a_grid_that_moves_is_promised_to_nobody_else(town: Town) -> None:
    moving = Grid.objects.get(code="410902001002001")
    first = step(drafted(town), "move", by=town.wu, key=f"g{moving.pk}", village="410902001001")
    published(town, first)
    second = agreed(town, with_split(town))
    approve_plan(second, by=town.wu, at=MONDAY)
    assert first.grids.get().code == "410902001001003"
    assert second.grids.get(base=None).code == "410902001001004"


def test_a_cutting_line_of_many_turns_is_refused_at_once(town: Town) -> None:
    line = "\n".join(f"115.00{n % 10},35.7{n % 7}" for n in range(300))
    with pytest.raises(RuleViolation, match="切分线最多 100 个点"):
        step(drafted(town), "split", by=town.wu, key=f"g{town.grid.pk}", line=line)
