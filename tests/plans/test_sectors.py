"""Sector grids are merged into the unified ones; one that stays separate must cite a law (Art. 8, 9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.db import IntegrityError, transaction

from common.errors import IllegalMove, NotPermitted, RuleViolation
from personnel.models import DualManagement, Organization
from plans.actions.effect import bring_into_force
from plans.actions.plans import approve_plan, consent_to_plan, publish_plan, submit_plan
from plans.actions.sectors import Law, SectorDraft, keep_sector_grid, merge_sector_grid, register_sector_grid
from plans.examination import findings_of
from plans.models import GridPlan, SectorGrid
from tests.cases import reported
from tests.plans.drafts import EFFECT, drafted, step, with_split
from tests.shapes import Sent
from tests.town import MONDAY, Town
from workflow.models import Case

OLD, NEW = date(2023, 5, 1), date(2026, 6, 1)
LAW = Law("某条例", "第十条", "国令第1号")


def draft(town: Town, **fields: Any) -> SectorDraft:
    words = {"sector": "fire", "name": "消防一格", "established_on": OLD, "owner": town.gongan} | fields
    return SectorDraft(township=town.division("中原路街道"), **words)


@pytest.mark.article(9)
def test_an_old_sector_grid_is_registered_and_merged_into_unified_grids(town: Town) -> None:
    row = register_sector_grid(draft(town), by=town.wu, at=MONDAY)
    assert row.status == "registered"
    merged = merge_sector_grid(row, grids=[town.grid], by=town.wu, at=MONDAY)
    assert (merged.status, merged.merged_on, list(merged.unified.all())) == (
        "merged",
        MONDAY.date(),
        [town.grid],
    )
    with pytest.raises(IllegalMove, match="已整合"):
        keep_sector_grid(merged, law=LAW, by=town.wu, at=MONDAY)


@pytest.mark.article(9)
def test_a_new_sector_grid_beside_the_unified_ones_needs_a_law(town: Town) -> None:
    with pytest.raises(RuleViolation, match="不再另行单独划分") as refused:
        register_sector_grid(draft(town, established_on=NEW), by=town.wu, at=MONDAY)
    assert refused.value.field == "law"
    with pytest.raises(RuleViolation, match="不再另行单独划分"):
        register_sector_grid(
            draft(town, established_on=NEW, law=Law("某条例", "第十条", " ")), by=town.wu, at=MONDAY
        )
    kept = register_sector_grid(draft(town, established_on=NEW, law=LAW), by=town.wu, at=MONDAY)
    assert (kept.status, kept.law, kept.law_article, kept.law_number) == (
        "kept",
        "某条例",
        "第十条",
        "国令第1号",
    )


@pytest.mark.article(9)
def test_the_database_itself_keeps_no_sector_grid_without_law(town: Town) -> None:
    row = register_sector_grid(draft(town), by=town.wu, at=MONDAY)
    with pytest.raises(IntegrityError, match="a_kept_sector_grid_cites_its_law"), transaction.atomic():
        SectorGrid.objects.filter(pk=row.pk).update(status="kept")


@pytest.mark.article(9)
def test_a_plan_is_stopped_by_a_sector_grid_drawn_beside_the_unified_ones(town: Town) -> None:
    plan = with_split(town)
    inside = shapely.to_wkb(shapely.box(115.001, 35.701, 115.002, 35.702))
    row = SectorGrid.objects.create(
        sector="fire",
        owner=town.gongan,
        township=town.division("中原路街道"),
        name="后划的",
        boundary=inside,
        established_on=NEW,
    )
    with pytest.raises(RuleViolation, match="是统一网格启用后另行划设的"):
        submit_plan(plan, by=town.wu, at=MONDAY)
    SectorGrid.objects.filter(pk=row.pk).update(established_on=OLD)
    severities = {f.severity for f in findings_of(plan, today=MONDAY.date()) if f.rule == "sector"}
    assert severities == {"warning"}, "one from before only waits to be merged"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "  "}, "请填写专业网格名称"),
        ({"name": "长" * 81}, "最多 80 字"),
        ({"established_on": date(2030, 1, 1)}, "划设日期不能晚于今天"),
    ],
)
def test_bad_sector_grids_are_refused(town: Town, fields: Sent, sentence: str) -> None:
    with pytest.raises(RuleViolation, match=sentence):
        register_sector_grid(draft(town, **fields), by=town.wu, at=MONDAY)


def test_only_the_county_registers_and_the_owner_must_serve_the_place(town: Town) -> None:
    for person in (town.zhao, town.sun, town.zheng):
        with pytest.raises(NotPermitted, match="条例第九条"):
            register_sector_grid(draft(town), by=person, at=MONDAY)
    foreign = Organization.objects.get(code="qf-chengguan")
    with pytest.raises(RuleViolation, match="不管中原路街道"):
        register_sector_grid(draft(town, owner=foreign), by=town.wu, at=MONDAY)
    register_sector_grid(draft(town), by=town.wu, at=MONDAY)
    with pytest.raises(RuleViolation, match="已登记同名"):
        register_sector_grid(draft(town), by=town.wu, at=MONDAY)


@pytest.mark.article(8)
def test_a_dedicated_grid_has_two_managers_who_both_agree_and_both_see(town: Town) -> None:
    plan = drafted(town)
    plan = step(plan, "describe", by=town.wu, key=f"g{town.grid.pk}", kind="dedicated", premises="market")
    with pytest.raises(RuleViolation, match="职能部门和属地双重管理"):
        submit_plan(plan, by=town.wu, at=MONDAY)
    plan = step(
        plan,
        "describe",
        by=town.wu,
        key=f"g{town.grid.pk}",
        kind="dedicated",
        premises="market",
        department=town.chengguan.pk,
    )
    plan = submit_plan(plan, by=town.wu, at=MONDAY)
    plan = consent_to_plan(plan, by=town.zhao, at=MONDAY)
    assert plan.status == "consulting", "the department has a say beside the township"
    plan = consent_to_plan(plan, by=town.sun, at=MONDAY)
    assert plan.status == "agreed"


@pytest.mark.article(8)
def test_the_department_of_a_dedicated_grid_sees_its_cases_from_its_day(town: Town) -> None:
    case = reported(town)
    assert not Case.objects.visible_to(town.sun).filter(pk=case.pk).exists()
    fields = {"kind": "dedicated", "premises": "market", "department": town.chengguan.pk}
    plan = step(drafted(town), "describe", by=town.wu, key=f"g{town.grid.pk}", **fields)
    plan = submit_plan(plan, by=town.wu, at=MONDAY)
    plan = consent_to_plan(plan, by=town.sun, at=MONDAY)
    plan = consent_to_plan(plan, by=town.zhao, at=MONDAY)
    finish(town, plan)
    assert DualManagement.objects.get(grid=town.grid).organization == town.chengguan
    sun = type(town.sun).objects.get(pk=town.sun.pk)
    assert Case.objects.visible_to(sun).filter(pk=case.pk).exists()
    qian = town.qian
    assert not Case.objects.visible_to(qian).filter(pk=case.pk).exists()


def finish(town: Town, plan: GridPlan) -> None:
    """Approve, publish and wait for the day."""
    publish_plan(approve_plan(plan, by=town.wu, at=MONDAY), by=town.wu, at=MONDAY)
    assert bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14)) == 1
