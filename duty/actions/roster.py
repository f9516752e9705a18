"""Enters a roster: several days at once, in place of what was planned for the same time and has not begun (Art. 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.actions import hold
from common.errors import RuleViolation
from duty import notices
from duty.actions.shifts import LIFE
from duty.models import DutyShift
from duty.policies import KEEP
from personnel.life import write_step
from personnel.models import OfficePosting, Organization
from worktime.clocks import SHANGHAI, day_of

LONGEST = timedelta(hours=48)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Line:
    """One shift as it was entered."""

    starts_at: datetime
    ends_at: datetime
    person: User
    stand_in: User | None = None

    @property
    def key(self) -> tuple[datetime, datetime, int, int | None]:
        """What makes two shifts the same."""
        return self.starts_at, self.ends_at, self.person.pk, self.stand_in.pk if self.stand_in else None

    @property
    def words(self) -> str:
        """When it begins, for a sentence: ``11月23日 08:00``."""
        start = self.starts_at.astimezone(SHANGHAI)
        return f"{start.month}月{start.day}日 {start:%H:%M}"


@transaction.atomic
def enter_roster(
    body: Organization,
    lines: Sequence[Line],
    *,
    start: datetime,
    end: datetime,
    by: User | None,
    at: datetime,
) -> list[DutyShift]:
    """Plans the shifts of ``lines``, in place of those that begin between ``start`` and ``end`` and have not begun.

    What is the same stays as it is. Returns the new shifts. Raises :class:`RuleViolation` for overlaps, for people
    without a post in the body on the days of the shift, for a shift that is over, and for one that stands in for
    himself.
    """
    KEEP.require("plan", by, body)
    hold(f"duty roster {body.pk}")
    ordered = sorted(lines, key=lambda line: line.starts_at)
    _require_sound(ordered, at=at)
    _require_posts(body, ordered)
    standing = (
        DutyShift.objects.between(start, end).to_change().select_for_update(of=("self",)).filter(body=body)
    )
    known = {(row.starts_at, row.ends_at, row.person_id, row.stand_in_id): row for row in standing}
    keys = {line.key: line for line in ordered}
    for key, row in known.items():
        if key not in keys and row.status == "planned" and row.starts_at >= max(start, at):
            LIFE.move(row, "take_off_roster", by=by, at=at)
    new = [line for key, line in keys.items() if key not in known]
    _require_free(body, new)
    made = [_planned(body, line, by=by, at=at) for line in new]
    notices.tell_planned(
        [shift for shift in made if by is None or shift.person_id != by.pk], "为您排了", at=at
    )
    return made


def _planned(body: Organization, line: Line, *, by: User | None, at: datetime) -> DutyShift:
    shift = DutyShift(
        body=body,
        person=line.person,
        stand_in=line.stand_in,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        entered_by=by,
        entered_at=at,
        version=0,
    )
    write_step(shift, "plan", by=by, at=at)
    return shift


def _require_sound(lines: Sequence[Line], *, at: datetime) -> None:
    before: Line | None = None
    for line in lines:
        if line.ends_at <= line.starts_at or line.ends_at - line.starts_at > LONGEST:
            raise RuleViolation(f"{line.words} 这一班的起止时间不对：结束应晚于开始，最长两天。")
        if line.ends_at <= at:
            raise RuleViolation(f"{line.words} 这一班已经过去，不能补排。")
        if line.stand_in is not None and line.stand_in.pk == line.person.pk:
            raise RuleViolation(f"{line.words} 值班人和替班人是同一个人，请另选替班人。")
        if before is not None and line.starts_at < before.ends_at:
            raise RuleViolation(f"{line.words} 和 {before.words} 的班时间重叠，请改其中一个。")
        before = line


def _require_posts(body: Organization, lines: Sequence[Line]) -> None:
    """Everybody on the roster holds a post in the body on the first and on the last day of the shift; one statement."""
    people = {person.pk: person for line in lines for person in (line.person, line.stand_in) if person}
    held = OfficePosting.objects.filter(organization=body, user__in=people, user__is_active=True)
    spans: dict[int, list[tuple[date, date | None]]] = {}
    for user, first, last in held.values_list("user", "starts_on", "ends_on"):
        spans.setdefault(user, []).append((first, last))
    for line in lines:
        for person in filter(None, (line.person, line.stand_in)):
            for day in {day_of(line.starts_at), day_of(line.ends_at - INSTANT)}:
                if not any(first <= day <= (last or day) for first, last in spans.get(person.pk, [])):
                    raise RuleViolation(
                        f"{person.name} {day.month}月{day.day}日在{body.name}没有岗位，不能排班；请另选一个人。"
                    )


def _require_free(body: Organization, lines: Sequence[Line]) -> None:
    """What stays on the roster leaves room for the new shifts; one statement."""
    if not lines:
        return
    touching = Q(pk__in=[])
    for line in lines:
        touching |= Q(starts_at__lt=line.ends_at, ends_at__gt=line.starts_at)
    found = DutyShift.objects.standing().filter(touching, body=body).select_related("person").first()
    if found is not None:
        raise RuleViolation(
            f"和已经排好的班重叠：{found.words} {found.person.name}值班。请改时间，或先撤下那一班。"
        )
