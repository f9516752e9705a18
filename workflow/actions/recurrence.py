"""Taking off a link to an earlier case that is none (Art. 17)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from workflow.actions.grid import required_text
from workflow.models import Case
from workflow.stages import begin, note_case


@transaction.atomic(savepoint=False)
def unlink_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Takes off the link to the case that this one was found to repeat. It is not found again.

    Nothing moves: turn, clock and version stay as they are. Raises :class:`IllegalMove` if there is no link.
    """
    case = begin(case, "unlink", by=by)
    reason = required_text(note, "请写明为什么不是复发。", field="note")
    case.earlier = case.earlier_m = None
    note_case(case, "unlink", by=by, at=at, note=reason, fields=("earlier", "earlier_m"))
    return case
