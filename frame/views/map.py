"""A township's grids on a map, and the same grids as a list beside it for keyboard, screen reader and paper."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.web.listing import address_with
from frame.entrances import MAP
from grids.models import Division, Grid
from workflow.views.lists import NO_CASES, GridCount, counts_of_grids

TOWNSHIP = Division.Level.TOWNSHIP
LIGHT_WORDS = {"near": "临期", "late": "超期", "supervised": "督办"}


def township_map(request: SignedInRequest) -> HttpResponse:
    """Shows the map of the township in the address, otherwise of the user's first township."""
    user = request.user
    townships = MAP.require(user)
    code = request.GET.get("township", "")
    township = next((each for each in townships if each.code == code), None) if code else townships[0]
    if township is None:
        raise Http404
    counts = counts_of_grids(user, township)
    found = Grid.objects.in_force().in_township(township.pk).select_related("village").defer("boundary")
    grids = list(found.order_by("code"))
    rows = [grid_row(grid, counts.get(grid.pk, NO_CASES)) for grid in grids]
    context = {
        "title": f"{township.name}网格地图",
        "township": township,
        "counties": [(county, list(each)) for county, each in groupby(townships, key=lambda t: t.parent)],
        "has_choice": len(townships) > 1,
        "villages": [(name, list(each)) for name, each in groupby(rows, key=lambda row: row.village)],
        "total": sum(row.count for row in rows),
        "grid_count": len(rows),
        "is_demonstration": any(grid.is_demonstration for grid in grids),
    }
    return render(request, "frame/map.html", context)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grid of the list with its open cases."""

    pk: int
    code: str
    name: str
    village: str
    count: int
    light: str
    light_word: str
    url: str


def grid_row(grid: Grid, found: GridCount) -> GridRow:
    """Returns one grid of the list with its open cases."""
    return GridRow(
        pk=grid.pk,
        code=grid.code,
        name=grid.name,
        village=grid.village.name,
        count=found.count,
        light=found.light,
        light_word=LIGHT_WORDS.get(found.light, ""),
        url=found.url or address_with(reverse("workflow:list"), measure="open", grid=grid.code),
    )
