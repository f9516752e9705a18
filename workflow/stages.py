"""Moves, stays and clocks: the only place where a case changes its status."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from accounts.models import User
from common.errors import IllegalMove
from common.records.many import insert_rows, update_rows
from personnel.life import Life
from workflow import shares
from workflow.deadlines import OVERDUE, REMIND, SUPERVISE, Interrupted, StagePlan, plan_stage
from workflow.history import write_events
from workflow.models import Case, Stage
from workflow.policies import WHO_MAY
from workflow.rulebook import current_rulebook, finish_limit, own_limit
from workflow.standing import resume, saved_standing, what_changed
from workflow.states import (
    CASE_MOVES,
    CLOCKS,
    ENDED,
    GOES_ON,
    HOLDERS,
    KEEPS_VERSION,
    PASSED_UP,
    UNDOABLE,
    WORKING,
)
from workflow.time_requests import (
    follow_move,
    granted_extension,
    require_extension_left,
    time_of_shelving,
)
from worktime.clocks import Clock, due, due_with_rest

# The light after each alarm, from mild to serious.
LIGHT_AFTER = {REMIND: Case.Light.NEAR, OVERDUE: Case.Light.LATE, SUPERVISE: Case.Light.SUPERVISED}


# What a move itself changes of a case.
MOVED = ("status", "light", "due_at", "finish_due_at", "ended_at", "version", "event_count")


def require_link(case: Case) -> None:
    """Raises :class:`IllegalMove` if the case is not linked to an earlier one."""
    if case.earlier_id is None:
        raise IllegalMove("这件事没有登记为复发。")


LIFE = Life(
    Case.objects.to_change,
    WHO_MAY,
    CASE_MOVES,
    conditions={
        "feed_back": shares.require_all_fed_back,
        "ask_shelving": shares.require_none_awaited,
        "ask_extension": require_extension_left,
        "unlink": require_link,
    },
)
begin = LIFE.begin


def move_case(
    case: Case, verb: str, *, by: User | None, at: datetime, to: str | None = None, note: str = ""
) -> Case:
    """Moves a locked case along the state table, as :func:`move_cases` does."""
    move_cases([case], verb, by=by, at=at, to=to, note=note)
    return case


def move_cases(
    cases: Sequence[Case],
    verb: str,
    *,
    by: User | None,
    at: datetime,
    to: str | None = None,
    note: str = "",
    fields: Collection[str] | None = None,
) -> None:
    """Moves locked cases along the state table: ends their stays, starts the next, saves, writes the events.

    ``to`` picks one of several targets; ``fields`` are those that the caller has changed, None for any. The link of a
    verb that can be undone keeps how the case stood before. Raises :class:`IllegalMove` if the table has no such move.
    """
    before = {case.pk: saved_standing(case) for case in cases} if verb in UNDOABLE else None
    came_from = {case.pk: set_status(case, verb, at=at, to=to) for case in cases}
    own = Stage.objects.of_case().running().filter(case__in=list(came_from))
    own.update(ended_at=at, ended_by=verb, next_action_at=None)
    shares.end_with_cases([case for case in cases if not case.is_open], verb, at=at)
    if verb == "undo":
        for case in cases:
            resume_stay(case)
    else:
        start_stays([case for case in cases if case.is_open], verb, at=at)
    for case in cases:
        follow_move(case, verb, came_from=came_from[case.pk], at=at)
        case.version += 1
        case.event_count += 1
    update_rows(cases, None if fields is None else (*MOVED, *fields))
    changed = {case.pk: what_changed(before[case.pk], case) for case in cases} if before is not None else None
    write_events(cases, verb, by=by, at=at, came_from=came_from, note=note, before=changed)


def _keeps_light(case: Case, verb: str) -> bool:
    """Whether the light outlives the step: supervision does, and lateness where the case is only passed up.

    Undo has put back the light that the case had.
    """
    if verb == "undo":
        return True
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
    case: Case,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    fields: Collection[str] = (),
    post: str = "",
) -> Case:
    """Writes an event that moves nothing, as :func:`note_cases` does."""
    note_cases([case], verb, by=by, at=at, note=note, fields=fields, post=post)
    return case


def note_cases(
    cases: Sequence[Case],
    verb: str,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    fields: Collection[str] = (),
    post: str = "",
) -> None:
    """Writes an event of locked cases that moves nothing and saves the ``fields`` that it changed.

    An event that changes whose turn it is raises the version, so that a user with an open page must decide again.
    Those in ``KEEPS_VERSION`` do not, so that open pages stay valid. ``post`` is in which capacity ``by`` acts where
    that does not follow from the verb.
    """
    for case in cases:
        case.version += verb not in KEEPS_VERSION
        case.event_count += 1
    update_rows(cases, ("version", "event_count", *fields))
    came_from = {case.pk: case.status for case in cases}
    write_events(cases, verb, by=by, at=at, came_from=came_from, note=note, post=post)


def start_stays(cases: Sequence[Case], verb: str, *, at: datetime) -> None:
    """Opens the stages of the cases' present statuses after ``verb``. The cases are not saved here."""
    plans = [start_stay(case, at=at, interrupted=interrupted_stay(case, verb)) for case in cases]
    insert_rows([stage_of(case, plan, at=at) for case, plan in zip(cases, plans, strict=True)])


def start_stay(case: Case, *, at: datetime, interrupted: Interrupted | None = None) -> StagePlan:
    """Returns the plan of a stay in the case's present status and copies its due time to the case. Saves nothing."""
    plan = plan_for(case, at=at, interrupted=interrupted)
    case.due_at = plan.deadline.due_at
    if case.status in WORKING:
        case.finish_due_at = plan.deadline.due_at
    return plan


def resume_stay(case: Case) -> Stage:
    """Resumes the interrupted stay as if nothing had happened."""
    stage: Stage = case.stages.of_case().filter(status=case.status).latest("pk")
    resume(stage)
    case.due_at = stage.due_at
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
        organization_id=case.unit_id if HOLDERS[case.status] == "unit" else None,
        started_at=at,
        counted_from=plan.deadline.started_at,
        is_rest=plan.deadline.is_rest,
        due_at=plan.deadline.due_at,
        is_provisional=plan.deadline.provisional,
        clock=plan.deadline.limit.clock,
        amount=plan.deadline.limit.amount,
        explanation=plan.deadline.explain(),
        calendar_version=plan.deadline.calendar_version,
        alarms=[[rule, moment.isoformat()] for rule, moment in plan.alarms],
        next_action_at=plan.alarms[0][1],
    )


def interrupted_stay(case: Case, verb: str) -> Interrupted | None:
    """Returns the stay to which ``verb`` leads back, if another verb interrupted it."""
    if verb not in GOES_ON:
        return None
    found = interruption_of(_interrupted_by(case, GOES_ON[verb]), case)
    extension = granted_extension(case) if verb == "grant_extension" else None
    if found is None or extension is None:
        return found
    later = due(found.due_at, extension, calendar=current_rulebook().calendar)
    return replace(found, due_at=later.due_at, extension=extension)


def promise_goes_on(case: Case, *, at: datetime) -> None:
    """Moves the promise by the time for which a request about it has stopped the clock. The case is not saved here."""
    stay = _interrupted_by(case, "ask_extension")
    if stay is not None and stay.ended_at is not None:
        went_on = due_with_rest(
            at,
            clock=Clock(stay.clock),
            interrupted_at=stay.ended_at,
            was_due_at=stay.due_at,
            calendar=current_rulebook().calendar,
        )
        case.finish_due_at = went_on.due_at


def interrupted_status(case: Case, verb: str) -> str | None:
    """Returns the status to which ``verb`` leads back; None if no stay was interrupted."""
    stay = _interrupted_by(case, GOES_ON[verb])
    return stay.status if stay is not None else None


def _interrupted_by(case: Case, verb: str) -> Stage | None:
    return Stage.objects.of_case().filter(case=case, ended_by=verb).order_by("-pk").first()


def interruption_of(stay: Stage | None, case: Case) -> Interrupted | None:
    """Returns an ended stay as one that goes on, if it was in the case's present status and with its present unit."""
    if stay is None or stay.ended_at is None or stay.status != case.status:
        return None
    if stay.organization_id not in (None, case.unit_id):
        return None
    return Interrupted(Clock(stay.clock), stay.ended_at, stay.due_at)


def plan_for(case: Case, *, at: datetime, interrupted: Interrupted | None = None) -> StagePlan:
    """Returns the plan of a stay in the case's present status.

    The unit's time runs from acceptance (``promised_from_at``), however long assignment took (Art. 18); what was
    interrupted goes on from now.
    """
    rulebook = current_rulebook()
    own = time_of_shelving(case, at=at) if case.status == "shelved" else own_limit(case.matter, case.status)
    is_promised = case.status == "in_hand" and interrupted is None
    started_at = case.promised_from_at if is_promised and case.promised_from_at else at
    return plan_stage(
        CLOCKS[case.status] or "",
        started_at=started_at,
        urgent=case.is_urgent,
        matter_limit=finish_limit(case.matter),
        own_limit=own,
        book=rulebook.book,
        calendar=rulebook.calendar,
        interrupted=interrupted,
    )
