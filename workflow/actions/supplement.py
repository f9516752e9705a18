"""Words and photos that are added to a report after it was sent (Art. 18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from common.errors import RuleViolation
from common.privacy.redaction import redacted
from workflow import notices
from workflow.actions.evidence import attach_photos
from workflow.models import Attachment, Case
from workflow.stages import begin, note_case

WORDLESS = "补了 {count} 张照片"


@transaction.atomic(savepoint=False)
def supplement_case(
    case: Case, *, note: str = "", photos: Sequence[UUID] = (), by: User, at: datetime
) -> Case:
    """Adds words or photos to an open case. Nothing moves: turn, clock and version stay as they are.

    The holder is told, and the reporter when somebody else has added something. Raises :class:`RuleViolation` if there
    is nothing to add.
    """
    case = begin(case, "supplement", by=by)
    if not note.strip() and not photos:
        raise RuleViolation("请写一句要补充的情况，或选一张照片。", field="note")
    count = attach_photos(case, photos, kind=Attachment.Kind.REPORT, by=by)
    words = redacted(note.strip()) or WORDLESS.format(count=count)
    note_case(case, "supplement", by=by, at=at, note=words)
    notices.tell_holder(case, f"{by.name}补充了情况", reason=words, topic="progress", at=at)
    if case.caretaker_id != by.pk:
        notices.tell_reporter(case, f"{by.name}补充了情况", reason=words, topic="progress", at=at)
    return case
