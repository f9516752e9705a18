"""The places whose numbers a user may see, and the step from a place to the places below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.models import User
from grids.levels import level_of
from grids.models import Division, FormerDivision, Grid
from grids.querysets import DivisionQuerySet
from personnel.scopes import authority_of

COLUMN_BELOW = {
    "city": "reported_county_id",
    "county": "reported_township_id",
    "township": "village_id",
    "village": "grid_id",
}
LEVEL_ORDER = ("city", "county", "township", "village")
WATCHING = ("supervise", "dispatch")
LOOKING = (*WATCHING, "coordinate", "guide")


@dataclass(frozen=True)
class Below:
    """One place directly below another: a division, or a grid below a village.

    ``under`` is the code of the place above if the division has not always been there: then its numbers here are only
    those of the reports under that place.
    """

    pk: int
    code: str
    name: str
    is_grid: bool
    under: str = ""
    is_gone: bool = False


def lineage(place: Division) -> Iterator[Division]:
    """Yields the place and everything above it, up to the city."""
    step: Division | None = place
    while step is not None:
        yield step
        step = step.parent


def may_look_at(user: User, place: Division, *verbs: str) -> bool:
    """Whether the user holds one of ``verbs`` on the place or on a place above it."""
    authority = authority_of(user)
    held = authority.places("division", *verbs)
    return authority.sees_all or any(step.pk in held for step in lineage(place))


def may_look_into(user: User, place: Division, grid: Grid | None) -> bool:
    """Whether the user may list the cases of a place, or of one grid in it: by looking after it or by working there."""
    if grid is not None and authority_of(user).may("report", "grid", grid.pk):
        return True
    return may_look_at(user, place, *LOOKING)


def desks_of(user: User) -> list[int]:
    """Returns the divisions at whose desks the user works."""
    return sorted(authority_of(user).places("division", "dispatch"))


def with_lineage() -> DivisionQuerySet:
    """Returns divisions with the places above them, in one statement and without their outlines."""
    paths = ("", "parent__", "parent__parent__", "parent__parent__parent__")
    whole = Division.objects.select_related("parent__parent__parent")
    return whole.defer(*(f"{path}outline" for path in paths))


def division_with_lineage(code: str) -> Division | None:
    """Returns the division with this code and the places above it, or None."""
    return with_lineage().filter(code=code).first()


def widest_place(user: User, *verbs: str) -> Division | None:
    """Returns the highest place on which the user holds one of ``verbs``; the user's pages start there."""
    authority = authority_of(user)
    held = sorted(authority.places("division", *verbs), key=lambda pk: (LEVEL_ORDER.index(level_of(pk)), pk))
    places = with_lineage()
    if authority.sees_all:
        return places.filter(level="city").order_by("code").first()
    return places.get(pk=held[0]) if held else None


def places_below(place: Division) -> list[Below]:
    """Returns the divisions below a place, or the grids of a village, in register order and in one statement."""
    if place.level == Division.Level.VILLAGE:
        grids = Grid.objects.in_force().filter(village=place).order_by("code").only("code", "name")
        return [Below(grid.pk, grid.code, grid.name, is_grid=True) for grid in grids]
    elsewhere = FormerDivision.objects.filter(division=OuterRef("pk")).exclude(parent=place)
    divisions = Division.objects.filter(parent=place).annotate(has_moved=Exists(elsewhere))
    return [
        Below(each.pk, each.code, each.name, is_grid=False, under=place.code if each.has_moved else "")  # type: ignore[attr-defined]
        for each in divisions.order_by("code").only("code", "name")
    ]


def places_gone(place: Division, numbers: Iterable[int]) -> list[Below]:
    """Returns the divisions with these numbers that lay below a place before; no statement for none."""
    gone = sorted(numbers)
    if not gone or place.level == Division.Level.VILLAGE:
        return []
    divisions = Division.objects.filter(pk__in=gone).order_by("code").only("code", "name")
    return [
        Below(each.pk, each.code, f"{each.name}（已划出）", is_grid=False, under=place.code, is_gone=True)
        for each in divisions
    ]
