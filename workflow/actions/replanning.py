"""Running deadlines follow a new calendar, new office hours or new limits: one act, in batches (Art. 18).

The act is begun by a person and done by the worker. Each batch is a transaction of its own, so that an interrupted act
goes on where it stopped; every moved deadline is a new version with its explanation and a row that says what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from accounts.models import User
from audit.actions import append_entry, hold
from audit.events import write_events
from common.errors import IllegalMove
from common.records.among import among
from common.records.copying import copy_rows
from common.records.many import insert_rows, update_columns, update_rows
from common.records.sources import source_of
from sweeps.actions import sweep_together
from sweeps.models import Setback
from workflow.history import SYSTEM
from workflow.models import Case, CaseEvent, DeadlineChange, Replanning, Stage
from workflow.policies import REPLANNERS
from workflow.replanning import AT_ONCE, Change, Planner, running_stays, stays_of, would_move
from workflow.rulebook import current_rulebook
from workflow.share_stays import shares_due_later
from workflow.states import WORKING

VERB = "replan"
SWEEP = "workflow.replanning"
PAGE = 20_000
SIDE_BY_SIDE = 2  # while the database writes one batch, the next is calculated
ABANDONED_AFTER = timedelta(minutes=10)
CASE_CHANGES = ("due_at", "finish_due_at", "event_count")
CASE_COLUMNS = ("status", "level", "unit", "confidential", *CASE_CHANGES)
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
    if not would_move():
        raise IllegalMove("在办事项的期限都已按现行日历和时限计算，没有要改的。")
    act = Replanning.objects.create(
        reason=source, calendar_version=current_rulebook().calendar.version, by=by, at=at
    )
    record = {"reason": source, "calendar": act.calendar_version}
    append_entry(f"replanning:{act.pk}", verb="begin", at=at, actor_id=by.pk, record=record)
    return act


def work_on_replanning(*, at: datetime, most: int = 0) -> int:
    """Moves the next deadlines of the act that is not finished. Returns how many it moved.

    One worker at a time does it, and leaves off after ``most`` or ``PAGE`` stays so that other work gets its turn. A
    stay that cannot be moved does not hold back the others; it is tried again, and the act is finished when none is
    left.
    """
    act = Replanning.objects.filter(finished_at=None).first()
    if act is None or not _claim(act, at=at):
        return 0
    most = most or PAGE
    move, page = partial(_move, act, at=at), list(_stays_after(act.last_stage)[:most])
    moved = sweep_together(
        SWEEP, page, move, at=at, size=AT_ONCE, are_all=False, side_by_side=SIDE_BY_SIDE
    ).done
    if page:
        Replanning.objects.filter(pk=act.pk).update(last_stage=page[-1])
    if len(page) < most:
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
    return running_stays().filter(pk__gt=seen).order_by("pk").values_list("pk", flat=True)


def _move(act: Replanning, keys: Sequence[int], *, at: datetime) -> int:
    """Moves the deadlines of these stays in the caller's transaction. Returns how many moved.

    Cases are locked before their stays are read, so that a verb that runs meanwhile and this act see each other. The
    act is counted up last, so that two batches of it wait for each other only while they are committed.
    """
    rows = running_stays().filter(among("pk", keys))
    cases = Case.objects.select_for_update(of=("self",), no_key=True).only(*CASE_COLUMNS).order_by("pk")
    held = {case.pk: case for case in cases.filter(pk__in=rows.values("case"))}
    stays = [stay for stay in stays_of(keys) if stay.case_id in held]
    changes = Planner(current_rulebook()).changes_of(stays)
    if changes:
        _write(changes, [held[change.stay.case_id] for change in changes], act, at=at)
        connection.check_constraints()  # now, and not while another batch waits for the act
        earlier = sum(change.is_earlier for change in changes)
        Replanning.objects.filter(pk=act.pk).update(
            moved=F("moved") + len(changes), earlier=F("earlier") + earlier
        )
    return len(changes)


@transaction.atomic
def _finish(act_id: int, *, at: datetime) -> None:
    act = Replanning.objects.select_for_update().filter(finished_at=None, pk=act_id).first()
    if act is not None:
        act.finished_at = at
        act.save(update_fields=["finished_at"])
        record = {"moved": act.moved, "earlier": act.earlier}
        append_entry(f"replanning:{act.pk}", verb="finish", at=at, actor_id=None, record=record)


def _write(changes: Sequence[Change], cases: Sequence[Case], act: Replanning, *, at: datetime) -> None:
    """Writes what changes of each stay, and of its case in the same place of ``cases``."""
    copy_rows(DeadlineChange, [_change_row(change, act) for change in changes])
    _move_shares(changes, act)
    update_columns(Stage, [change.stay.pk for change in changes], _columns_of_stays(changes))
    for case, change in zip(cases, changes, strict=True):
        case.due_at = change.plan.deadline.due_at
        if case.status in WORKING:
            case.finish_due_at = case.due_at
        case.event_count += 1
    update_rows(cases, CASE_CHANGES)
    write_events(
        CaseEvent,
        cases,
        VERB,
        by_id=act.by_id,
        at=at,
        post=SYSTEM,
        note=act.reason,
        columns=lambda case: {"case": case, "from_status": case.status},
        record=lambda case: {"from": case.status, "due": case.due_at.isoformat()},
    )


def _columns_of_stays(changes: Sequence[Change]) -> dict[str, list[Any]]:
    deadlines = [change.plan.deadline for change in changes]
    return {
        "due_at": [deadline.due_at for deadline in deadlines],
        "is_provisional": [deadline.provisional for deadline in deadlines],
        "clock": [deadline.limit.clock.value for deadline in deadlines],
        "amount": [deadline.limit.amount for deadline in deadlines],
        "explanation": [deadline.explain() for deadline in deadlines],
        "calendar_version": [deadline.calendar_version for deadline in deadlines],
        "deadline_version": [change.stay.deadline_version + 1 for change in changes],
        "alarms": [[[rule, moment.isoformat()] for rule, moment in change.alarms] for change in changes],
        "next_action_at": [change.alarms[0][1] if change.alarms else None for change in changes],
    }


def _change_row(change: Change, act: Replanning) -> dict[str, Any]:
    stay = change.stay
    return {
        "stage_id": stay.pk,
        "replanning_id": act.pk,
        "deadline_version": stay.deadline_version + 1,
        "due_before": stay.due_at,
        "due_after": change.plan.deadline.due_at,
        "explanation_before": stay.explanation,
    }


def _move_shares(changes: Sequence[Change], act: Replanning) -> None:
    """Lets no share of an assisting unit be due later than its case, where that is due earlier now (Art. 17).

    These follow from the deadlines of the cases and are not counted beside them.
    """
    ends = {
        change.stay.case_id: change.plan.deadline
        for change in changes
        if change.is_earlier and change.stay.status in WORKING
    }
    if not ends:
        return
    was = {stay.pk: stay for stay in Stage.objects.of_shares().running().filter(among("case_id", ends))}
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
