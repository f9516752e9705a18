"""People for the posts of all counties: some townships complete, the others with a desk and a few grids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from accounts.models import User
from grids.models import Division, Grid
from personnel.models import GridPosting, OfficePosting, Organization

Enrol = Callable[[], User]
STAFFED_IN_EACH = 1  # townships of a county with people in every post
VILLAGES_ELSEWHERE = 3
VILLAGES_OF_AN_INSTRUCTOR = 4
CITY_LEVEL, LAWYERS = "4109", "D03"


def staffed_townships(*, but: str) -> set[str]:
    """Return the codes of the townships in which every post is held, apart from the one that is staffed already."""
    by_county: dict[str, list[str]] = defaultdict(list)
    for code in (
        Division.objects.of_level("township")
        .exclude(code=but)
        .order_by("code")
        .values_list("code", flat=True)
    ):
        by_county[code[:6]].append(code)
    return {code for codes in by_county.values() for code in codes[:STAFFED_IN_EACH]}


def further_grid_posts(enrol: Enrol, *, but: str, kept_free: str, on: date) -> Iterator[GridPosting]:
    """Yield the posts in the grids of every township but the one that is staffed already.

    The first village of the township ``kept_free`` is left to those who are posted there later.
    """
    staffed = staffed_townships(but=but)
    grids: dict[int, list[Grid]] = defaultdict(list)
    for grid in Grid.objects.in_force().defer("boundary").order_by("code"):
        grids[grid.village_id].append(grid)
    villages: dict[str, list[Division]] = defaultdict(list)
    for village in Division.objects.of_level("village").exclude(parent__code=but).order_by("code"):
        villages[village.code[:9]].append(village)
    for township, found in villages.items():
        if township == kept_free:
            found = found[1:]
        chosen = found if township in staffed else found[:VILLAGES_ELSEWHERE]
        for number, village in enumerate(chosen):
            if number % VILLAGES_OF_AN_INSTRUCTOR == 0:
                instructor = enrol()
            yield from _posts_of(village, grids[village.pk], instructor, enrol, on=on)


def _posts_of(
    village: Division, grids: list[Grid], instructor: User, enrol: Enrol, *, on: date
) -> Iterator[GridPosting]:
    place_and_day = {"village": village, "starts_on": on}
    yield GridPosting(user=enrol(), role="leader", source="城乡社区党组织主要负责人", **place_and_day)
    yield GridPosting(user=instructor, role="instructor", source="乡镇人民政府工作人员", **place_and_day)
    for grid in grids:
        yield GridPosting(user=enrol(), role="full_time", grid=grid, source="社会招聘", **place_and_day)


def further_office_posts(enrol: Enrol, *, but: tuple[str, ...], on: date) -> Iterator[OfficePosting]:
    """Yield the posts in the desks, units and authorities of every division that has none yet."""
    for body in Organization.objects.exclude(division__code__in=but).order_by("code"):
        for role in _roles_in(body):
            yield OfficePosting(user=enrol(), organization=body, role=role, starts_on=on)


def _roles_in(body: Organization) -> tuple[str, ...]:
    if body.kind == Organization.Kind.INSTITUTION:
        return ("dispatcher", "desk_head")
    if body.kind == Organization.Kind.AUTHORITY:
        return ("county_admin",)
    lawyer = ("legal_reviewer",) if body.code.endswith(f"-{LAWYERS}") else ()
    return ("handler", "department_head", *lawyer)
