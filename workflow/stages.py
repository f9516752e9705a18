"""Moves, stays and clocks: the only place where a case changes its status."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from accounts.models import User
from personnel.life import Life
from workflow import shares
from workflow.deadlines import OVERDUE, REMIND, SUPERVISE, StagePlan, plan_stage
from workflow.history import write_event
from workflow.models import Case, Stage
from workflow.policies import WHO_MAY
from workflow.rulebook import current_rulebook, finish_limit, own_limit
from workflow.states import CASE_MOVES, CLOCKS, ENDED, HOLDERS, KEEPS_VERSION, PASSED_UP, WORKING

# The light after each alarm, from mild to serious.
LIGHT_AFTER = {REMIND: Case.Light.NEAR, OVERDUE: Case.Light.LATE, SUPERVISE: Case.Light.SUPERVISED}


LIFE = Life(Case.objects.to_change, WHO_MAY, CASE_MOVES)
begin = LIFE.begin


def move_case(
    case: Case, verb: str, *, by: User | None, at: datetime, to: str | None = None, note: str = ""
) -> Case:
    """Moves a locked case along the state table: ends its stay, starts the next, saves, writes the event.

    ``to`` picks one of several targets. Raises :class:`IllegalMove` if the table has no such move.
    """
    came_from = set_status(case, verb, at=at, to=to)
    own = Stage.objects.of_case().running().filter(case=case)
    own.update(ended_at=at, ended_by=verb, next_action_at=None)
    if case.status in ENDED:
        shares.end_parts(case, verb=verb, at=at)
    elif verb == "undo":
        resume_stay(case)
    else:
        start_stay(case, at=at)
    case.version += 1
    case.event_count += 1
    case.save()
    write_event(case, verb, by=by, at=at, from_status=came_from, note=note)
    return case


def _keeps_light(case: Case, verb: str) -> bool:
    """Whether the light outlives the step: supervision does, and lateness where the case is only passed up."""
    if case.status in ENDED:
        return False
    return case.light == Case.Light.SUPERVISED or (case.light == Case.Light.LATE and verb in PASSED_UP)


def set_status(case: Case, verb: str, *, at: datetime, to: str | None = None) -> str:
    """Sets the status that ``verb`` leads to, with its light and, at the end, its moment. Saves nothing.

    Returns the status before. Raises :class:`IllegalMove` if the table has no such move.
    """
    came_from = case.status
    case.status = CASE_MOVES.target_of(verb, status=came_from, to=to)
    if not _keeps_light(case, verb):
        case.light = Case.Light.NORMAL
    if case.status in ENDED:
        case.due_at, case.ended_at = None, at
    return came_from


def note_case(
    case: Case, verb: str, *, by: User | None, at: datetime, note: str = "", fields: Collection[str] = ()
) -> Case:
    """Writes an event that moves nothing and saves the ``fields`` that it changed.

    An event that changes whose turn it is raises the version, so that a user with an open page must decide again.
    Those in ``KEEPS_VERSION`` do not, so that open pages stay valid.
    """
    case.version += verb not in KEEPS_VERSION
    case.event_count += 1
    case.save(update_fields=["version", "event_count", *fields])
    write_event(case, verb, by=by, at=at, from_status=case.status, note=note)
    return case


def start_stay(case: Case, *, at: datetime) -> StagePlan:
    """Opens the stage of the case's present status and copies its due time to the case (which is not saved here)."""
    plan = plan_for(case, at=at)
    case.due_at = plan.deadline.due_at
    if case.status in WORKING:
        case.finish_due_at = plan.deadline.due_at
    if case.pk is not None:
        open_stage(case, plan, at=at)
    return plan


def resume_stay(case: Case) -> Stage:
    """Resumes the interrupted stay as if nothing had happened: its clock was never stopped, its light returns."""
    stage = case.stages.of_case().filter(status=case.status).latest("pk")
    rung = set(stage.effects.values_list("rule", flat=True))
    waiting = [moment for rule, moment in stage.pending_alarms() if rule not in rung]
    stage.ended_at, stage.ended_by = None, ""
    stage.next_action_at = waiting[0] if waiting else None
    stage.save(update_fields=["ended_at", "ended_by", "next_action_at"])
    case.due_at = stage.due_at
    if case.light != Case.Light.SUPERVISED:
        lights = [light for rule, light in LIGHT_AFTER.items() if rule in rung]
        case.light = lights[-1] if lights else Case.Light.NORMAL
    return stage


def open_stage(case: Case, plan: StagePlan, *, at: datetime) -> Stage:
    """Writes the stage row of ``plan`` for a saved case. Returns it."""
    stage = stage_of(case, plan, at=at)
    stage.save(force_insert=True)
    return stage


def stage_of(case: Case, plan: StagePlan, *, at: datetime) -> Stage:
    """Returns the stay of a case in its present status as ``plan`` says, not saved."""
    return Stage(
        case=case,
        status=case.status,
        level=case.level,
        organization=case.unit if HOLDERS[case.status] == "unit" else None,
        started_at=at,
        due_at=plan.deadline.due_at,
        clock=plan.deadline.limit.clock,
        amount=plan.deadline.limit.amount,
        explanation=plan.deadline.explain(),
        calendar_version=plan.deadline.calendar_version,
        alarms=[[rule, moment.isoformat()] for rule, moment in plan.alarms],
        next_action_at=plan.alarms[0][1],
    )


def plan_for(case: Case, *, at: datetime) -> StagePlan:
    """Returns the plan of a stay in the case's present status.

    The unit's time runs from acceptance (``promised_from_at``), however long assignment took (Art. 18).
    """
    rulebook = current_rulebook()
    started_at = case.promised_from_at if case.status == "in_hand" and case.promised_from_at else at
    return plan_stage(
        CLOCKS[case.status] or "",
        started_at=started_at,
        urgent=case.is_urgent,
        matter_limit=finish_limit(case.matter),
        own_limit=own_limit(case.matter, case.status),
        book=rulebook.book,
        calendar=rulebook.calendar,
    )
