"""The verbs of the grid itself: worker and leader (Art. 18, first paragraph)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.redaction import redacted
from workflow import notices
from workflow.actions.evidence import attach_photos, require_evidence, require_witness
from workflow.models import Attachment, Case
from workflow.stages import begin, move_case


def required_text(text: str, sentence: str, *, field: str) -> str:
    """Returns the trimmed text. Raises :class:`RuleViolation` with ``sentence`` if it is empty."""
    if not text.strip():
        raise RuleViolation(sentence, field=field)
    return text.strip()


@transaction.atomic(savepoint=False)
def settle_case(case: Case, *, result: str, photos: Sequence[UUID] = (), by: User, at: datetime) -> Case:
    """Finishes a case inside the grid. Another person then verifies it."""
    case = begin(case, "settle", by=by)
    case.result = required_text(result, "请写一句怎么解决的。", field="result")
    case.handled_by = Case.HandledBy.WORKER if case.status == "self_handling" else Case.HandledBy.LEADER
    case.handler, case.finished_at = by, at
    attach_photos(case, photos, kind=Attachment.Kind.RESULT, by=by)
    require_evidence(case)
    require_witness(case)
    move_case(case, "settle", by=by, at=at, note=redacted(case.result))
    notices.tell_holder(case, "请核查", topic="verify", at=at)
    return case


@transaction.atomic(savepoint=False)
def pass_to_leader(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Passes the case from the worker, who cannot solve it alone, to the leader (Art. 18)."""
    case = begin(case, "pass_to_leader", by=by)
    move_case(case, "pass_to_leader", by=by, at=at, note=note.strip())
    notices.tell_holder(case, "网格员转来", topic="pass_to_leader", at=at)
    return case


@transaction.atomic(savepoint=False)
def take_up_case(case: Case, *, by: User, at: datetime) -> Case:
    """Takes up the case: the leader now coordinates it."""
    case = begin(case, "take_up", by=by)
    move_case(case, "take_up", by=by, at=at)
    notices.tell_reporter(case, "网格长已接办", topic="progress", at=at)
    return case


@transaction.atomic(savepoint=False)
def send_up_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Sends a case that the grid cannot solve to the township, level by level (Art. 18)."""
    case = begin(case, "send_up", by=by)
    reason = required_text(note, "请写明网格内为什么解决不了。", field="note")
    move_case(case, "send_up", by=by, at=at, note=reason)
    notices.tell_holder(case, "网格长上报", topic="send_up", at=at)
    notices.tell_reporter(case, "已上报乡镇街道", topic="progress", at=at)
    return case
