"""The list behind a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.web.listing import address_with, page_of
from exchange.columns import LONGEST_CODE
from grids.models import Division, Grid
from grids.register_on_day import grid_by_code
from matters.models import Matter
from workflow.case_files import WORKBOOK, CaseList, asks_for_file, file_of
from workflow.measures import LISTED, Measure, counted
from workflow.models import Case
from workflow.periods import DEFAULT, Period, read_period
from workflow.place_counts import matter_in
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
from workflow.views.fetching import timing_now


@dataclass(frozen=True)
class Asked:
    """What a list was asked for, all of it from the address."""

    measure: Measure
    period: Period
    place: Division
    grid: Grid | None
    under: Division | None = None  # only what was reported while the place lay under this one
    matter: str = ""
    matter_name: str = ""

    @property
    def name(self) -> str:
        """What the heading says."""
        return " · ".join(filter(None, (self.place_name, self.measure.label, self.matter_name)))

    @property
    def place_name(self) -> str:
        """The place as the heading says it."""
        return self.grid.name if self.grid else self.place.name

    def words(self) -> dict[str, str]:
        """What the address of this list says."""
        where = {"grid": self.grid.code} if self.grid else {"division": self.place.code}
        under = {"under": self.under.code} if self.under else {}
        about = {"matter": self.matter} if self.matter else {}
        return {"measure": self.measure.key, "period": self.period.key, **where, **under, **about}


def measured(request: SignedInRequest) -> HttpResponseBase:
    """The cases behind one number; the total is counted by the condition that made the number."""
    user, timing = request.user, timing_now()
    asked = read_asked(request, user, at=timing.at)
    here = Case.objects.visible_to(user).in_division(asked.place.level, asked.place.pk)
    if asked.under:
        here = here.in_division(asked.under.level, asked.under.pk)
    if asked.grid:
        here = here.filter(grid_id=asked.grid.pk)
    if asked.matter:
        here = here.filter(matter__code=asked.matter)
    cases = counted(here, asked.measure, asked.period)
    order = BY_DUE if asked.measure.is_standing else BY_RECENCY
    measure, title = asked.measure, asked.name
    period_words = "此刻" if measure.is_standing else asked.period.words()
    if asks_for_file(request):
        return file_of(CaseList(title, cases, order, period_words), user, timing)
    leaf = page_of(request, cases.with_names(), order=order, query=asked.words())
    context = {
        "title": title,
        "measure": measure,
        "total": cases.count(),
        "period_words": period_words,
        "file_url": address_with(reverse("workflow:list"), **asked.words(), form=WORKBOOK),
        "at": timing.at,
        "rows": [row_of(case, timing) for case in leaf.rows],
        "back_url": back_url(user, asked),
        **leaf.links(),
    }
    return render(request, "workflow/list.html", context)


def read_asked(request: HttpRequest, user: User, *, at: Any) -> Asked:
    """Read the address; unknown words and places out of one's territory do not exist."""
    measure = LISTED.get(request.GET.get("measure", "open"))
    period = read_period(request.GET.get("period", DEFAULT), at=at)
    grid = grid_named(request.GET.get("grid", ""))
    place = grid.village if grid else place_named(request.GET.get("division", ""), user)
    code = request.GET.get("under", "")
    under = division_with_lineage(code[:12]) if code else None
    if measure is None or period is None or place is None or (code and under is None):
        raise Http404
    if not may_look_into(user, under or place, grid):
        raise Http404
    matter = matter_in(request.GET)
    return Asked(measure, period, place, grid, under, matter, name_of_matter(matter) if matter else "")


def name_of_matter(code: str) -> str:
    """Returns the name of a matter in the newest edition. Raises Http404 for a code that no edition has."""
    name = Matter.objects.filter(code=code).order_by("-edition_id").values_list("name", flat=True).first()
    if name is None:
        raise Http404
    return name


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
    place = asked.under or asked.place
    if not may_look_at(user, place, *WATCHING):
        return ""
    return address_with(reverse("frame:overview"), division=place.code, period=asked.period.key)
