"""One shift: it is handed over to the next, or taken off the roster (Art. 17, 18)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from common.errors import IllegalMove
from common.privacy.redaction import redacted
from duty import notices, policies, states
from duty.models import DutyShift
from personnel.holdings import Posting
from personnel.life import Life, write_step

LIFE = Life(DutyShift.objects.to_change, policies.WHO_MAY, states.SHIFT_MOVES)
EARLIEST = timedelta(hours=2)
NOT_ITS_TIME = "这一班还没有开始，或者已经结束，不用交班。"
TOO_EARLY = "离这一班结束还有两个小时以上；临时有事请让排班的人改值班表。"
NOBODY_AFTER = "后面没有接着排班，交不出去；请先让排班的人排好下一班。"


@transaction.atomic
def hand_over_duty(shift: DutyShift, *, note: str = "", by: User, at: datetime) -> DutyShift:
    """Hands a running shift over to the next, which begins now, with a line to whoever takes over.

    Raises :class:`IllegalMove` before its last hours, and if no shift follows without a gap.
    """
    shift = LIFE.begin(shift, "hand_over_duty", by=by)
    if not shift.starts_at < at < shift.ends_at:
        raise IllegalMove(NOT_ITS_TIME)
    if shift.ends_at - at > EARLIEST:
        raise IllegalMove(TOO_EARLY)
    following = DutyShift.objects.to_change().select_for_update(of=("self",)).filter(status="planned")
    after = following.filter(body=shift.body, starts_at=shift.ends_at).first()
    if after is None:
        raise IllegalMove(NOBODY_AFTER)
    shift.note, shift.ends_at, shift.handed_over_at = redacted(note.strip())[:300], at, at
    LIFE.move(shift, "hand_over_duty", by=by, at=at, note=shift.note)
    after.starts_at = at
    write_step(after, "take_over_duty", by=by, at=at)
    notices.tell_next(shift, after, at=at)
    return shift


@transaction.atomic
def take_off_roster(shift: DutyShift, *, by: User | None, at: datetime) -> DutyShift:
    """Takes a shift that has not ended off the roster. Raises :class:`IllegalMove` for one that has."""
    shift = LIFE.lock(shift)
    if by is not None:
        LIFE.require_open(shift, "take_off_roster", by=by)
    if shift.ends_at <= at:
        raise IllegalMove(NOT_ITS_TIME)
    return LIFE.move(shift, "take_off_roster", by=by, at=at)


def take_off_of_leavers(post: Posting, *, at: datetime, **_: Any) -> int:
    """Takes what somebody was still to be on duty for off the roster when their post ends; returns how many."""
    rows = list(planned_because_of(post).filter(ends_at__gt=at).to_change())
    for shift in rows:
        take_off_roster(shift, by=None, at=at)
    return len(rows)


def planned_because_of(post: Posting) -> Any:
    """Returns the planned shifts that somebody has because of a post in a body."""
    body = getattr(post, "organization_id", None)
    return DutyShift.objects.filter(status="planned", body=body, person=post.user_id)
