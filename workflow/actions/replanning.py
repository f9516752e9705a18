"""Running deadlines follow a new calendar, new office hours or new limits: one act, in batches (Art. 18).

The act is begun by a person and done by the worker. Each batch is a transaction of its own, so that an interrupted act
goes on where it stopped; every moved deadline is a new version with its explanation and a row that says what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from audit.actions import append_entry, hold
from audit.events import write_events
from common.errors import IllegalMove
from common.records.many import insert_rows, update_rows
from common.records.sources import source_of
from sweeps.actions import sweep_together
from sweeps.models import Setback
from workflow.history import SYSTEM
from workflow.models import Case, CaseEvent, DeadlineChange, Replanning, Stage
from workflow.policies import REPLANNERS
from workflow.replanning import AT_ONCE, Change, changes_of, preview, running_stays
from workflow.rulebook import current_rulebook
from workflow.share_stays import shares_due_later
from workflow.states import WORKING

VERB = "replan"
SWEEP = "workflow.replanning"
PAGE = 20_000
ABANDONED_AFTER = timedelta(minutes=10)
STAGE_COLUMNS = (
    *("due_at", "is_provisional", "clock", "amount", "explanation", "calendar_version"),
    *("deadline_version", "alarms", "next_action_at"),
)


@transaction.atomic
def begin_replanning(*, reason: str, by: User, at: datetime) -> Replanning:
    """Begins to move the running deadlines to the settings in force. ``reason`` is the document that changed them.

    Raises :class:`IllegalMove` if another re-planning is not finished or nothing would move.
    """
    REPLANNERS.require(by)
    source = source_of(reason, "期限变动")
    hold("replanning")
    if Replanning.objects.filter(finished_at=None).exists():
        stuck = Setback.objects.filter(sweep=SWEEP).count()
        why = f"，其中 {stuck} 件一时改不了，系统会再试；一直不成请联系运维" if stuck else ""
        raise IllegalMove(f"上一次重新推算还没有完成{why}。请稍候再来。")
    if not preview().total:
        raise IllegalMove("在办事项的期限都已按现行日历和时限计算，没有要改的。")
    act = Replanning.objects.create(
        reason=source, calendar_version=current_rulebook().calendar.version, by=by, at=at
    )
    record = {"reason": source, "calendar": act.calendar_version}
    append_entry(f"replanning:{act.pk}", verb="begin", at=at, actor_id=by.pk, record=record)
    return act


def work_on_replanning(*, at: datetime) -> int:
    """Moves the next deadlines of the act that is not finished. Returns how many it moved.

    One worker at a time does it, and leaves off after ``PAGE`` stays so that other work gets its turn. A stay that
    cannot be moved does not hold back the others; it is tried again, and the act is finished when none is left.
    """
    act = Replanning.objects.filter(finished_at=None).first()
    if act is None or not _claim(act, at=at):
        return 0
    move, page = partial(_move, act.pk, at=at), list(_stays_after(act.last_stage))
    moved = sweep_together(SWEEP, page, move, at=at, size=AT_ONCE, are_all=False).done
    if page:
        Replanning.objects.filter(pk=act.pk).update(last_stage=page[-1])
    if len(page) < PAGE:
        moved += _move_what_failed(move, at=at)
        if not Setback.objects.filter(sweep=SWEEP).exists():
            _finish(act.pk, at=at)
    Replanning.objects.filter(pk=act.pk).update(claimed_at=None)
    return moved


def _claim(act: Replanning, *, at: datetime) -> bool:
    """Takes the act for this worker; a worker that has died is followed up after ``ABANDONED_AFTER``."""
    is_free = Q(claimed_at=None) | Q(claimed_at__lt=at - ABANDONED_AFTER)
    return bool(Replanning.objects.filter(is_free, pk=act.pk, finished_at=None).update(claimed_at=at))


def _move_what_failed(move: Callable[[Sequence[int]], int], *, at: datetime) -> int:
    left = [int(row) for row in Setback.objects.filter(sweep=SWEEP).values_list("row", flat=True)]
    return sweep_together(SWEEP, left, move, at=at, size=AT_ONCE).done if left else 0


def _stays_after(seen: int) -> QuerySet[Stage, int]:
    """The numbers of the next running stays of cases."""
    return running_stays().filter(pk__gt=seen).order_by("pk").values_list("pk", flat=True)[:PAGE]


def _move(act_id: int, keys: Sequence[int], *, at: datetime) -> int:
    """Moves the deadlines of these stays in the caller's transaction. Returns how many moved.

    Cases are locked before their stays are read, so that a verb that runs meanwhile and this act see each other.
    """
    act = Replanning.objects.select_for_update().get(pk=act_id)
    rows = running_stays().filter(pk__in=keys)
    cases = Case.objects.select_for_update(of=("self",)).order_by("pk").select_related("matter")
    held = {case.pk: case for case in cases.filter(pk__in=rows.values_list("case", flat=True))}
    stages = [stage for stage in rows.order_by("pk") if stage.case_id in held]
    for stage in stages:
        stage.case = held[stage.case_id]
    changes = list(changes_of(stages, current_rulebook()))
    act.moved += len(changes)
    act.earlier += sum(change.is_earlier for change in changes)
    act.save(update_fields=["moved", "earlier"])
    _write(changes, act, at=at)
    return len(changes)


@transaction.atomic
def _finish(act_id: int, *, at: datetime) -> None:
    act = Replanning.objects.select_for_update().filter(finished_at=None, pk=act_id).first()
    if act is not None:
        act.finished_at = at
        act.save(update_fields=["finished_at"])
        record = {"moved": act.moved, "earlier": act.earlier}
        append_entry(f"replanning:{act.pk}", verb="finish", at=at, actor_id=None, record=record)


def _write(changes: Sequence[Change], act: Replanning, *, at: datetime) -> None:
    if not changes:
        return
    insert_rows([_change_row(change, act) for change in changes])
    _move_shares(changes, act)
    stages = [_moved(change) for change in changes]
    cases = [_with_new_time(stage) for stage in stages]
    update_rows(stages, STAGE_COLUMNS)
    update_rows(cases, ["due_at", "finish_due_at", "event_count"])
    due = {stage.case_id: stage.due_at.isoformat() for stage in stages}
    write_events(
        CaseEvent,
        cases,
        VERB,
        by_id=act.by_id,
        at=at,
        post=SYSTEM,
        note=act.reason,
        columns=lambda case: {"case": case, "from_status": case.status},
        record=lambda case: {"from": case.status, "due": due[case.pk]},
    )


def _move_shares(changes: Sequence[Change], act: Replanning) -> None:
    """Lets no share of an assisting unit be due later than its case, where that is due earlier now (Art. 17).

    These follow from the deadlines of the cases and are not counted beside them.
    """
    ends = {
        change.stage.case_id: change.plan.deadline
        for change in changes
        if change.is_earlier and change.stage.status in WORKING
    }
    if not ends:
        return
    was = {stay.pk: stay for stay in Stage.objects.of_shares().running().filter(case__in=ends)}
    moved = shares_due_later(ends)
    insert_rows(
        [
            DeadlineChange(
                stage=stay,
                replanning=act,
                deadline_version=stay.deadline_version,
                due_before=was[stay.pk].due_at,
                due_after=stay.due_at,
                explanation_before=was[stay.pk].explanation,
            )
            for stay in moved
        ]
    )
    update_rows(moved, STAGE_COLUMNS)


def _change_row(change: Change, act: Replanning) -> DeadlineChange:
    stage = change.stage
    return DeadlineChange(
        stage=stage,
        replanning=act,
        deadline_version=stage.deadline_version + 1,
        due_before=stage.due_at,
        due_after=change.plan.deadline.due_at,
        explanation_before=stage.explanation,
    )


def _moved(change: Change) -> Stage:
    stage, deadline = change.stage, change.plan.deadline
    stage.due_at, stage.is_provisional = deadline.due_at, deadline.provisional
    stage.clock, stage.amount = deadline.limit.clock, deadline.limit.amount
    stage.explanation, stage.calendar_version = deadline.explain(), deadline.calendar_version
    stage.deadline_version += 1
    stage.alarms = [[rule, moment.isoformat()] for rule, moment in change.alarms]
    stage.next_action_at = change.alarms[0][1] if change.alarms else None
    return stage


def _with_new_time(stage: Stage) -> Case:
    case = stage.case
    case.due_at = stage.due_at
    if case.status in WORKING:
        case.finish_due_at = stage.due_at
    case.event_count += 1
    return case
