"""The notices about plans and filings and their recipients. Every notice is an outbox row."""

from __future__ import annotations

from datetime import datetime

from common.templatetags.when import day as in_words
from notifications.actions import tell
from personnel.scopes import audience
from plans.models import GridFiling, GridPlan, PlanConsent


def subject_of(plan: GridPlan) -> str:
    """Return the name of the plan in outbox, inbox and audit."""
    return f"grid_plan:{plan.pk}"


def _send(plan: GridPlan, to: str, topic: str, sentence: str, *, at: datetime) -> None:
    tell(to, topic=topic, subject=subject_of(plan), sentence=f"{sentence}：{plan}", at=at)


def county_of(plan: GridPlan) -> str:
    """Return the audience of the county's competent authority."""
    return audience("publish_grids", "division", plan.county_id)


def city_of(plan: GridPlan) -> str:
    """Return the audience of the city's competent authority."""
    return audience("supervise", "division", plan.county.parent_id or 0)


def tell_county(plan: GridPlan, sentence: str, *, topic: str, at: datetime) -> None:
    """Tell the county's authority."""
    _send(plan, county_of(plan), topic, sentence, at=at)


def tell_city(plan: GridPlan, sentence: str, *, topic: str, at: datetime) -> None:
    """Tell the city's authority."""
    _send(plan, city_of(plan), topic, sentence, at=at)


def ask(consent: PlanConsent, *, at: datetime) -> None:
    """Ask a township or a department for its consent."""
    if consent.township_id is not None:
        to = audience("dispatch", "division", consent.township_id)
    else:
        to = audience("handle", "organization", consent.department_id or 0)
    _send(consent.plan, to, "plan_consent", "请会签网格方案", at=at)


def tell_townships(plan: GridPlan, sentence: str, *, topic: str, at: datetime) -> None:
    """Tell all townships that were asked for consent."""
    for township_id in plan.consents.exclude(township=None).values_list("township_id", flat=True):
        _send(plan, audience("dispatch", "division", township_id), topic, sentence, at=at)


def remind(filing: GridFiling, *, at: datetime) -> None:
    """Remind the county of an overdue filing, and show it to the city."""
    plan = filing.plan
    words = f"网格备案已超期（应于{in_words(filing.due_at)}报送）"
    tell_county(plan, f"{words}，请尽快报送", topic="filing_overdue", at=at)
    tell_city(plan, f"{plan.county.name}{words}", topic="filing_overdue", at=at)
