"""The territory API for phones and other systems: the grid at a point, the maps of a township, a county, the city."""

from __future__ import annotations

from typing import Any, TypedDict

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.errors import RuleViolation
from grids.locate import locate, nearest
from grids.maps import places_geojson, township_geojson
from grids.models import Division, Grid

COUNTRY = (73.0, 3.0, 136.0, 54.0)  # a coordinate outside these bounds must be a mistake
WITH_PLACES_BELOW = (Division.Level.CITY, Division.Level.COUNTY)  # whose map shows divisions, not grids


class GridRow(serializers.Serializer[Grid]):
    """One grid and where it lies."""

    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    village = serializers.CharField(source="village.name")
    township = serializers.CharField(source="village.parent.name")


class PointIn(serializers.Serializer[Any]):
    """A point in CGCS2000 degrees."""

    lon = serializers.FloatField(min_value=COUNTRY[0], max_value=COUNTRY[2])
    lat = serializers.FloatField(min_value=COUNTRY[1], max_value=COUNTRY[3])


class LocateView(APIView):
    """Point → grid."""

    @extend_schema(operation_id="grids_locate", parameters=[PointIn], responses=GridRow)
    def get(self, request: Request) -> Response:
        """Return the one grid that covers the point; outside every grid a 422 that names the nearest."""
        received = PointIn(data=request.query_params)
        received.is_valid(raise_exception=True)
        lon, lat = received.validated_data["lon"], received.validated_data["lat"]
        grid = locate(lon, lat)
        if grid is None:
            raise RuleViolation(
                "这个位置不在任何网格内，请手动选择网格。", field="lon", **nearest_to(lon, lat)
            )
        return Response(GridRow(grid).data)


class Nearest(TypedDict):
    """The closest grid to a place outside all grids."""

    code: str
    name: str
    village: str
    township: str
    distance_m: int


def nearest_to(lon: float, lat: float) -> dict[str, Nearest]:
    """Return ``nearest``: the closest grid in force and its distance in whole metres; empty if there is no grid."""
    found = nearest(lon, lat)
    if found is None:
        return {}
    grid, metres = found
    row = GridRow(grid).data
    return {
        "nearest": {
            "code": row["code"],
            "name": row["name"],
            "village": row["village"],
            "township": row["township"],
            "distance_m": round(metres),
        }
    }


class TownshipMap(APIView):
    """The boundaries of one township's grids."""

    @extend_schema(
        operation_id="townships_map",
        parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH)],
        responses={(200, "application/geo+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """GeoJSON with an ETag; unchanged boundaries answer 304."""
        township = Division.objects.filter(code=code, level=Division.Level.TOWNSHIP).only("pk").first()
        if township is None:
            raise Http404
        return kept_map(request, *township_geojson(township.pk))


class DivisionMap(APIView):
    """The outlines of the places one level below a city or county."""

    @extend_schema(
        operation_id="divisions_map",
        parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH)],
        responses={(200, "application/geo+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """GeoJSON with an ETag; unchanged outlines answer 304."""
        place = Division.objects.filter(code=code[:12], level__in=WITH_PLACES_BELOW).defer("outline").first()
        if place is None:
            raise Http404
        return kept_map(request, *places_geojson(place))


def kept_map(request: Request, version: str, text: str) -> HttpResponse:
    """Return a map that the browser keeps and asks about each time; 304 if its version is still the present one."""
    if request.headers.get("If-None-Match") == f'"{version}"':
        return HttpResponse(status=304)
    response = HttpResponse(text, content_type="application/geo+json")
    response["ETag"] = f'"{version}"'
    response["Cache-Control"] = "private, no-cache"
    return response
