"""Whom the clock of an urgent case calls: who is on duty, who stands in, the head, the level above (Art. 17, 18)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from duty.models import DutyShift
from duty.rosters import on_duty
from personnel.models import OfficePosting, Organization
from personnel.scopes import Authority, audience, authorities_of
from workflow import policies, states
from workflow.models import Case
from worktime.clocks import day_of

HEADS = ("desk_head", "department_head")
EVERYBODY = "全体"


@dataclass(frozen=True)
class Called:
    """Who is called: the audiences of the notice, and the same in words for the life of the case."""

    audiences: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Staff:
    """Who is on duty in some bodies and who heads them, read with a few statements for many cases."""

    bodies: Mapping[int, Organization]  # the institution of each division
    units: Mapping[int, Organization]
    shifts: Mapping[int, DutyShift]
    heads: Mapping[int, Sequence[User]]
    authorities: Mapping[int, Authority]


def is_with_unit(case: Case) -> bool:
    """Whether a unit has to take the case, and not an institution."""
    return states.HOLDERS[case.status] == "unit"


def place_above(case: Case) -> int:
    """Returns the division of the institution that is called last: the next level, for a unit its desk's own."""
    level = case.level if is_with_unit(case) else states.level_above(case.level) or case.level
    place: int = getattr(case, f"{level}_id")
    return place


def staff_for(cases: Iterable[Case], *, at: datetime) -> Staff:
    """Returns who may be called about these cases; four statements at most."""
    rows = list(cases)
    places = {case.stage_division_id for case in rows} | {place_above(case) for case in rows}
    unit_ids = {case.unit_id for case in rows if case.unit_id and is_with_unit(case)}
    institution = Q(kind=Organization.Kind.INSTITUTION, is_active=True, division__in=sorted(places))
    found = list(Organization.objects.filter(institution | Q(pk__in=sorted(unit_ids))))
    units = {body.pk: body for body in found if body.pk in unit_ids}
    bodies = {body.division_id: body for body in found if body.kind == Organization.Kind.INSTITUTION}
    numbers = {body.pk for body in found}
    shifts = on_duty(numbers, at)
    heads: dict[int, list[User]] = {}
    posts = OfficePosting.objects.current(day_of(at)).filter(
        organization__in=sorted(numbers), role__in=HEADS, user__is_active=True
    )
    for post in posts.select_related("user").order_by("pk"):
        heads.setdefault(post.organization_id, []).append(post.user)
    people = {user.pk for users in heads.values() for user in users}
    people |= {pk for shift in shifts.values() for pk in (shift.person_id, shift.stand_in_id) if pk}
    secret = any(case.confidential for case in rows)
    return Staff(bodies, units, shifts, heads, authorities_of(people) if secret else {})


def called_on(rung: str, case: Case, staff: Staff) -> Called:
    """Returns whom a rung calls about a case; the whole desk or unit where nobody is on duty there.

    Of a clue only people who are named to read it are called by name (Art. 20).
    """
    if rung == "above":
        place = place_above(case)
        own = staff.bodies.get(place)
        word, everybody = "上一级值班人", audience("dispatch", "division", place)
        return _named(_on_shift(own, staff, "person"), case, staff, word, everybody, own)
    if is_with_unit(case):
        own = staff.units.get(case.unit_id or 0)
        everybody = audience("handle", "organization", case.unit_id or 0)
    else:
        own = staff.bodies.get(case.stage_division_id)
        everybody = audience("dispatch", "division", case.stage_division_id)
    if rung == "leader":
        return _named(staff.heads.get(own.pk, ()) if own else (), case, staff, "负责人", everybody, own)
    name = "person" if rung == "duty" else "stand_in"
    word = "值班人" if rung == "duty" else "替班人"
    return _named(_on_shift(own, staff, name), case, staff, word, everybody, own)


def _on_shift(body: Organization | None, staff: Staff, name: str) -> Sequence[User]:
    shift = staff.shifts.get(body.pk) if body else None
    found: User | None = getattr(shift, name) if shift else None
    return [found] if found is not None and found.is_active else []


def _named(
    people: Collection[User],
    case: Case,
    staff: Staff,
    word: str,
    everybody: str,
    body: Organization | None,
) -> Called:
    readers = [user for user in people if not case.confidential or _reads(user, case, staff)]
    where = body.name if body else ""
    if not readers:
        return Called((everybody,), f"{where}{EVERYBODY}（没有{word}）")
    names = "、".join(user.name for user in readers)
    return Called(tuple(f"user:{user.pk}" for user in readers), f"{where}{word} {names}")


def _reads(user: User, case: Case, staff: Staff) -> bool:
    authority = staff.authorities.get(user.pk)
    if authority is None:
        return False
    if is_with_unit(case) and case.unit_id is not None and policies.works_for(authority, case.unit_id, case):
        return True
    return policies.may_read(authority, case)


def on_duty_for(case: Case, *, at: datetime) -> str:
    """Returns who is on duty where an urgent case waits or is handled, with telephones; empty if nobody is."""
    if not case.is_urgent or not case.is_open:
        return ""
    if is_with_unit(case) and case.unit is not None:
        body: Organization | None = case.unit
    else:
        kind = Organization.Kind.INSTITUTION
        body = Organization.objects.filter(kind=kind, is_active=True, division=case.stage_division_id).first()
    if body is None:
        return ""
    shift = on_duty([body.pk], at).get(body.pk)
    return f"{body.name} {shift.names}" if shift else f"{body.name}没有排值班 {body.duty_phone}".strip()
