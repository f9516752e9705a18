"""Plans of 华龙区 for the tests: drafted by Wu, the county's administrator, and brought to where a test begins."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accounts.models import User
from plans.actions.plans import (
    PlanDraft,
    approve_plan,
    consent_to_plan,
    draft_plan,
    publish_plan,
    submit_plan,
)
from plans.actions.steps import draw
from plans.drawing_input import DrawingInput
from plans.models import GridPlan
from tests.town import MONDAY, Town

EFFECT = MONDAY.date() + timedelta(days=14)
# Chen's grid is the square 115.00–115.01 × 35.70–35.71; this line halves it from south to north.
MIDDLE = "115.004,35.69\n115.004,35.72"


def key(town: Town, code: str) -> str:
    """The key of a grid of the town by the end of its code, such as ``001001``."""
    return f"g{town.grid_of(code).pk}"


def drafted(town: Town, *, by: User | None = None, on: date = EFFECT) -> GridPlan:
    """An empty plan of Wu's."""
    draft = PlanDraft(title="京东社区调整", reason="户数过多，巡查走不过来。", effective_on=on)
    return draft_plan(draft, county=town.division("华龙区"), by=by or town.wu, at=MONDAY)


def step(plan: GridPlan, verb: str, *, by: User, **fields: Any) -> GridPlan:
    """Draw one step and read the plan again."""
    draw(plan, verb, DrawingInput(**fields), by=by, at=MONDAY)
    return GridPlan.objects.get(pk=plan.pk)


def with_split(town: Town, *, on: date = EFFECT) -> GridPlan:
    """A plan that halves Chen's grid."""
    plan = drafted(town, on=on)
    return step(plan, "split", by=town.wu, key=f"g{town.grid.pk}", line=MIDDLE)


def agreed(town: Town, plan: GridPlan) -> GridPlan:
    """The plan with the consent of the township's Zhao."""
    plan = submit_plan(plan, by=town.wu, at=MONDAY)
    return consent_to_plan(plan, by=town.zhao, at=MONDAY)


def published(town: Town, plan: GridPlan) -> GridPlan:
    """The plan, approved and published."""
    plan = approve_plan(agreed(town, plan), by=town.wu, at=MONDAY)
    return publish_plan(plan, by=town.wu, at=MONDAY)
