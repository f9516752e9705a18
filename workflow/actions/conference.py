"""The conference about who must handle a case: the common superior invites units and names the lead (Art. 17)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from personnel.models import Organization
from workflow import notices, shares
from workflow.actions.desk import give_to_unit, require_readers
from workflow.actions.grid import required_text
from workflow.models import Case
from workflow.stages import begin, interrupted_status, move_case, note_case

MOST_INVITED = 12


@transaction.atomic(savepoint=False)
def convene_conference(
    case: Case, *, units: Sequence[Organization], note: str, by: User, at: datetime
) -> Case:
    """Invites units to the conference; each may read the case until the lead is named."""
    case = begin(case, "convene", by=by)
    words = required_text(note, "请写明会商的时间、方式和要商量的问题。", field="note")
    if not 1 <= len(units) <= MOST_INVITED:
        raise RuleViolation(f"请选择 1 至 {MOST_INVITED} 个参加会商的单位。", field="units")
    for unit in units:
        require_readers(case, unit, field="units")
    invited = shares.invite(case, units, at=at)
    for unit in invited:
        notices.tell_unit(case, unit, "请参加会商", topic="conference", at=at)
    names = "、".join(unit.name for unit in units)
    note_case(case, "convene", by=by, at=at, note=f"邀请{names}：{words}")
    if case.unit is not None:
        notices.tell_unit(case, case.unit, "已召集会商", topic="conference", at=at)
    return case


@transaction.atomic(savepoint=False)
def name_lead(case: Case, *, unit: Organization, reason: str, by: User, at: datetime) -> Case:
    """Names the unit that must handle the case, with the minutes of the conference. The ruling is binding.

    A unit that stays goes on where it was, with what it had left; the time of another starts now.
    """
    case = begin(case, "name_lead", by=by)
    minutes = required_text(reason, "请写明会商纪要：谁参加、依据什么、由谁主办。", field="reason")
    former, stays = case.unit, case.unit_id == unit.pk
    shares.end_invitations(case, verb="name_lead", at=at)
    if not stays:
        give_to_unit(case, unit, reason=minutes, at=at)
        case.promised_from_at = at
    to = interrupted_status(case, "name_lead") if stays else "awaiting_signature"
    move_case(case, "name_lead", by=by, at=at, to=to, note=minutes)
    notices.tell_holder(case, "会商裁定由本单位主办", reason=minutes, topic="assign", at=at)
    if former is not None and not stays:
        notices.tell_unit(case, former, f"会商裁定由{unit.name}主办", topic="assign", at=at)
    return case
