"""Undo: takes back the whole last act of its author within ten seconds, before anybody has been told (Art. 19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove
from notifications.actions import take_back
from workflow import notices, shares
from workflow.merged_cases import merged_into
from workflow.models import Case, CaseEvent
from workflow.stages import begin, move_case
from workflow.standing import put_back, standing_before
from workflow.states import KEEPS_VERSION, ONE_ACT, UNDOABLE, VERBS

OTHERWISE = "只能撤销自己刚才的一步：" + "、".join(VERBS[verb] for verb in UNDOABLE) + "。"
TOO_LATE = "已超过 10 秒，对方可能已收到通知，不能撤销；请按页面上的按钮继续办理。"


@dataclass(frozen=True)
class Act:
    """What a user did to a case in one step: ``first`` and ``last`` are two events after 受理交办, otherwise one."""

    first: CaseEvent
    last: CaseEvent

    @property
    def events(self) -> list[CaseEvent]:
        """Its events, the last one first."""
        return [self.last] if self.last == self.first else [self.last, self.first]


@transaction.atomic(savepoint=False)
def undo_last(case: Case, *, by: User, at: datetime) -> Case:
    """Takes back the user's own last act: where the case stood, who had it, and the notices that were on hold."""
    case = begin(case, "undo", by=by)
    act = last_act(case, by=by, at=at)
    try:
        befores = [standing_before(case, event) for event in act.events]
    except LookupError as kept_by_nobody:  # an act of the version before this one
        raise IllegalMove(OTHERWISE) from kept_by_nobody
    for one in (case, *merged_into(case)):
        take_back(notices.subject_of(one), since=act.last.at, at=at)
    shares.take_back_parts(case, act.last.verb, since=act.last.at, at=at)
    for before in befores:
        put_back(case, before)
    return move_case(case, "undo", by=by, at=at, to=act.first.from_status)


def last_act(case: Case, *, by: User, at: datetime) -> Act:
    """Returns the act that ``by`` may take back now. What the clock noted and what was added since is no act.

    Raises :class:`IllegalMove` if the last act is another's, cannot be undone, or is older than ten seconds.
    """
    last, before = [*case.events.exclude(verb__in=KEEPS_VERSION).order_by("-seq")[:2], None, None][:2]
    if last is None or last.verb not in UNDOABLE or last.actor_id != by.pk:
        raise IllegalMove(OTHERWISE)
    if at - last.at >= notices.UNDO_WINDOW:
        raise IllegalMove(TOO_LATE)
    is_one = before is not None and (before.verb, last.verb) == ONE_ACT
    if before is not None and is_one and (before.actor_id, before.at) == (by.pk, last.at):
        return Act(before, last)
    return Act(last, last)
