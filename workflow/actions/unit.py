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
from workflow.returns import words_of_ruling
from workflow.stages import begin, interrupted_status, move_case, promise_goes_on
from workflow.states import BINDING_RETURN, level_above


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
    """Hands back a case that was assigned by mistake. The second return calls a conference one level up (会商)."""
    case = begin(case, "hand_back", by=by)
    reason = required_text(note, "请写明为什么不属于本单位，并引用职责依据。", field="note")
    if case.return_count >= BINDING_RETURN:
        raise RuleViolation(f"{words_of_ruling(case)}，不能再退单，请签收办理。")
    case.return_count += 1
    is_conference = case.return_count == BINDING_RETURN
    above = level_above(case.level)
    if is_conference and above is not None:
        case.level, case.escalations = above, case.escalations + 1
    to = "conference" if is_conference else "return_review"
    move_case(case, "hand_back", by=by, at=at, to=to, note=reason)
    words = "再次申请退单，请会商裁定" if is_conference else "申请退单"
    notices.tell_holder(case, words, reason=reason, topic="hand_back", at=at)
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
    move_case(case, "reject_return", by=by, at=at, to=interrupted_status(case, "reject_return"), note=reason)
    notices.tell_holder(case, "退单未获同意", reason=reason, topic="assign", at=at)
    return case


@transaction.atomic(savepoint=False)
def reassign_case(case: Case, *, unit: Organization, reason: str, by: User, at: datetime) -> Case:
    """Gives an assigned case to another unit, whose time starts anew. The unit that had it is told."""
    case = begin(case, "reassign", by=by)
    if unit.pk == case.unit_id:
        raise RuleViolation("这件事就在这个单位，改派须另选一个单位。", field="unit")
    why = required_text(reason, "请写明为什么改派，两个单位都会看到。", field="reason")
    former = case.unit
    give_to_unit(case, unit, reason=why, at=at)
    case.promised_from_at = at
    case.return_count = min(case.return_count, BINDING_RETURN - 1)  # no ruling binds the new unit
    move_case(case, "reassign", by=by, at=at, note=why)
    notices.tell_holder(case, "改派给本单位", reason=why, topic="assign", at=at)
    if former is not None:
        notices.tell_unit(case, former, f"已改派给{unit.name}，本单位不再办理", topic="assign", at=at)
    notices.tell_reporter(case, f"已改派给{unit.name}", topic="progress", at=at)
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
    if case.status == "extension_review":
        promise_goes_on(case, at=at)
    move_case(case, "feed_back", by=by, at=at, note=redacted(case.result))
    notices.tell_holder(case, f"{case.unit}已办结，请核查", topic="verify", at=at)
    return case
