"""The notices about duty: to whom a shift is handed over, and who was put on or taken off the roster."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from duty.models import DutyShift
from notifications.actions import notice, tell, tell_many


def subject_of(shift: DutyShift) -> str:
    """Returns the name of the roster in outbox and inbox."""
    return f"duty:{shift.body_id}"


def tell_next(shift: DutyShift, after: DutyShift, *, at: datetime) -> None:
    """Tells whoever takes over what was handed over."""
    words = f"{shift.body.name} {shift.person.name}已交班，从现在起由您值班：{shift.note or '没有留话'}"
    tell(f"user:{after.person_id}", topic="duty", subject=subject_of(shift), sentence=words[:400], at=at)


def tell_planned(shifts: Iterable[DutyShift], words: str, *, at: datetime) -> None:
    """Tells each person once about their first shift among these, and how many there are."""
    by_person: dict[int, list[DutyShift]] = {}
    for shift in shifts:
        by_person.setdefault(shift.person_id, []).append(shift)
    tell_many(
        [
            notice(
                f"user:{person}",
                topic="duty",
                subject=subject_of(own[0]),
                sentence=f"{own[0].body.name} {words} {len(own)} 班，最早的是 {own[0].words}。",
                at=at,
            )
            for person, own in by_person.items()
        ]
    )
