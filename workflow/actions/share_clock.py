"""What the clock does about a share of an assisting unit: remind, flag, report up. It leaves the light of the case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from personnel.models import Organization
from workflow import deadlines, notices
from workflow.models import Case, Stage
from workflow.stages import note_case


def remind(case: Case, stage: Stage, at: datetime) -> bool:
    """When a quarter of the share's time is left: reminds its holder."""
    _note(case, stage, "remind", at=at)
    _tell_holder(case, stage, "协办时限将到", topic="remind", at=at)
    return False


def flag_overdue(case: Case, stage: Stage, at: datetime) -> bool:
    """When the share's time has run out: tells its holder, the leading unit and the desk."""
    stage.overdue_at = stage.due_at
    unit = _note(case, stage, "flag_overdue", at=at)
    _tell_holder(case, stage, "协办已超期", topic="overdue", at=at)
    if case.unit is not None:
        notices.tell_unit(case, case.unit, f"{unit.name}协办超期", topic="overdue", at=at)
    if stage.organization_id is not None:  # otherwise the desk itself is the holder
        notices.tell_desk(case, f"{unit.name}协办超期", topic="overdue", at=at)
    return False


def report_up(case: Case, stage: Stage, at: datetime) -> bool:
    """When the share is still overdue after the time for it: tells the level above."""
    unit = _note(case, stage, "report_up", at=at)
    notices.tell_above(case, f"{unit.name}协办超期未办", topic="overdue", at=at)
    return False


def _note(case: Case, stage: Stage, verb: str, *, at: datetime) -> Organization:
    unit = unit_of(stage)
    note_case(case, verb, by=None, at=at, note=f"协办：{unit.name}")
    return unit


def unit_of(stage: Stage) -> Organization:
    """Returns the assisting unit of a share's stay."""
    assert stage.share is not None
    return stage.share.unit


def _tell_holder(case: Case, stage: Stage, sentence: str, *, topic: str, at: datetime) -> None:
    if stage.organization_id is None:
        notices.tell_desk(case, f"{unit_of(stage).name}退回协办，{sentence}", topic=topic, at=at)
    else:
        notices.tell_unit(case, unit_of(stage), sentence, topic=topic, at=at)


# Each returns whether the stay has ended, which the clock of a share never brings about.
SHARE_RULES: dict[str, Callable[[Case, Stage, datetime], bool]] = {
    deadlines.REMIND: remind,
    deadlines.OVERDUE: flag_overdue,
    deadlines.ESCALATE: report_up,
}
