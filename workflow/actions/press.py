"""Pressing: one line to whoever has the case now. It moves nothing and restarts no clock (Art. 17, 18)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from common.errors import IllegalMove
from workflow import notices
from workflow.actions.grid import required_text
from workflow.models import Case
from workflow.stages import begin, note_case
from workflow.states import KEEPS_VERSION

NOT_AGAIN_WITHIN = timedelta(minutes=30)


@transaction.atomic(savepoint=False)
def press_case(case: Case, *, note: str, by: User, at: datetime) -> Case:
    """Presses the present holder, who is told at once. The events count how often.

    Raises :class:`IllegalMove` if the same person pressed the same holder within the last half hour.
    """
    case = begin(case, "press", by=by)
    words = required_text(note, "请写一句催办的话，对方马上看到。", field="note")
    moved = case.events.exclude(verb__in=KEEPS_VERSION).aggregate(last=Max("seq"))["last"] or 0
    lately = case.events.filter(verb="press", actor=by, at__gt=at - NOT_AGAIN_WITHIN, seq__gt=moved)
    if lately.exists():
        raise IllegalMove("您半小时内已经催办过，对方已收到。")
    note_case(case, "press", by=by, at=at, note=words)
    notices.tell_holder(case, "催办", reason=words, topic="press", at=at)
    return case
