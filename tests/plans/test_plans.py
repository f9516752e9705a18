"""A plan from its draft to its day: county and township agree, it is published, the register changes (Art. 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely

from accounts.models import User
from common.errors import IllegalMove, NotPermitted, RuleViolation, StaleVersion
from grids.locate import locate
from grids.models import Grid, GridVersion
from grids.register_on_day import grid_by_code, version_at
from notifications.models import Outbox
from personnel.models import GridPosting
from plans.actions.effect import bring_into_force
from plans.actions.plans import (
    approve_plan,
    consent_to_plan,
    object_to_plan,
    publish_plan,
    return_to_draft,
    submit_plan,
    withdraw_plan,
)
from plans.actions.reversal import prepare_reversal
from plans.models import GridPlan
from tests.plans.drafts import EFFECT, agreed, drafted, published, step, with_split
from tests.town import FOUNDED, MONDAY, Town

LATER = MONDAY + timedelta(days=14)


@pytest.mark.article(7)
def test_a_plan_goes_from_draft_to_force_and_the_register_changes_on_its_day(town: Town) -> None:
    plan = published(town, with_split(town))
    assert (plan.number, plan.status) == ("410902-2026-001", "published")
    new = Grid.objects.get(code="410902001001003")
    assert new.status == "draft", "its code is public and people can be appointed"
    assert bring_into_force(today=EFFECT - timedelta(days=1), at=MONDAY) == 0
    assert locate(115.002, 35.705) == town.grid
    assert bring_into_force(today=EFFECT, at=LATER) == 1
    assert bring_into_force(today=EFFECT, at=LATER) == 0, "a second sweep changes nothing"
    new.refresh_from_db()
    assert (new.status, new.in_force_on, new.name) == ("in_force", EFFECT, "京东社区第一网格")
    assert locate(115.002, 35.705) == new
    assert locate(115.008, 35.705) == town.grid
    then = version_at(115.002, 35.705, day=EFFECT - timedelta(days=1))
    assert then is not None and then.grid == town.grid
    assert [version.valid_from for version in town.grid.versions.order_by("valid_from")] == [FOUNDED, EFFECT]


@pytest.mark.article(7)
def test_households_are_shared_by_area_and_the_whole_is_kept(town: Town) -> None:
    plan = with_split(town)
    kept, new = plan.grids.exclude(base=None).get(), plan.grids.get(base=None)
    assert (kept.households, new.households) == (240, 160)
    assert kept.population + new.population == 1100


@pytest.mark.article(7)
@pytest.mark.parametrize("verb", ["approve", "publish"])
def test_without_the_township_s_consent_the_county_cannot_go_on(town: Town, verb: str) -> None:
    plan = submit_plan(with_split(town), by=town.wu, at=MONDAY)
    act = {"approve": approve_plan, "publish": publish_plan}[verb]
    with pytest.raises(IllegalMove, match="会签中"):
        act(plan, by=town.wu, at=MONDAY)


@pytest.mark.article(7)
def test_a_township_drafts_in_its_own_grids_and_no_other(town: Town) -> None:
    plan = drafted(town, by=town.zhao)
    plan = step(plan, "rename", by=town.zhao, key=f"g{town.grid.pk}", name="京东社区甲网格")
    foreign = Grid.objects.get(code="410902002001001")
    with pytest.raises(NotPermitted, match="乡镇街道只能改动本辖区"):
        step(plan, "rename", by=town.zhao, key=f"g{foreign.pk}", name="胜利")
    with pytest.raises(NotPermitted, match="县区主管部门会同乡镇街道"):
        step(plan, "rename", by=town.chen, key=f"g{town.grid.pk}", name="我的")
    other_county = Grid.objects.get(code="410922100201001")
    with pytest.raises(RuleViolation, match=r"没有这个网格|只能改动华龙区"):
        step(plan, "rename", by=town.wu, key=f"g{other_county.pk}", name="别县")


def test_only_those_who_are_asked_consent_and_each_once(town: Town) -> None:
    plan = submit_plan(with_split(town), by=town.wu, at=MONDAY)
    for person in (town.wu, town.duan, town.chen, town.zheng):
        with pytest.raises(NotPermitted):
            consent_to_plan(plan, by=person, at=MONDAY)
    plan = consent_to_plan(plan, by=town.zhao, at=MONDAY)
    assert plan.status == "agreed"
    with pytest.raises((IllegalMove, NotPermitted)):
        consent_to_plan(plan, by=town.zhao, at=MONDAY)


@pytest.mark.article(7)
def test_a_border_of_two_townships_needs_both(town: Town) -> None:
    plan, foreign = with_split(town), Grid.objects.get(code="410902002001001")
    staffed(foreign)
    plan = step(plan, "rename", by=town.wu, key=f"g{foreign.pk}", name="胜利社区甲网格")
    plan = submit_plan(plan, by=town.wu, at=MONDAY)
    plan = consent_to_plan(plan, by=town.zhao, at=MONDAY)
    assert plan.status == "consulting"
    assert consent_to_plan(plan, by=town.duan, at=MONDAY).status == "agreed"


def staffed(grid: Grid, *roles: str) -> None:
    """Give a grid the leader and the worker that Art. 10 asks for."""
    for role in roles or ("leader", "full_time"):
        GridPosting.objects.create(
            user=User.objects.create(username=f"new-{role}"),
            role=role,
            village=grid.village,
            grid=grid if role == "full_time" else None,
            starts_on=FOUNDED,
        )


def test_an_objection_sends_the_plan_back_with_its_reason(town: Town) -> None:
    plan = submit_plan(with_split(town), by=town.wu, at=MONDAY)
    with pytest.raises(RuleViolation, match="不同意的理由"):
        object_to_plan(plan, note=" ", by=town.zhao, at=MONDAY)
    plan = object_to_plan(plan, note="小区被切开了", by=town.zhao, at=MONDAY)
    assert plan.status == "drafting"
    assert Outbox.objects.filter(topic="plan_objected", sentence__contains="小区被切开了").exists()
    plan = submit_plan(plan, by=town.wu, at=MONDAY)
    assert plan.consents.get().answer == "waiting", "an old answer does not count for the new round"


@pytest.mark.article(7)
def test_an_overlap_stops_the_plan_and_is_named(town: Town) -> None:
    plan = drafted(town)
    box = shapely.box(115.0, 35.70, 115.012, 35.71)
    plan = step(plan, "redraw", by=town.wu, key=f"g{town.grid.pk}", geometry=shapely.to_geojson(box))
    with pytest.raises(RuleViolation, match="检查未通过：京东社区第1网格与京东社区第2网格重叠") as refused:
        submit_plan(plan, by=town.wu, at=MONDAY)
    assert "平方米" in refused.value.sentence


def test_a_gap_stops_the_plan(town: Town) -> None:
    plan = drafted(town)
    box = shapely.box(115.0, 35.70, 115.009, 35.71)
    plan = step(plan, "redraw", by=town.wu, key=f"g{town.grid.pk}", geometry=shapely.to_geojson(box))
    with pytest.raises(RuleViolation, match="没有归入任何网格"):
        submit_plan(plan, by=town.wu, at=MONDAY)


def test_an_empty_plan_is_not_agreed_to(town: Town) -> None:
    with pytest.raises(RuleViolation, match="还没有任何改动"):
        submit_plan(drafted(town), by=town.wu, at=MONDAY)


@pytest.mark.article(7)
def test_a_plan_is_published_some_days_before_it_takes_effect(town: Town) -> None:
    plan = agreed(town, with_split(town, on=MONDAY.date() + timedelta(days=2)))
    with pytest.raises(RuleViolation, match="公布后至少 3 天才能生效，最早 2026-11-19"):
        approve_plan(plan, by=town.wu, at=MONDAY)
    assert return_to_draft(plan, note="改日期", by=town.wu, at=MONDAY).status == "drafting"


@pytest.mark.article(7)
def test_a_published_plan_can_be_withdrawn_and_its_code_is_used_up(town: Town) -> None:
    plan = withdraw_plan(published(town, with_split(town)), note="群众有意见", by=town.wu, at=MONDAY)
    assert plan.status == "withdrawn"
    assert bring_into_force(today=EFFECT, at=LATER) == 0
    lost = Grid.objects.get(code="410902001001003")
    assert (lost.status, lost.versions.count()) == ("retired", 0)
    again = published(town, with_split(town))
    assert again.grids.get(base=None).code == "410902001001004"


@pytest.mark.article(7)
def test_a_plan_in_force_is_undone_by_a_new_plan_in_one_step(town: Town) -> None:
    plan = published(town, with_split(town))
    bring_into_force(today=EFFECT, at=LATER)
    plan = GridPlan.objects.get(pk=plan.pk)
    back = EFFECT + timedelta(days=20)
    reversal = prepare_reversal(plan, effective_on=back, by=town.wu, at=LATER)
    assert reversal.reverses == plan
    reversal = GridPlan.objects.get(pk=reversal.pk)
    for act, by in (
        (submit_plan, town.wu),
        (consent_to_plan, town.zhao),
        (approve_plan, town.wu),
        (publish_plan, town.wu),
    ):
        reversal = act(reversal, by=by, at=LATER)
    assert bring_into_force(today=back, at=LATER + timedelta(days=20)) == 1
    assert locate(115.002, 35.705) == town.grid == locate(115.008, 35.705)
    split_off = grid_by_code("410902001001003")
    assert split_off is not None
    assert (split_off.status, split_off.successor) == ("retired", town.grid)
    with pytest.raises(IllegalMove, match="生效以后才需要恢复"):
        prepare_reversal(drafted(town), effective_on=back + timedelta(days=9), by=town.wu, at=LATER)


def test_a_stale_page_changes_nothing(town: Town) -> None:
    plan = drafted(town)
    old = GridPlan.objects.get(pk=plan.pk)
    step(plan, "rename", by=town.wu, key=f"g{town.grid.pk}", name="甲网格")
    with pytest.raises(StaleVersion, match="办过这个方案"):
        step(old, "rename", by=town.wu, key=f"g{town.grid.pk}", name="乙网格")


@pytest.mark.article(7)
def test_two_plans_cannot_change_the_same_grid_on_the_way(town: Town) -> None:
    published(town, with_split(town))
    second = with_split(town, on=EFFECT + timedelta(days=7))
    with pytest.raises(RuleViolation, match="将由方案 410902-2026-001 在 2026-11-30 改动"):
        submit_plan(second, by=town.wu, at=MONDAY)
    bring_into_force(today=EFFECT, at=LATER)
    with pytest.raises(RuleViolation, match="起草以后已被别的方案改动"):
        submit_plan(GridPlan.objects.get(pk=second.pk), by=town.wu, at=LATER)


@pytest.mark.article(10)
def test_people_follow_their_grid_when_it_ends_in_another(town: Town) -> None:
    first, second = f"g{town.grid.pk}", f"g{Grid.objects.get(code='410902001001002').pk}"
    plan = step(drafted(town), "merge", by=town.wu, keys=[first, second], survivor=first)
    published(town, plan)
    bring_into_force(today=EFFECT, at=LATER)
    ended = grid_by_code("410902001001002")
    assert ended is not None and (ended.status, ended.successor) == ("retired", town.grid)
    posts = GridPosting.objects.filter(user=town.lin).order_by("starts_on")
    assert [(post.grid_id, post.ends_on) for post in posts] == [
        (ended.pk, EFFECT - timedelta(days=1)),
        (town.grid.pk, None),
    ]
    assert GridVersion.objects.get(grid=town.grid, valid_to=None).households == 800


def test_a_grid_that_moves_gets_a_code_of_its_new_village_and_the_old_still_finds_it(town: Town) -> None:
    moving = Grid.objects.get(code="410902001001002")
    staffed(Grid.objects.get(code="410902001002001"), "leader")
    plan = step(drafted(town), "move", by=town.wu, key=f"g{moving.pk}", village="410902001002")
    published(town, plan)
    bring_into_force(today=EFFECT, at=LATER)
    moving.refresh_from_db()
    assert (moving.code, moving.village.name) == ("410902001002002", "玉北社区")
    assert grid_by_code("410902001001002") == moving
    assert GridPosting.objects.get(user=town.lin, ends_on=None).village == moving.village
