"""The register for other systems: which grid was here on a day, and one whole grid by any code it ever had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import SignedInCall
from common import clock
from common.web.parsers import DayField
from grids.api.views import PointIn
from grids.models import Grid, GridUnit
from personnel.posting_history import Posted
from register.lookup import Account, Answer, account_of, grid_in_sight, look_up, require_post
from worktime.clocks import day_of


class PointAndDayIn(PointIn):
    """A point in CGCS2000 degrees and a day, today by default."""

    on = DayField(required=False, help_text="Default today.")


class PostedRow(serializers.Serializer[Posted]):
    """One person in one post of the grid on that day."""

    role = serializers.CharField()
    role_name = serializers.CharField()
    name = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)


class GridThen(serializers.Serializer[Answer]):
    """The grid at a place on a day, with its names of that day. ``present_code`` is its code today."""

    day = serializers.DateField()
    id = serializers.IntegerField(source="version.grid_id")
    code = serializers.CharField(source="version.code")
    name = serializers.CharField(source="version.name")
    kind = serializers.CharField(source="version.kind")
    valid_from = serializers.DateField(source="version.valid_from")
    valid_to = serializers.DateField(source="version.valid_to", allow_null=True)
    source = serializers.CharField(source="version.source")
    places = serializers.ListField(child=serializers.CharField(), help_text="From the city to the village.")
    present_code = serializers.CharField(source="version.grid.code")
    present_status = serializers.CharField(source="version.grid.status")
    people = PostedRow(many=True)


class GridVersionRow(serializers.Serializer[Any]):
    """The state of the grid from one day to another. ``to`` is the first day on which it no longer held."""

    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    village = serializers.CharField()
    area_m2 = serializers.FloatField()
    households = serializers.IntegerField()
    population = serializers.IntegerField()
    source = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Adds ``from``, which is a keyword of Python and so cannot be a class attribute."""
        days = {"from": serializers.DateField(), "to": serializers.DateField(allow_null=True)}
        return {**days, **super().get_fields()}


class GridCodeRow(serializers.Serializer[Any]):
    """A code that the grid has or had."""

    code = serializers.CharField()
    given_on = serializers.DateField()
    document = serializers.CharField()


class GridUnitRow(serializers.Serializer[Any]):
    """A basic unit of the grid (Art. 8)."""

    kind = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    households = serializers.IntegerField(allow_null=True)


class DualManagementRow(serializers.Serializer[Any]):
    """A department that manages or managed the dedicated grid together with its township. ``to`` is the last day."""

    name = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Adds ``from``, which is a keyword of Python and so cannot be a class attribute."""
        days = {"from": serializers.DateField(), "to": serializers.DateField(allow_null=True)}
        return {**super().get_fields(), **days}


class SuccessorRow(serializers.Serializer[Any]):
    """The grid that replaces a retired one."""

    code = serializers.CharField()
    name = serializers.CharField()


class GridAccount(serializers.Serializer[Any]):
    """One grid with its whole history. ``moved`` is true if the code that was asked for is an old one."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    moved = serializers.BooleanField()
    name = serializers.CharField()
    kind = serializers.CharField()
    premises = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    in_force_on = serializers.DateField(allow_null=True)
    retired_on = serializers.DateField(allow_null=True)
    village = serializers.CharField()
    township = serializers.CharField()
    county = serializers.CharField()
    codes = GridCodeRow(many=True)
    versions = GridVersionRow(many=True)
    units = GridUnitRow(many=True)
    departments = DualManagementRow(many=True)
    successor = SuccessorRow(allow_null=True)


class GridAt(APIView):
    """Place and day → grid and people."""

    @extend_schema(operation_id="grids_at", parameters=[PointAndDayIn], responses=GridThen)
    def get(self, request: SignedInCall) -> Response:
        """Returns which grid was here on that day and who was posted to it. 422 with a sentence if there is none."""
        require_post(request.user)
        received = PointAndDayIn(data=request.query_params)
        received.is_valid(raise_exception=True)
        today = day_of(clock.now())
        point = received.validated_data
        answer = look_up(point["lon"], point["lat"], day=point.get("on", today), today=today)
        return Response(GridThen(answer).data)


class GridByCode(APIView):
    """One grid by any code that it ever had."""

    @extend_schema(operation_id="grids_retrieve", responses=GridAccount)
    def get(self, request: SignedInCall, code: str) -> Response:
        """Returns the grid, its codes and versions. An old code returns the same grid with its present code."""
        require_post(request.user)
        grid = grid_in_sight(code, request.user)
        return Response(GridAccount(account_row(account_of(grid), asked=code)).data)


class CodeRow(TypedDict):
    """A code that the grid has or had."""

    code: str
    given_on: date
    document: str


# ``from`` is a keyword of Python, so these are not written as classes.
VersionRow = TypedDict(
    "VersionRow",
    {
        "code": str,
        "name": str,
        "kind": str,
        "source": str,
        "households": int,
        "population": int,
        "village": str,
        "from": date,
        "to": date | None,
        "area_m2": float,
    },
)
DepartmentRow = TypedDict("DepartmentRow", {"name": str, "from": date, "to": date | None})


class AccountRow(TypedDict):
    """One grid with its whole history, for :class:`GridAccount`."""

    id: int
    code: str
    moved: bool
    name: str
    kind: str
    premises: str
    status: str
    in_force_on: date | None
    retired_on: date | None
    village: str
    township: str
    county: str
    codes: list[CodeRow]
    versions: list[VersionRow]
    units: Sequence[GridUnit]
    departments: list[DepartmentRow]
    successor: Grid | None


def account_row(account: Account, *, asked: str) -> AccountRow:
    """Returns one grid as plain values for :class:`GridAccount`."""
    grid = account.grid
    township = grid.village.parent
    county = township.parent if township else None
    return {
        "id": grid.pk,
        "code": grid.code,
        "moved": asked != grid.code,
        "name": grid.name,
        "kind": grid.kind,
        "premises": grid.premises,
        "status": grid.status,
        "in_force_on": grid.in_force_on,
        "retired_on": grid.retired_on,
        "village": grid.village.name,
        "township": township.name if township else "",
        "county": county.name if county else "",
        "codes": [
            {"code": each.code, "given_on": each.given_on, "document": each.rule.document}
            for each in account.codes
        ],
        "versions": [
            {
                "code": each.version.code,
                "name": each.version.name,
                "kind": each.version.kind,
                "source": each.version.source,
                "households": each.version.households,
                "population": each.version.population,
                "village": each.version.village.name,
                "from": each.version.valid_from,
                "to": each.version.valid_to,
                "area_m2": round(each.area, 1),
            }
            for each in account.periods
        ],
        "units": account.units,
        "departments": [
            {"name": each.organization.name, "from": each.starts_on, "to": each.ends_on}
            for each in account.departments
        ],
        "successor": grid.successor,
    }
