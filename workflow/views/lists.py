"""The list behind a number, and the numbers behind a township's map."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Case as When
from django.db.models import Count, IntegerField, Max, Value
from django.db.models import When as Then
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.web.listing import address_with, page_of
from exchange.columns import LONGEST_CODE
from grids.models import Division, Grid
from grids.register_on_day import grid_by_code
from workflow.case_files import WORKBOOK, CaseList, asks_for_file, file_of
from workflow.measures import MEASURES, Measure, counted
from workflow.models import Case
from workflow.periods import DEFAULT, Period, read_period
from workflow.presentation import row_of
from workflow.queues import BY_DUE, BY_RECENCY
from workflow.territory import (
    LOOKING,
    WATCHING,
    division_with_lineage,
    may_look_at,
    may_look_into,
    widest_place,
)
from workflow.views.fetching import telling_now

WEIGHT_OF_LIGHT = {"normal": 0, "near": 1, "late": 2, "supervised": 3}
LIGHT_OF_WEIGHT = {weight: light for light, weight in WEIGHT_OF_LIGHT.items()}


@dataclass(frozen=True)
class Asked:
    """What a list was asked for, all of it from the address."""

    measure: Measure
    period: Period
    place: Division
    grid: Grid | None

    @property
    def place_name(self) -> str:
        """The place as the heading says it."""
        return self.grid.name if self.grid else self.place.name

    def words(self) -> dict[str, str]:
        """What the address of this list says."""
        where = {"grid": self.grid.code} if self.grid else {"division": self.place.code}
        return {"measure": self.measure.key, "period": self.period.key, **where}


def measured(request: SignedInRequest) -> HttpResponseBase:
    """The cases behind one number; the total is counted by the condition that made the number."""
    user, telling = request.user, telling_now()
    asked = read_asked(request, user, at=telling.at)
    here = Case.objects.visible_to(user).in_division(asked.place.level, asked.place.pk)
    if asked.grid:
        here = here.filter(grid_id=asked.grid.pk)
    cases = counted(here, asked.measure, asked.period)
    order = BY_DUE if asked.measure.is_standing else BY_RECENCY
    measure = asked.measure
    title = f"{asked.place_name} · {measure.label}"
    period_words = "此刻" if measure.is_standing else asked.period.words()
    if asks_for_file(request):
        return file_of(CaseList(title, cases, order, period_words), user, telling)
    leaf = page_of(request, cases.with_names(), order=order, asked=asked.words())
    context = {
        "title": title,
        "measure": measure,
        "total": cases.count(),
        "period_words": period_words,
        "file_url": address_with(reverse("workflow:list"), **asked.words(), form=WORKBOOK),
        "at": telling.at,
        "rows": [row_of(case, telling) for case in leaf.rows],
        "back_url": back_url(user, asked),
        **leaf.links(),
    }
    return render(request, "workflow/list.html", context)


def read_asked(request: HttpRequest, user: User, *, at: Any) -> Asked:
    """Read the address; unknown words and places out of one's territory do not exist."""
    measure = MEASURES.get(request.GET.get("measure", "open"))
    period = read_period(request.GET.get("period", DEFAULT), at=at)
    grid = grid_named(request.GET.get("grid", ""))
    place = grid.village if grid else place_named(request.GET.get("division", ""), user)
    if measure is None or period is None or place is None:
        raise Http404
    if not may_look_into(user, place, grid):
        raise Http404
    return Asked(measure, period, place, grid)


def grid_named(code: str) -> Grid | None:
    """The grid of a code; no code is no grid, an unknown one does not exist."""
    if not code:
        return None
    grid = grid_by_code(code[:LONGEST_CODE])
    if grid is None:
        raise Http404
    return grid


def place_named(code: str, user: User) -> Division | None:
    """The division of a code, else the person's own widest place."""
    return division_with_lineage(code[:12]) if code else widest_place(user, *LOOKING)


def back_url(user: User, asked: Asked) -> str:
    """The overview that the number stands on, for those who have one."""
    if not may_look_at(user, asked.place, *WATCHING):
        return ""
    return address_with(reverse("frame:overview"), division=asked.place.code, period=asked.period.key)


def grid_counts(request: SignedInRequest, code: str) -> HttpResponse:
    """Open cases of each grid of a township that one may see: number, gravest light, the list behind it."""
    user = request.user
    township = division_with_lineage(code[:12])
    if township is None or township.level != Division.Level.TOWNSHIP:
        raise Http404
    counts = counts_of_grids(user, township)
    return JsonResponse({"grids": {grid: asdict(count) for grid, count in counts.items()}})


@dataclass(frozen=True, slots=True)
class GridCount:
    """The open cases of a grid: how many, the gravest light, the address of their list."""

    count: int = 0
    light: str = "normal"
    url: str = ""


NO_CASES = GridCount()


def counts_of_grids(user: User, township: Division) -> dict[int, GridCount]:
    """By grid number: count, light and address; one statement."""
    weights = [Then(light=light, then=Value(weight)) for light, weight in WEIGHT_OF_LIGHT.items()]
    rows = (
        Case.objects.visible_to(user)
        .open()
        .in_division("township", township.pk)
        .order_by()
        .values("grid_id", "grid__code")
        .annotate(
            count=Count("pk"), gravest=Max(When(*weights, default=Value(0), output_field=IntegerField()))
        )
    )
    address = reverse("workflow:list")
    return {
        row["grid_id"]: GridCount(
            count=row["count"],
            light=LIGHT_OF_WEIGHT[row["gravest"]],
            url=address_with(address, measure="open", grid=row["grid__code"]),
        )
        for row in rows
    }
