"""What the clock does by itself: call, remind, flag, escalate, supervise, lapse, close (Art. 17, 18).

These verbs have no actor and no policy. Each runs exactly once per stage, rule and deadline version: the case row is
locked, the alarm is checked again under the lock, and the effect row is unique. The clocks of many cases ring together:
the first due alarm of each is carried out, then the second of each, so that every case has its events in their order.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import models, transaction
from django.db.models import prefetch_related_objects

from common.records.many import RowRefused, insert_rows, update_rows
from notifications.models import Outbox
from sweeps.actions import MOST_IN_ONE_PASS, AtFault, sweep_claimed
from workflow import deadlines, notices
from workflow.actions.calls import CALLS
from workflow.actions.share_clock import SHARE_RULES
from workflow.actions.time_requests import take_off_shelf
from workflow.models import Case, CaseEvent, Stage, StageEffect
from workflow.querysets import StageQuerySet
from workflow.ringing import Ringing, Rule
from workflow.stages import move_cases, note_cases
from workflow.states import LEVEL_NAMES, level_above

CLOCKS = "workflow.clocks"
# What the clocks read and write: neither texts, which may be sealed, nor what says where and when a case came from.
OF_STAGE = (
    "share", "status", "organization", "deadline_version", "due_at", "overdue_at", "alarms", "next_action_at",
)  # fmt: skip
OF_CASE = (
    "status", "level", "version", "event_count", "light", "urgency", "confidential", "matter", "title", "grid",
    "village", "township", "county", "city", "caretaker", "unit", "handled_by", "escalations", "reported_at",
    "promised_from_at", "due_at", "finish_due_at", "ended_at",
)  # fmt: skip
LOCKS = ("case", "self")  # in this order: whoever has the case keeps its stage too


def sweep_clocks(*, at: datetime, most: int = MOST_IN_ONE_PASS) -> int:
    """Rings every clock that is due by ``at``, the most overdue first. Returns how many stages were handled."""
    act = partial(ring_together, at=at)
    size = settings.SWEEP_AT_ONCE
    return sweep_claimed(CLOCKS, _due_stages(at), act, locks=LOCKS, at=at, most=most, size=size).done


@transaction.atomic
def ring(stage_id: int, *, at: datetime) -> int:
    """Carries out the due alarms of one stage. Returns how many. A locked case waits for the next pass."""
    stages = _due_stages(at).filter(pk=stage_id).select_for_update(of=LOCKS, skip_locked=True)
    return _ring(_ringing(stages, at=at), at=at)


def ring_together(stages: Sequence[Stage], *, at: datetime) -> int:
    """Carries out the due alarms of stages that the caller has locked with their cases. Returns how many stages.

    Raises :class:`AtFault` if the database refuses what belongs to one of them.
    """
    try:
        _ring(_ringing(stages, at=at), at=at)
    except RowRefused as refused:
        by_subject = {stage.case.chain_key: stage.pk for stage in stages}
        raise AtFault(by_subject.get(_subject_of(refused.row))) from refused
    return len(stages)


def _subject_of(row: models.Model) -> str:
    """The case that an effect, a stage, an event or a notice is about, by its name in the trace."""
    match row:
        case StageEffect():
            return row.stage.case.chain_key
        case CaseEvent() | Stage():
            return row.case.chain_key
        case Outbox():
            return row.subject
    return ""


def _due_stages(at: datetime) -> StageQuerySet:
    of_case = (f"case__{name}" for name in OF_CASE)
    return Stage.objects.ringing(at).select_related("case").only(*OF_STAGE, *of_case)


def _ringing(stages: Iterable[Stage], *, at: datetime) -> list[Ringing]:
    """Returns what rings in each stage; stages of the same case share it."""
    cases: dict[int, Case] = {}
    ringing = []
    for stage in stages:
        stage.case = cases.setdefault(stage.case_id, stage.case)
        alarms, since = stage.pending_alarms(), stage.next_action_at or at
        due = deque(alarm for alarm in alarms if since <= alarm[1] <= at)
        later = (moment for _, moment in alarms if moment > at)
        ringing.append(Ringing(stage, stage.case, due, next(later, None)))
    return ringing


def _ring(ringing: Sequence[Ringing], *, at: datetime) -> int:
    """Carries out the first due alarm of each case, then the second, and so on; winds the stages that go on.

    Returns how many alarms it carried out.
    """
    rung = 0
    while turn := _next_of_each_case(ringing):
        rules: dict[Rule, list[Ringing]] = defaultdict(list)
        effects = []
        for one in turn:
            rule, moment = one.due.popleft()
            version = one.stage.deadline_version
            effects.append(
                StageEffect(stage=one.stage, rule=rule, deadline_version=version, due_at=moment, at=at)
            )
            rules[rules_of(one.stage)[rule]].append(one)
        insert_rows(effects)
        rung += len(effects)
        for act, together in rules.items():
            act(together, at)
        for one in ringing:
            one.has_ended |= (
                one.stage.share_id is not None and not one.case.is_open
            )  # shares end with their case
    _wind([one for one in ringing if not one.has_ended])
    return rung


def _next_of_each_case(ringing: Iterable[Ringing]) -> Collection[Ringing]:
    """Returns the stages whose alarm is next, one of each case: its events are written one after the other."""
    found: dict[int, Ringing] = {}
    for one in ringing:
        if one.due and not one.has_ended:
            found.setdefault(one.stage.case_id, one)
    return found.values()


def _wind(ringing: Sequence[Ringing]) -> None:
    """Sets the clock of each stage to its next alarm, or stops it."""
    for one in ringing:
        one.stage.next_action_at = one.next_at
    update_rows([one.stage for one in ringing], ("next_action_at", "overdue_at"))


def remind(ringing: Sequence[Ringing], at: datetime) -> None:
    """When a quarter of the time is left: sets the blue light and sends one reminder to the holder."""
    cases = _cases(ringing)
    for case in cases:
        if case.light == Case.Light.NORMAL:
            case.light = Case.Light.NEAR
    _note(cases, "remind", at=at)
    notices.tell_holders(cases, "时限将到", topic="remind", at=at)


def flag_overdue(ringing: Sequence[Ringing], at: datetime) -> None:
    """When the time of the step has run out: sets the yellow light and tells the holder and the institution."""
    cases = _cases(ringing)
    for one in ringing:
        one.stage.overdue_at = one.stage.due_at
        if one.case.light != Case.Light.SUPERVISED:
            one.case.light = Case.Light.LATE
    _note(cases, "flag_overdue", at=at)
    notices.tell_holders(cases, "已超期", topic="overdue", at=at)
    notices.tell_desks(cases, "本级事项超期", topic="overdue", at=at)


def escalate_overdue(ringing: Sequence[Ringing], at: datetime) -> None:
    """Moves overdue cases one level up. If a unit or a verifier holds one, the delay is reported up instead."""
    steps: dict[tuple[str | None, str], list[Ringing]] = defaultdict(list)
    for one in ringing:
        steps[_step_up(one.case)].append(one)
        one.case.escalations += 1
    for (target, level), together in steps.items():
        cases = _cases(together)
        if target is None:
            _report_up(cases, at=at)
            continue
        for case in cases:
            case.level = level
        note = f"超期未办，自动转{LEVEL_NAMES[level]}级"
        _move(together, "escalate_overdue", to=target, note=note, at=at)
        notices.tell_holders(cases, "超期自动升级到您处", topic="escalate", at=at)


def _step_up(case: Case) -> tuple[str | None, str]:
    """Returns the status and the level that an overdue case moves to; no status if its holder keeps it."""
    above = level_above(case.level)
    if case.status == "self_handling" and not case.confidential:
        return "awaiting_leader", case.level
    if case.status in ("self_handling", "awaiting_leader", "coordinating"):
        return "awaiting_acceptance", case.level
    if above is None:
        return None, case.level
    if case.status in ("awaiting_acceptance", "awaiting_assignment"):
        return "awaiting_acceptance", above
    return ("return_review", above) if case.status == "return_review" else (None, case.level)


def _report_up(cases: Sequence[Case], *, at: datetime) -> None:
    _note(cases, "report_up", at=at)
    notices.tell_above(cases, "下级事项超期未办", topic="overdue", at=at)


def raise_supervision(ringing: Sequence[Ringing], at: datetime) -> None:
    """When a case is far over time: sets the red light and tells the institution and the one above it."""
    cases = _cases(ringing)
    for case in cases:
        case.light = Case.Light.SUPERVISED
    _note(cases, "raise_supervision", at=at)
    notices.tell_holders(cases, "已列入督办", topic="supervise", at=at)
    notices.tell_above(cases, "严重超期，已列入督办", topic="supervise", at=at)


def lapse_correction(ringing: Sequence[Ringing], at: datetime) -> None:
    """Closes returned reports that were not corrected in time."""
    cases = _move(ringing, "lapse_correction", note="逾期未补正", at=at)
    notices.tell_reporters(cases, "逾期未补正，已撤回", topic="withdraw", at=at)


def close_unrated(ringing: Sequence[Ringing], at: datetime) -> None:
    """Closes cases that nobody rated. They count as 未评价, never as 满意."""
    cases = _move(ringing, "close_unrated", note="未评价", at=at)
    notices.tell_reporters(cases, "已结案（未评价）", topic="closed", at=at)


def resume_when_due(ringing: Sequence[Ringing], at: datetime) -> None:
    """On the day of review takes shelved cases off the shelf: the units go on with what they had left."""
    for one in ringing:
        take_off_shelf(one.case, "resume_when_due", note="复核日期已到", by=None, at=at)
        one.has_ended = True


def _cases(ringing: Sequence[Ringing]) -> list[Case]:
    return [one.case for one in ringing]


def _note(cases: Sequence[Case], verb: str, *, at: datetime) -> None:
    note_cases(cases, verb, by=None, at=at, fields=("light", "escalations"))


def _move(
    ringing: Sequence[Ringing], verb: str, *, note: str, at: datetime, to: str | None = None
) -> list[Case]:
    """Moves the cases, which ends the stages that ring. Returns the cases."""
    cases = _cases(ringing)
    prefetch_related_objects(cases, "matter")  # the next stay is planned by its limits
    move_cases(cases, verb, by=None, at=at, to=to, note=note, fields=("level", "escalations"))
    for one in ringing:
        one.has_ended = True
    return cases


def rules_of(stage: Stage) -> dict[str, Rule]:
    """Returns what the clock of a stay does: of the case itself, or of an assisting unit's share."""
    return RULES if stage.share_id is None else SHARE_RULES


RULES: dict[str, Rule] = {
    deadlines.REMIND: remind,
    deadlines.OVERDUE: flag_overdue,
    deadlines.ESCALATE: escalate_overdue,
    deadlines.SUPERVISE: raise_supervision,
    deadlines.LAPSE: lapse_correction,
    deadlines.CLOSE_UNRATED: close_unrated,
    deadlines.RESUME: resume_when_due,
    **CALLS,
}
