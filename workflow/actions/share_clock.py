"""What the clock does about a share of an assisting unit: remind, flag, report up. It leaves the light of the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from personnel.models import Organization
from workflow import deadlines, notices
from workflow.models import Stage
from workflow.ringing import Ringing, Rule
from workflow.stages import note_case


def remind(ringing: Sequence[Ringing], at: datetime) -> None:
    """When a quarter of the share's time is left: reminds its holder."""
    for one in ringing:
        _note(one, "remind", at=at)
        _tell_holder(one, "协办时限将到", topic="remind", at=at)


def flag_overdue(ringing: Sequence[Ringing], at: datetime) -> None:
    """When the share's time has run out: tells its holder, the leading unit and the desk."""
    for one in ringing:
        one.stage.overdue_at = one.stage.due_at
        words = f"{_note(one, 'flag_overdue', at=at).name}协办超期"
        _tell_holder(one, "协办已超期", topic="overdue", at=at)
        if one.case.unit is not None:
            notices.tell_unit(one.case, one.case.unit, words, topic="overdue", at=at)
        if one.stage.organization_id is not None:  # otherwise the desk itself is the holder
            notices.tell_desk(one.case, words, topic="overdue", at=at)


def report_up(ringing: Sequence[Ringing], at: datetime) -> None:
    """When the share is still overdue after the time for it: tells the level above."""
    for one in ringing:
        unit = _note(one, "report_up", at=at)
        notices.tell_above([one.case], f"{unit.name}协办超期未办", topic="overdue", at=at)


def _note(one: Ringing, verb: str, *, at: datetime) -> Organization:
    unit = unit_of(one.stage)
    note_case(one.case, verb, by=None, at=at, note=f"协办：{unit.name}")
    return unit


def unit_of(stage: Stage) -> Organization:
    """Returns the assisting unit of a share's stay."""
    assert stage.share is not None
    return stage.share.unit


def _tell_holder(one: Ringing, sentence: str, *, topic: str, at: datetime) -> None:
    unit = unit_of(one.stage)
    if one.stage.organization_id is None:
        notices.tell_desk(one.case, f"{unit.name}退回协办，{sentence}", topic=topic, at=at)
    else:
        notices.tell_unit(one.case, unit, sentence, topic=topic, at=at)


# The clock of a share never ends its stay.
SHARE_RULES: dict[str, Rule] = {
    deadlines.REMIND: remind,
    deadlines.OVERDUE: flag_overdue,
    deadlines.ESCALATE: report_up,
}
