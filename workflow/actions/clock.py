"""What the clock does by itself: remind, flag, escalate, supervise, lapse, close (Art. 17, 18).

These verbs have no actor and no policy. Each runs exactly once per stage, rule and deadline version: the case row is
locked, the alarm is checked again under the lock, and the effect row is unique.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from sweeps.actions import MOST_IN_ONE_PASS, sweep_rows
from workflow import deadlines, notices
from workflow.actions.share_clock import SHARE_RULES
from workflow.actions.time_requests import take_off_shelf
from workflow.models import Case, Stage, StageEffect
from workflow.stages import move_case, note_case
from workflow.states import LEVEL_NAMES, level_above

CLOCKS = "workflow.clocks"


def sweep_clocks(*, at: datetime, most: int = MOST_IN_ONE_PASS) -> int:
    """Rings every clock that is due by ``at``, the most overdue first. Returns how many stages were handled."""
    return sweep_rows(CLOCKS, Stage.objects.ringing(at), lambda pk: ring(pk, at=at), at=at, most=most).done


@transaction.atomic
def ring(stage_id: int, *, at: datetime) -> int:
    """Carries out the due alarms of one stage. Returns how many. A locked case waits for the next pass."""
    case = (
        Case.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("matter", "unit")
        .filter(stages=stage_id)
        .first()
    )
    stage = Stage.objects.running().filter(pk=stage_id).first()
    if case is None or stage is None or stage.next_action_at is None:
        return 0
    rung = 0
    for rule, moment in stage.pending_alarms():
        if moment < stage.next_action_at or moment > at:
            continue
        StageEffect.objects.create(
            stage=stage, rule=rule, deadline_version=stage.deadline_version, due_at=moment, at=at
        )
        rung += 1
        if rules_of(stage)[rule](case, stage, at):
            return rung
    _wind(stage, at=at)
    return rung


def _wind(stage: Stage, *, at: datetime) -> None:
    """Sets the clock of the stage to its next alarm, or stops it."""
    later = stage.pending_alarms(after=at)
    stage.next_action_at = later[0][1] if later else None
    stage.save(update_fields=["next_action_at", "overdue_at"])


def remind(case: Case, stage: Stage, at: datetime) -> bool:
    """When a quarter of the time is left: sets the blue light and sends one reminder to the holder."""
    if case.light == Case.Light.NORMAL:
        case.light = Case.Light.NEAR
    _note(case, "remind", at=at)
    notices.tell_holder(case, "时限将到", topic="remind", at=at)
    return False


def flag_overdue(case: Case, stage: Stage, at: datetime) -> bool:
    """When the time of the step has run out: sets the yellow light and tells the holder and the institution."""
    stage.overdue_at = stage.due_at
    if case.light != Case.Light.SUPERVISED:
        case.light = Case.Light.LATE
    _note(case, "flag_overdue", at=at)
    notices.tell_holder(case, "已超期", topic="overdue", at=at)
    notices.tell_desk(case, "本级事项超期", topic="overdue", at=at)
    return False


def escalate_overdue(case: Case, stage: Stage, at: datetime) -> bool:
    """Moves an overdue case one level up. If a unit or a verifier holds it, the delay is reported up instead."""
    target = _target_above(case)
    if target is None:
        return _report_up(case, at=at)
    if case.status not in ("self_handling", "awaiting_leader", "coordinating"):
        case.level = level_above(case.level) or case.level
    case.escalations += 1
    move_case(
        case,
        "escalate_overdue",
        by=None,
        at=at,
        to=target,
        note=f"超期未办，自动转{LEVEL_NAMES[case.level]}级",
    )
    notices.tell_holder(case, "超期自动升级到您处", topic="escalate", at=at)
    return True


def _target_above(case: Case) -> str | None:
    """Returns the status that an overdue case moves to, or None if its holder keeps it."""
    if case.status == "self_handling" and not case.confidential:
        return "awaiting_leader"
    if case.status in ("self_handling", "awaiting_leader", "coordinating"):
        return "awaiting_acceptance"
    if level_above(case.level) is None:
        return None
    if case.status in ("awaiting_acceptance", "awaiting_assignment"):
        return "awaiting_acceptance"
    return "return_review" if case.status == "return_review" else None


def _report_up(case: Case, *, at: datetime) -> bool:
    case.escalations += 1
    _note(case, "report_up", at=at)
    notices.tell_above(case, "下级事项超期未办", topic="overdue", at=at)
    return False


def raise_supervision(case: Case, stage: Stage, at: datetime) -> bool:
    """When the case is far over time: sets the red light and tells the institution and the one above it."""
    case.light = Case.Light.SUPERVISED
    _note(case, "raise_supervision", at=at)
    notices.tell_holder(case, "已列入督办", topic="supervise", at=at)
    notices.tell_above(case, "严重超期，已列入督办", topic="supervise", at=at)
    return False


def lapse_correction(case: Case, stage: Stage, at: datetime) -> bool:
    """Closes a returned report that was not corrected in time."""
    move_case(case, "lapse_correction", by=None, at=at, note="逾期未补正")
    notices.tell_reporter(case, "逾期未补正，已撤回", topic="withdraw", at=at)
    return True


def close_unrated(case: Case, stage: Stage, at: datetime) -> bool:
    """Closes a case that nobody rated. It counts as 未评价, never as 满意."""
    move_case(case, "close_unrated", by=None, at=at, note="未评价")
    notices.tell_reporter(case, "已结案（未评价）", topic="closed", at=at)
    return True


def resume_when_due(case: Case, stage: Stage, at: datetime) -> bool:
    """On the day of review takes a shelved case off the shelf: the unit goes on with what it had left."""
    take_off_shelf(case, "resume_when_due", note="复核日期已到", by=None, at=at)
    return True


def _note(case: Case, verb: str, *, at: datetime) -> None:
    note_case(case, verb, by=None, at=at, fields=("light", "escalations"))


# Each returns whether the stage has ended.
RULES: dict[str, Callable[[Case, Stage, datetime], bool]] = {
    deadlines.REMIND: remind,
    deadlines.OVERDUE: flag_overdue,
    deadlines.ESCALATE: escalate_overdue,
    deadlines.SUPERVISE: raise_supervision,
    deadlines.LAPSE: lapse_correction,
    deadlines.CLOSE_UNRATED: close_unrated,
    deadlines.RESUME: resume_when_due,
}


def rules_of(stage: Stage) -> dict[str, Callable[[Case, Stage, datetime], bool]]:
    """Returns what the clock of a stay does: of the case itself, or of an assisting unit's share."""
    return RULES if stage.share_id is None else SHARE_RULES
