"""To whom an order about a case may be addressed: whose turn it is, and who else has a part in it (Art. 11, 17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from personnel.models import GridPosting, Organization
from workflow.models import Assignment, Case
from workflow.states import HOLDERS, LEVELS


@dataclass(frozen=True)
class Addressee:
    """A unit, or a person with the post for which they are asked."""

    unit: Organization | None = None
    person: User | None = None
    post: str = ""

    @property
    def key(self) -> str:
        """What a form sends: ``unit:7`` or ``person:12``."""
        return f"unit:{self.unit.pk}" if self.unit else f"person:{self.person.pk if self.person else 0}"

    @property
    def words(self) -> str:
        """The name in a list."""
        if self.unit:
            return self.unit.name
        name = self.person.name if self.person else ""
        return f"{self.post} {name}".strip()


def addressees_of(case: Case, *, day: date) -> list[Addressee]:
    """Returns whom an order may ask, whose turn it is first."""
    found = [holder_of(case, day=day), *_units(case), *_institutions(case), *_people(case, day=day)]
    return list({one.key: one for one in reversed([each for each in found if each])}.values())[::-1]


def holder_of(case: Case, *, day: date) -> Addressee | None:
    """Returns whose turn it is: the unit, the institution, or a person; None if that post is vacant."""
    holder = HOLDERS.get(case.status, "")
    if holder == "unit" and case.unit:
        return Addressee(unit=case.unit)
    if holder == "desk":
        return next(iter(_institutions(case, levels=(case.level,))), None)
    if holder == "leader":
        return next((one for one in _people(case, day=day) if one.post == "网格长"), None)
    return Addressee(person=case.caretaker, post="经手人")


def _units(case: Case) -> list[Addressee]:
    parts = Assignment.objects.current().filter(case=case).exclude(status="invited").select_related("unit")
    return [Addressee(unit=part.unit) for part in parts.order_by("-is_lead", "pk")]


def _institutions(case: Case, levels: tuple[str, ...] = LEVELS) -> list[Addressee]:
    places = [getattr(case, f"{level}_id") for level in levels]
    found = Organization.objects.filter(
        division__in=places, kind=Organization.Kind.INSTITUTION, is_active=True
    )
    by_place = {one.division_id: one for one in found}
    return [Addressee(unit=by_place[place]) for place in places if place in by_place]


def _people(case: Case, *, day: date) -> list[Addressee]:
    """The leader and the instructor of the village, and who takes care of the report."""
    postings = GridPosting.objects.current(day).filter(village=case.village_id, grid__isnull=True)
    people = [
        Addressee(person=posting.user, post=posting.get_role_display())
        for posting in postings.select_related("user").order_by("role", "pk")
    ]
    return [*people, Addressee(person=case.caretaker, post="经手人")]
