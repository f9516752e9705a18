"""The map of open cases: of the city, a county or a township, with the same numbers in a list beside it (Art. 20)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.web.shapes import Crumb, Link
from frame.entrances import MAP, hides_secrets
from grids.models import Division, Grid
from workflow.models import Case
from workflow.place_counts import (
    DRAWN_BELOW,
    LIGHT_OF_WEIGHT,
    MEASURES_OF_MAP,
    NO_CASES,
    MapFilter,
    PlaceCount,
    cases_of,
    counts_below,
    matters_of,
)
from workflow.territory import (
    LOOKING,
    WATCHING,
    Below,
    division_with_lineage,
    lineage,
    may_look_at,
    may_look_into,
    places_below,
    places_gone,
    widest_place,
)

TOWNSHIP = Division.Level.TOWNSHIP
LIGHT_WORDS = {"near": "临期", "late": "超期", "supervised": "督办"}
LEVEL_BELOW = {"city": "县区", "county": "乡镇街道", "township": "网格"}
CHIP_WORDS = {"open": "全部在办", "late": "超期（含督办）"}


def case_map(request: SignedInRequest) -> HttpResponse:
    """Shows the map of the place in the address, otherwise of the user's widest place or first township."""
    user = request.user
    townships = MAP.require(user)
    place = place_asked(user, townships, request.GET.get("division", ""))
    shown = MapFilter.read(request.GET)
    if place is None or shown is None:
        raise Http404
    here = cases_of(Case.objects.visible_to(user), place)
    counts = counts_below(here.filter(shown.condition()), place)
    is_township = place.level == TOWNSHIP
    rows = grid_rows(user, place, counts, shown) if is_township else place_rows(place, counts, shown)
    total = sum(each.count for each in counts.values())
    gone = total - sum(row.count for row in rows)
    context = {
        "title": f"{place.name}事项地图",
        "place": place,
        "shown": shown,
        "trail": trail_to(place, user, shown),
        "places": places_to_choose(townships, user),
        "matters": matters_of(here.open()),
        "measure_links": measure_links(place, shown),
        "rows": rows,
        "is_township": is_township,
        "level_below": LEVEL_BELOW[place.level],
        "gone": gone,
        "total": total,
        "list_url": list_of_all(user, place, shown, total),
        "is_demonstration": any(row.is_demonstration for row in rows),
        "dots_url": shown.address(reverse("workflow:dots", args=[place.code])),
        "lights": LIGHT_OF_WEIGHT,
        "hides_secrets": hides_secrets(user, place),
    }
    return render(request, "frame/map.html", context)


def place_asked(user: User, townships: list[Division], code: str) -> Division | None:
    """Returns the place of a code, or the place at which the user's maps begin; None if the user may not open it."""
    wide = division_with_lineage(code[:12]) if code else widest_place(user, *WATCHING)
    if wide is not None and wide.level in DRAWN_BELOW and may_look_at(user, wide, *WATCHING):
        return wide
    return next((each for each in townships if not code or each.code == code), None)


@dataclass(frozen=True, slots=True)
class MapRow:
    """A place of the list, which the map draws with the same number.

    ``url`` is where it leads: deeper, or to its page; empty for a place that has left.
    """

    pk: int
    code: str
    name: str
    village: str
    count: int
    light: str
    url: str
    list_url: str
    is_demonstration: bool = False

    @property
    def light_word(self) -> str:
        """The word of the gravest light; empty for the normal one."""
        return LIGHT_WORDS.get(self.light, "")

    @property
    def map_url(self) -> str:
        """Where a second click on the map leads: to the cases of a grid, to the map of a division."""
        return self.list_url if self.village else self.url


def list_of(place: Division | Below, shown: MapFilter) -> str:
    """Returns the address of the cases of a division; below another place, of those that were reported under it."""
    under = {"under": place.under} if isinstance(place, Below) and place.under else {}
    return shown.address(reverse("workflow:list"), division=place.code, **under)


def list_of_all(user: User, place: Division, shown: MapFilter, total: int) -> str:
    """Returns the address of the list behind the sum of a map; empty if the user has no list of as many cases.

    A township's map shows what it answers for now; its list has what was reported in it, which is something else once
    a village has moved.
    """
    if not may_look_at(user, place, *LOOKING):
        return ""
    if place.level != TOWNSHIP:
        return list_of(place, shown)
    listed = Case.objects.visible_to(user).in_division(place.level, place.pk).filter(shown.condition())
    return list_of(place, shown) if listed.count() == total else ""


def grid_rows(user: User, place: Division, counts: dict[int, PlaceCount], shown: MapFilter) -> list[MapRow]:
    """Returns the grids of a township in register order, in one statement; those with a list that the user may open."""
    found = Grid.objects.in_force().in_township(place.pk).select_related("village")
    grids = list(found.defer("boundary", "village__outline").order_by("code"))
    for grid in grids:
        grid.village.parent = place
    page = reverse("workflow:list")
    return [
        MapRow(
            pk=grid.pk,
            code=grid.code,
            name=grid.name,
            village=grid.village.name,
            count=(number := counts.get(grid.pk, NO_CASES)).count,
            light=number.light,
            url=reverse("register:grid", args=[grid.code]),
            list_url=shown.address(page, grid=grid.code) if may_look_into(user, grid.village, grid) else "",
            is_demonstration=grid.is_demonstration,
        )
        for grid in grids
    ]


def place_rows(place: Division, counts: dict[int, PlaceCount], shown: MapFilter) -> list[MapRow]:
    """Returns the divisions below a city or county in register order, after them those that have left with cases."""
    below = places_below(place)
    gone = places_gone(place, counts.keys() - {each.pk for each in below})
    return [
        MapRow(
            pk=each.pk,
            code=each.code,
            name=each.name,
            village="",
            count=(number := counts.get(each.pk, NO_CASES)).count,
            light=number.light,
            url="" if each.is_gone else shown.address(reverse("frame:map"), division=each.code),
            list_url=list_of(each, shown),
        )
        for each in (*below, *gone)
    ]


def trail_to(place: Division, user: User, shown: MapFilter) -> list[Crumb]:
    """Returns the maps of the places above, as far as the user may open them."""
    above = [step for step in lineage(place) if step.pk != place.pk and may_look_at(user, step, *WATCHING)]
    page = reverse("frame:map")
    return [Crumb(step.name, shown.address(page, division=step.code)) for step in reversed(above)]


def measure_links(place: Division, shown: MapFilter) -> list[Link]:
    """Returns the links to the same map with the cases of another light."""
    page = reverse("frame:map")
    return [
        Link(
            name=CHIP_WORDS.get(key, measure.label),
            url=MapFilter(measure, shown.matter).address(page, division=place.code),
            is_current=measure is shown.measure,
        )
        for key, measure in MEASURES_OF_MAP.items()
    ]


def places_to_choose(townships: Iterable[Division], user: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """Returns code and name of the maps that the user may open, under the name of the place above; none for one map."""
    groups: dict[str, dict[str, str]] = {}
    for county, below in groupby(townships, key=lambda township: township.parent):
        assert county is not None
        city = county.parent if not groups else None
        own = [step for step in (city, county) if step and may_look_at(user, step, *WATCHING)]
        options = {each.code: each.name for each in (*own, *below)}
        groups[county.name] = groups.get(county.name, {}) | options
    choices = [(name, list(options.items())) for name, options in groups.items()]
    return choices if sum(len(options) for _, options in choices) > 1 else []
