"""How near a report is to a case: distance, matter, words. One measure for form, desk and recurrence (Art. 17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import cos, radians

from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, Value, When

from geometry.areas import distance_m
from workflow.models import Case
from workflow.text_index import pieces_of

# The regulation names no numbers; these are the city's defaults (docs/decisions/0009).
NEAR_M = 50  # metres
LATELY = timedelta(hours=24)
WITHIN = timedelta(days=60)

METRES_OF_A_DEGREE = 110_500.0  # of latitude; the shortest on the ellipsoid, so that a box is never too small
ALIKE = 0.3  # the share of common pairs of characters above which two texts speak of one thing


@dataclass(frozen=True, slots=True)
class Spot:
    """What is compared: where it is (degrees of EPSG:4490, or the grid alone), which matter (code, name), the words."""

    grid_id: int
    lon: float | None = None
    lat: float | None = None
    matter: tuple[str, str] | None = None
    title: str = ""
    words: str = ""

    @property
    def point(self) -> tuple[float, float] | None:
        """The position, or None if none was read."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a case is like a spot. ``metres`` is None where one of them has no position; ``shared`` is 0 to 1."""

    is_same_matter: bool
    is_same_grid: bool
    metres: float | None
    shared: float

    @property
    def is_near(self) -> bool:
        """Whether they lie within :data:`NEAR_M`, whatever grids they are in."""
        return self.metres is not None and self.metres <= NEAR_M

    @property
    def may_be_one(self) -> bool:
        """Whether both may be the same thing: one place, and one matter or words of the same thing."""
        is_here = self.is_near or (self.metres is None and self.is_same_grid)
        return is_here and (self.is_same_matter or self.shared >= ALIKE)

    @property
    def rank(self) -> tuple[bool, int, float, float]:
        """The same matter first; then within 50 m, the same grid without a position, farther; then words, distance."""
        zone = (0 if self.is_near else 2) if self.metres is not None else 1 if self.is_same_grid else 3
        return not self.is_same_matter, zone, -round(self.shared, 1), self.metres or 0.0


def spot_of(case: Case) -> Spot:
    """Returns what a case is compared by. The texts of a clue are left out (Art. 20)."""
    matter = case.matter
    return Spot(
        grid_id=case.grid_id,
        lon=case.lon,
        lat=case.lat,
        matter=(matter.code, matter.name) if matter else None,
        title=case.title,
        words="" if case.confidential else f"{case.place} {case.description}",
    )


def likeness(spot: Spot, other: Case) -> Likeness:
    """Returns how a case is like a spot."""
    there = spot_of(other)
    is_same = spot.matter == there.matter if spot.matter else spot.title == there.title
    here, point = spot.point, there.point
    return Likeness(
        is_same_matter=is_same,
        is_same_grid=spot.grid_id == there.grid_id,
        metres=distance_m(here, point) if here and point else None,
        shared=_shared(f"{spot.title} {spot.words}", f"{there.title} {there.words}"),
    )


def _shared(one: str, other: str) -> float:
    """Returns the share of common pairs of characters in two texts, from 0 to 1 (Dice)."""
    mine, theirs = set(pieces_of(one)), set(pieces_of(other))
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine and theirs else 0.0


def around(point: tuple[float, float], metres: float) -> Q:
    """Returns the condition for the box of so many metres around a point; a little too large, never too small."""
    lon, lat = point
    high = metres / METRES_OF_A_DEGREE
    wide = high / max(cos(radians(lat)), 0.01)
    return Q(lon__range=(lon - wide, lon + wide), lat__range=(lat - high, lat + high))


def nearest_first(point: tuple[float, float] | None) -> list[Choose | str]:
    """Returns the order in which cases are read: those around the point, then the newest."""
    if point is None:
        return ["-reported_at", "-pk"]
    here = Choose(When(around(point, NEAR_M), then=Value(0)), default=Value(1), output_field=IntegerField())
    return [here, "-reported_at", "-pk"]
