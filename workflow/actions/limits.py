"""Sets how long a step may take, from a later day on. Earlier limits stay on record (Art. 18, 25)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from audit.actions import append_entry, hold
from common.errors import RuleViolation
from common.records.sources import source_of
from workflow.models import StepLimit
from workflow.rulebook import forget_rulebook
from worktime.clocks import Clock, day_of

LONGEST = {Clock.WORKING_DAYS: 366, Clock.NATURAL_DAYS: 366}  # days; hours are stored as minutes
LONGEST_MINUTES = 366 * 24 * 60


@dataclass(frozen=True)
class LimitDraft:
    """A limit as the form gives it: ``amount`` is in days for clocks of days, otherwise in minutes."""

    step: str
    purpose: str
    urgent: bool
    clock: str
    amount: int
    effective_on: date
    document: str


@transaction.atomic
def publish_step_limit(draft: LimitDraft, *, by_id: int | None, at: datetime) -> StepLimit:
    """Registers a limit that holds from a later day on. Raises :class:`RuleViolation` with the field to correct."""
    document = source_of(draft.document, "时限")
    if draft.effective_on <= day_of(at):
        raise RuleViolation("新的时限须从明天或以后施行。", field="effective_on")
    if draft.clock not in [clock.value for clock in Clock]:
        raise RuleViolation("没有这种时钟。", field="clock")
    if not 1 <= draft.amount <= LONGEST.get(Clock(draft.clock), LONGEST_MINUTES):
        raise RuleViolation("时限应大于零，最长一年。", field="amount")
    hold("step_limits")
    held = StepLimit.objects.filter(step=draft.step, purpose=draft.purpose, urgent=draft.urgent)
    if not held.exists():
        raise RuleViolation("没有这个环节的时限可改。", field="step")
    if held.filter(effective_on__gte=draft.effective_on).exists():
        raise RuleViolation("已有同日或更晚施行的时限。", field="effective_on")
    limit = StepLimit.objects.create(
        step=draft.step,
        purpose=draft.purpose,
        urgent=draft.urgent,
        clock=draft.clock,
        amount=draft.amount,
        effective_on=draft.effective_on,
        document=document,
    )
    record = {
        "limit": limit.pk,
        "step": limit.step,
        "purpose": limit.purpose,
        "urgent": limit.urgent,
        "amount": limit.amount,
        "clock": limit.clock,
        "on": limit.effective_on.isoformat(),
        "document": limit.document,
    }
    append_entry("step_limits", verb="publish", at=at, actor_id=by_id, record=record)
    forget_rulebook()
    return limit
