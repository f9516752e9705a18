"""The open cases of a place as the dots of its map."""

from __future__ import annotations

import math
from typing import TypedDict

from django.http import Http404, JsonResponse
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.numbers import whole_number
from grids.models import Division
from workflow.models import Case
from workflow.place_counts import DRAWN_BELOW, MOST_DOTS, Bounds, MapFilter, cases_of, dots_of

DECIMALS = 6  # about a tenth of a metre


class Point(TypedDict):
    """A place as GeoJSON has it."""

    type: str
    coordinates: list[float]


class Dot(TypedDict):
    """A case as a feature of the map."""

    type: str
    id: int
    geometry: Point
    properties: dict[str, str]


def dots(request: SignedInRequest, code: str) -> JsonResponse:
    """Returns the visible open cases of a place within ``bounds`` as GeoJSON, or ``too_many`` and none.

    ``most`` is how many the map has room for, at most ``MOST_DOTS``.
    """
    place = Division.objects.filter(code=code[:12], level__in=DRAWN_BELOW).defer("outline").first()
    shown = MapFilter.read(request.GET)
    if place is None or shown is None:
        raise Http404
    cases = cases_of(Case.objects.visible_to(request.user).filter(shown.condition()), place)
    found = dots_of(
        cases, bounds_in(request.GET.get("bounds", "")), most=most_in(request.GET.get("most", ""))
    )
    features = [dot_of(case) for case in found or ()]
    answer = {"type": "FeatureCollection", "too_many": found is None, "features": features}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def most_in(text: str) -> int:
    """Reads how many dots there is room for. Raises Http404 for what is no number."""
    number = whole_number(text[:10]) if text else MOST_DOTS
    if number is None:
        raise Http404
    return min(number, MOST_DOTS)


def bounds_in(text: str) -> Bounds | None:
    """Reads ``west,south,east,north`` in degrees; None if the address names none. Raises Http404 for anything else."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text[:100].split(","))
    except ValueError as error:
        raise Http404 from error
    if not all(map(math.isfinite, (west, south, east, north))):
        raise Http404
    return west, south, east, north


def dot_of(case: Case) -> Dot:
    """Returns one case as a point with what its row in the list beside the map says."""
    assert case.lon is not None
    assert case.lat is not None
    return {
        "type": "Feature",
        "id": case.pk,
        "geometry": {"type": "Point", "coordinates": [round(case.lon, DECIMALS), round(case.lat, DECIMALS)]},
        "properties": {
            "title": case.title,
            "place": case.grid.name,
            "number": case.number,
            "light": case.light,
            "url": reverse("workflow:case", args=[case.pk]),
        },
    }
