"""What a board must show on a day: name, range, people with duty and work phone, where to complain (Art. 13).

It never contains anything else about persons. The digest covers only what can change; the range in words is costly
and follows from the rest, so the digest leaves it out.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import TypedDict

from django.db.models import Q

from boards.states import DUTIES
from grids.models import Grid, GridVersion
from grids.range_words import range_words
from personnel.models import GridPosting, Organization

ROLES = dict(GridPosting.Role.choices)
ORDER = list(ROLES)


@dataclass(frozen=True)
class Person:
    """One person on the board."""

    user_id: int
    role: str
    name: str
    phone: str

    @property
    def role_name(self) -> str:
        """The post in Chinese."""
        return ROLES[self.role]

    @property
    def duty(self) -> str:
        """What residents may expect (Art. 11)."""
        return DUTIES[self.role]


@dataclass(frozen=True)
class Content:
    """The content that a board must show."""

    grid_id: int
    version_id: int
    name: str
    code: str
    people: tuple[Person, ...]
    supervision: str
    supervision_phone: str

    @property
    def digest(self) -> str:
        """Return the digest; it is equal exactly when the board need not be renewed."""
        words = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(words.encode()).hexdigest()


def contents_of(grids: Iterable[Grid], *, day: date) -> dict[int, Content]:
    """Return the content of each grid's board on ``day``; four statements for any number of grids."""
    rows = list(grids)
    ids, villages = [grid.pk for grid in rows], {grid.village_id for grid in rows}
    versions = dict(GridVersion.objects.filter(grid__in=ids, valid_to=None).values_list("grid", "pk"))
    by_grid, by_village = _people(ids, villages, day=day)
    desks = _supervision({grid.village.parent_id for grid in rows})
    return {
        grid.pk: Content(
            grid_id=grid.pk,
            version_id=versions.get(grid.pk, 0),
            name=grid.name,
            code=grid.code,
            people=tuple(
                sorted(
                    [*by_village[grid.village_id], *by_grid[grid.pk]],
                    key=lambda person: (ORDER.index(person.role), person.user_id),
                )
            ),
            supervision=desks.get(grid.village.parent_id, ("", ""))[0],
            supervision_phone=desks.get(grid.village.parent_id, ("", ""))[1],
        )
        for grid in rows
    }


def _people(
    grids: list[int], villages: set[int], *, day: date
) -> tuple[dict[int, list[Person]], dict[int, list[Person]]]:
    by_grid: dict[int, list[Person]] = defaultdict(list)
    by_village: dict[int, list[Person]] = defaultdict(list)
    here = Q(grid__in=grids) | Q(grid=None, village__in=villages)
    held = GridPosting.objects.current(day).filter(here)
    for grid_id, village_id, *about in held.values_list(
        "grid", "village", "user", "role", "user__name", "user__phone"
    ):
        person = Person(*about)
        (by_village[village_id] if grid_id is None else by_grid[grid_id]).append(person)
    return by_grid, by_village


def _supervision(townships: set[int | None]) -> dict[int | None, tuple[str, str]]:
    """Return name and telephone of each township's institution, which takes residents' complaints."""
    desks = Organization.objects.filter(kind="institution", is_active=True, division__in=townships)
    return {
        division: (name, phone)
        for division, name, phone in desks.values_list("division", "name", "duty_phone")
    }


class StoredPerson(TypedDict):
    """A person on a board."""

    role: str
    name: str
    duty: str
    phone: str


class StoredContent(TypedDict):
    """What a board shows, as an edition stores it."""

    name: str
    code: str
    place: str
    range: str
    people: list[StoredPerson]
    supervision: str
    supervision_phone: str


def written(content: Content, grid: Grid, neighbours: dict[str, list[Grid]]) -> StoredContent:
    """Return the content as an edition stores it, with the range in words and without any account."""
    village, township = grid.village, grid.village.parent
    return {
        "name": content.name,
        "code": content.code,
        "place": " ".join(str(step) for step in (township and township.parent, township, village) if step),
        "range": range_words(grid, neighbours),
        "people": [
            {"role": person.role_name, "name": person.name, "duty": person.duty, "phone": person.phone}
            for person in content.people
        ],
        "supervision": content.supervision,
        "supervision_phone": content.supervision_phone,
    }
