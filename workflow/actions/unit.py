"""The verbs of the responsible unit (sign, hand back, feed back) and the desk's answer to a return (Art. 17, 18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.redaction import redacted
from personnel.models import Organization
from workflow import notices, shares
from workflow.actions.desk import give_to_unit
from workflow.actions.evidence import attach_photos, require_evidence, require_witness
from workflow.actions.grid import required_text
from workflow.models import Attachment, Case
from workflow.stages import begin, move_case
from workflow.states import level_above

BINDING_RETURN = 2  # the second return goes one level up, and that decision is binding


@transaction.atomic(savepoint=False)
def sign_case(case: Case, *, by: User, at: datetime) -> Case:
    """Confirms that the unit has received the case."""
    case = begin(case, "sign", by=by)
    shares.sign_lead(case, at=at)
    move_case(case, "sign", by=by, at=at)
    notices.tell_reporter(case, f"{case.unit}已签收", topic="progress", at=at)
    return case


@transaction.atomic(savepoint=False)
def hand_back_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Hands back a case that was assigned by mistake. On the second return the level above decides."""
    case = begin(case, "hand_back", by=by)
    reason = required_text(note, "请写明为什么不属于本单位，并引用职责依据。", field="note")
    if case.return_count >= BINDING_RETURN:
        raise RuleViolation("这件事已由上级裁定责任单位，不能再退单，请签收办理。")
    case.return_count += 1
    if case.return_count == BINDING_RETURN:
        above = level_above(case.level)
        if above is not None:
            case.level, case.escalations = above, case.escalations + 1
    move_case(case, "hand_back", by=by, at=at, note=reason)
    notices.tell_holder(case, "申请退单", reason=reason, topic="hand_back", at=at)
    return case


@transaction.atomic(savepoint=False)
def uphold_return(case: Case, *, unit: Organization, reason: str, by: User, at: datetime) -> Case:
    """Agrees that the case was assigned wrongly and gives it to another unit, whose time starts anew."""
    case = begin(case, "uphold_return", by=by)
    if unit.pk == case.unit_id:
        raise RuleViolation("同意改派须另选一个单位；仍由原单位办理请选“驳回退单”。", field="unit")
    give_to_unit(case, unit, reason=reason, at=at)
    case.promised_from_at = at
    move_case(case, "uphold_return", by=by, at=at, note=reason.strip())
    notices.tell_holder(case, "改派给本单位", topic="assign", at=at)
    return case


@transaction.atomic(savepoint=False)
def reject_return(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Leaves the case with the unit. Its time is not extended."""
    case = begin(case, "reject_return", by=by)
    reason = required_text(note, "请写明为什么仍由该单位办理。", field="note")
    move_case(case, "reject_return", by=by, at=at, note=reason)
    notices.tell_holder(case, "退单未获同意", reason=reason, topic="assign", at=at)
    return case


@transaction.atomic(savepoint=False)
def feed_back_case(case: Case, *, result: str, photos: Sequence[UUID] = (), by: User, at: datetime) -> Case:
    """Reports the result. Without a result the case cannot be closed (Art. 18)."""
    case = begin(case, "feed_back", by=by)
    case.result = required_text(result, "请写明办理结果。", field="result")
    case.handler, case.handled_by, case.finished_at = by, Case.HandledBy.UNIT, at
    attach_photos(case, photos, kind=Attachment.Kind.RESULT, by=by)
    require_evidence(case)
    require_witness(case)
    move_case(case, "feed_back", by=by, at=at, note=redacted(case.result))
    notices.tell_holder(case, f"{case.unit}已办结，请核查", topic="verify", at=at)
    return case
