"""The stays of assisting units' shares and their deadlines: never later than the whole case (Art. 17, 18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from common.errors import RuleViolation
from common.records.among import among
from common.templatetags.when import short_moment
from workflow.deadlines import ESCALATE, OVERDUE, REMIND, Interrupted, StagePlan, plan_alarms, plan_stage
from workflow.models import Assignment, Case, Stage, StageEffect
from workflow.rulebook import current_rulebook, finish_limit, own_limit
from workflow.share_states import OF_UNIT, SHARE_CLOCKS
from workflow.states import AT_WORK, REVIEWS
from workflow.time_requests import counted, limit_of_matter
from worktime.clocks import Deadline, due

SAME_AS_WHOLE = "与整件事的办结期限相同"
RULES_OF_SHARES = (REMIND, OVERDUE, ESCALATE)  # the red light is the whole case's alone


def due_of_whole(case: Case, *, at: datetime) -> datetime:
    """Returns until when the case must be resolved; before its unit has signed, as if it signed now."""
    if case.finish_due_at is not None and case.status in (*AT_WORK, *REVIEWS):
        return case.finish_due_at
    rulebook = current_rulebook()
    plan = plan_stage(
        "matter",
        started_at=case.promised_from_at or at,
        urgent=case.is_urgent,
        matter_limit=finish_limit(case.matter),
        book=rulebook.book,
        calendar=rulebook.calendar,
    )
    return plan.deadline.due_at


def checked_limit_of_share(case: Case, amount: int | None, *, at: datetime) -> datetime | None:
    """Returns until when a share must be resolved that has ``amount`` days or hours of the matter's clock from now on.

    None is the time of the whole. Raises :class:`RuleViolation` for a share that would be due later than the whole.
    """
    if amount is None:
        return None
    limit = counted(limit_of_matter(case).clock, amount)
    wanted = due(at, limit, calendar=current_rulebook().calendar).due_at
    whole = due_of_whole(case, at=at)
    if wanted > whole:
        raise RuleViolation(
            f"协办期限不能晚于整件事的办结期限（{short_moment(whole)}），请写短一些，或者不写。",
            field="amount",
        )
    return wanted


def begin_stay(
    share: Assignment, case: Case, *, at: datetime, interrupted: Interrupted | None = None
) -> Stage:
    """Opens the stay of a share in its present status, with its own clock."""
    plan, explanation = plan_of_share(share, case, at=at, interrupted=interrupted)
    deadline = plan.deadline
    return Stage.objects.create(
        case=case,
        share=share,
        status=share.status,
        level=case.level,
        organization=share.unit if share.status in OF_UNIT else None,
        started_at=at,
        counted_from=deadline.started_at,
        is_rest=deadline.is_rest,
        due_at=deadline.due_at,
        is_provisional=deadline.provisional,
        clock=deadline.limit.clock,
        amount=deadline.limit.amount,
        explanation=explanation,
        calendar_version=deadline.calendar_version,
        alarms=[[rule, moment.isoformat()] for rule, moment in plan.alarms],
        next_action_at=plan.alarms[0][1],
    )


def plan_of_share(
    share: Assignment, case: Case, *, at: datetime, interrupted: Interrupted | None = None
) -> tuple[StagePlan, str]:
    """Returns when the share's stay is due, what its clock does, and the explanation of the deadline."""
    rulebook, step = current_rulebook(), SHARE_CLOCKS[share.status]
    plan = plan_stage(
        step,
        started_at=at,
        urgent=case.is_urgent,
        matter_limit=finish_limit(case.matter),
        own_limit=own_limit(case.matter, share.status),
        book=rulebook.book,
        calendar=rulebook.calendar,
        interrupted=interrupted,
    )
    deadline, explanation = capped(
        plan.deadline, share.due_at, whole=due_of_whole(case, at=at), at=at, is_work=step == "matter"
    )
    alarms = plan_alarms(
        step, deadline, urgent=case.is_urgent, book=rulebook.book, calendar=rulebook.calendar
    )
    return StagePlan(deadline, tuple(alarm for alarm in alarms if alarm[0] in RULES_OF_SHARES)), explanation


def shares_due_later(ends: Mapping[int, Deadline]) -> list[Stage]:
    """Returns the running stays of shares that are due later than their cases, with the cases' deadlines applied.

    ``ends`` are the new deadlines of cases by number. A share that the clock has found overdue keeps what it has.
    """
    stays = (
        Stage.objects.of_shares()
        .running()
        .filter(among("case_id", ends), overdue_at=None)
        .exclude(share__status="invited")
    )
    late = [stay for stay in stays.select_related("case", "share") if stay.due_at > ends[stay.case_id].due_at]
    rung: dict[int, set[str]] = defaultdict(set)
    for stage_id, rule in StageEffect.objects.filter(stage__in=late).values_list("stage", "rule"):
        rung[stage_id].add(rule)
    book, calendar = current_rulebook().book, current_rulebook().calendar
    for stay in late:
        started_at = stay.counted_from or stay.started_at
        deadline = replace(ends[stay.case_id], started_at=started_at)
        stay.due_at, stay.is_provisional = deadline.due_at, deadline.provisional
        stay.explanation = f"{_span(started_at, deadline.due_at)}（{SAME_AS_WHOLE}）"
        stay.calendar_version = deadline.calendar_version
        stay.deadline_version += 1
        step = SHARE_CLOCKS[stay.status]
        alarms = plan_alarms(step, deadline, urgent=stay.case.is_urgent, book=book, calendar=calendar)
        left = [(rule, at) for rule, at in alarms if rule in RULES_OF_SHARES and rule not in rung[stay.pk]]
        stay.alarms = [[rule, at.isoformat()] for rule, at in left]
        stay.next_action_at = left[0][1] if left else None
    return late


def capped(
    deadline: Deadline, own: datetime | None, *, whole: datetime, at: datetime, is_work: bool
) -> tuple[Deadline, str]:
    """Returns a share's deadline and its explanation: what the desk set for the work, and never later than the whole.

    What has nothing left is due at once.
    """
    wanted = own if is_work and own is not None else whole if is_work else deadline.due_at
    latest = max(min(wanted, whole), at)
    if latest == deadline.due_at:
        return deadline, deadline.explain()
    reason = "交办机构定的协办期限" if latest == own else SAME_AS_WHOLE
    return replace(deadline, due_at=latest), f"{_span(deadline.started_at, latest)}（{reason}）"


def _span(start: datetime, end: datetime) -> str:
    return f"自{short_moment(start)}起 → {short_moment(end)}"
