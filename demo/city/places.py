"""Where cases can be reported: grids with a worker in post, and the people and units around them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from grids.models import Division, Grid
from matters.models import Matter, MatterList
from personnel.models import GridPosting, OfficePosting, Organization


@dataclass(frozen=True)
class Spot:
    """One grid with the people in its posts."""

    grid: Grid
    village: Division
    township: Division
    county: Division
    worker: int
    leader: int
    instructor: int

    @property
    def point(self) -> tuple[float, float]:
        """The middle of the grid."""
        grid = self.grid
        middle = (
            ((grid.min_lon or 0) + (grid.max_lon or 0)) / 2,
            ((grid.min_lat or 0) + (grid.max_lat or 0)) / 2,
        )
        return round(middle[0], 6), round(middle[1], 6)


@dataclass(frozen=True)
class Places:
    """All spots by county, and by division and function the bodies with who acts there."""

    spots: dict[int, list[Spot]]
    divisions: dict[int, Division]
    desks: dict[int, int]
    units: dict[tuple[int, str], Organization]
    handlers: dict[int, int]
    city: Division


def read_places(*, but: str) -> Places:
    """Read every grid whose worker, leader and instructor are in post, outside the township ``but``."""
    divisions = {division.pk: division for division in Division.objects.defer("outline")}
    posts = GridPosting.objects.filter(ends_on=None, stands_in_for=None)
    held = {(post.role, post.grid_id or post.village_id): post.user_id for post in posts}
    spots: dict[int, list[Spot]] = defaultdict(list)
    for grid in Grid.objects.in_force().defer("boundary").order_by("code"):
        village = divisions[grid.village_id]
        township = divisions[village.parent_id or 0]
        people = [
            held.get((role, place))
            for role, place in (
                ("full_time", grid.pk), ("leader", village.pk), ("instructor", village.pk),
            )
        ]  # fmt: skip
        if township.code != but and all(people):
            county = divisions[township.parent_id or 0]
            spots[county.pk].append(
                Spot(grid, village, township, county, *(person or 0 for person in people))
            )
    offices = OfficePosting.objects.filter(ends_on=None).select_related("organization").order_by("pk")
    return Places(
        spots=dict(spots),
        divisions=divisions,
        desks={post.organization.division_id: post.user_id for post in offices if post.role == "dispatcher"},
        units={(body.division_id, body.function): body for body in Organization.objects.resolvers()},
        handlers={post.organization_id: post.user_id for post in offices if post.role == "handler"},
        city=next(division for division in divisions.values() if division.level == "city"),
    )


class Lists:
    """The matters of every county's list by name, on any day."""

    def __init__(self) -> None:
        editions = MatterList.objects.published().order_by("in_force_on", "edition")
        self.editions: dict[int, list[tuple[date, int]]] = defaultdict(list)
        for county, day, pk in editions.values_list("county", "in_force_on", "pk"):
            self.editions[county].append((day, pk))
        self.matters: dict[int, list[Matter]] = defaultdict(list)
        for matter in (
            Matter.objects.filter(edition__published_at__isnull=False).reportable().order_by("code")
        ):
            self.matters[matter.edition_id].append(matter)
        self.by_day: dict[tuple[int, date], dict[str, Matter]] = {}

    def find(self, county: int, name: str, day: date) -> Matter | None:
        """Return the matter of a name in the list that was in force in a county on ``day``."""
        return self._on(county, day).get(name)

    def on(self, county: int, day: date) -> list[Matter]:
        """Return all matters of the list that was in force in a county on ``day``."""
        return list(self._on(county, day).values())

    def _on(self, county: int, day: date) -> dict[str, Matter]:
        if (county, day) not in self.by_day:
            begun = [pk for first, pk in self.editions[county] if first <= day]
            self.by_day[county, day] = {
                matter.name: matter
                for matter in self.matters.get(begun[-1] if begun else 0, ())
                if matter.ends_on is None or matter.ends_on >= day
            }
        return self.by_day[county, day]
