"""What a map of open cases shows: the numbers of the places below a place, and the cases themselves as dots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case as When
from django.db.models import Count, F, IntegerField, Max, Q, Value
from django.db.models import When as Then

from common.web.listing import address_with
from grids.models import Division
from workflow.measures import MEASURES, OPEN, Measure
from workflow.models import Case
from workflow.querysets import CaseQuerySet

LIGHT_OF_WEIGHT = tuple(Case.Light.values)  # gravest last
GRAVITY = When(
    *(Then(light=light, then=Value(weight)) for weight, light in enumerate(LIGHT_OF_WEIGHT)),
    default=Value(0),
    output_field=IntegerField(),
)
# What a map draws: the places as the lists behind their numbers count them, and a township's grids as they lie now.
DRAWN_BELOW = {"city": "reported_county_id", "county": "reported_township_id", "township": "grid_id"}
MEASURES_OF_MAP = {
    key: measure for key, measure in MEASURES.items() if key in ("open", "near", "late", "supervised")
}
MOST_DOTS = 2_000
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """The open cases of a place: how many, and the gravest light."""

    count: int = 0
    light: str = "normal"


NO_CASES = PlaceCount()


@dataclass(frozen=True)
class MapFilter:
    """Which open cases a map shows: those of a light, those of a matter. Both are in the address, of its lists too."""

    measure: Measure
    matter: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> MapFilter | None:
        """Reads the filter from the address; None for a measure that no map shows."""
        measure = MEASURES_OF_MAP.get(query.get("measure", "open"))
        return cls(measure, matter_in(query)) if measure else None

    def words(self) -> dict[str, str]:
        """Returns the filter as query parameters."""
        return {"measure": self.measure.key, **({"matter": self.matter} if self.matter else {})}

    def address(self, page: str, **where: str) -> str:
        """Returns the address of a page that has the same filter."""
        return address_with(page, **self.words(), **where)

    def condition(self) -> Q:
        """Returns the condition that a case must meet."""
        of_matter = Q(matter__code=self.matter) if self.matter else Q()
        return (self.measure.now or OPEN) & of_matter


def matter_in(query: Mapping[str, str]) -> str:
    """Returns the code of the matter that an address names, or an empty text."""
    return query.get("matter", "").replace("\x00", "").strip()[:10]


def cases_of(cases: CaseQuerySet, place: Division) -> CaseQuerySet:
    """Returns the cases on the map of a place: those that it counts, of a township those that it answers for now."""
    if place.level == Division.Level.TOWNSHIP:
        return cases.answered_for_by(place.level, place.pk)
    return cases.in_division(place.level, place.pk)


def counts_below(cases: CaseQuerySet, place: Division) -> dict[int, PlaceCount]:
    """Returns the numbers of the divisions, or of a township's grids, by their number; one statement."""
    column = DRAWN_BELOW[place.level]
    rows = cases_of(cases, place).order_by().values(column)
    counted = rows.annotate(count=Count("pk"), gravest=Max(GRAVITY))
    return {row[column]: PlaceCount(row["count"], LIGHT_OF_WEIGHT[row["gravest"]]) for row in counted}


def matters_of(cases: CaseQuerySet) -> list[tuple[str, str]]:
    """Returns code and name of every matter that the cases are about, in one statement."""
    rows = cases.filter(matter__isnull=False).order_by("matter__code").values("matter__code")
    return list(rows.annotate(name=Max("matter__name")).values_list("matter__code", "name"))


def dots_of(cases: CaseQuerySet, bounds: Bounds | None, *, most: int = MOST_DOTS) -> list[Case] | None:
    """Returns the located cases within the bounds, gravest first; None if there are more than ``most``.

    A confidential case is never a dot: its place alone may give away who reported it (Art. 20).
    """
    found = cases.filter(confidential=False, lon__isnull=False, lat__isnull=False)
    if bounds:
        west, south, east, north = bounds
        found = found.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    fields = found.select_related("grid").only("title", "light", "lon", "lat", "reported_at", "grid__name")
    dots = list(fields.annotate(gravity=GRAVITY).order_by("-gravity", F("due_at").asc(), "pk")[: most + 1])
    return None if len(dots) > most else dots
