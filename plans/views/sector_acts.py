"""The county's authority registers sector grids, merges them or keeps them under a cited law (Art. 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import shapely
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal
from grids.models import Grid
from grids.querysets import GridQuerySet
from plans.actions.sectors import (
    keep_sector_grid,
    merge_sector_grid,
    register_sector_grid,
)
from plans.entrances import MERGING
from plans.forms.sectors import KeepForm, MergeForm, SectorForm
from plans.models import SectorGrid
from plans.visibility import undecided_sector_grid

CONSEQUENCES = {
    "register": "登记部门原有的网格，随后整合到统一网格；法律、法规和国家、省另有规定的，写明依据可以保留。",
    "merge": "整合后这个专业网格不再单独使用，由选中的统一网格代替；整合以后不能改回。",
    "keep": "写明依据后，这个专业网格可以单独保留；保留以后不能改回。",
}
WORDS = {"register": "登记专业网格", "merge": "整合到统一网格", "keep": "依法保留"}


def register(request: SignedInRequest) -> HttpResponse:
    """Register a department's grid."""
    user = request.user
    counties = MERGING.require(user)
    form = SectorForm(request.POST if request.method == "POST" else None, counties=counties)
    return _act_and_redirect(
        request,
        "register",
        form,
        lambda at: register_sector_grid(form.draft(), by=user, at=at),
    )


def merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Link a sector grid to unified grids of its township; those inside it are already ticked."""
    user = request.user
    row = undecided_sector_grid(user, pk)
    grids = Grid.objects.in_force().with_place().in_township(row.township_id).order_by("code")
    given = request.POST if request.method == "POST" else None
    form = MergeForm(given, grids=grids, initial={"grids": _inside(row, grids)})
    return _act_and_redirect(
        request,
        "merge",
        form,
        lambda at: merge_sector_grid(row, grids=list(form.cleaned_data["grids"]), by=user, at=at),
        row=row,
        villages=_by_village(form, grids),
    )


def keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep a sector grid under the law that allows it."""
    user = request.user
    row = undecided_sector_grid(user, pk)
    form = KeepForm(request.POST if request.method == "POST" else None)
    return _act_and_redirect(
        request, "keep", form, lambda at: keep_sector_grid(row, law=form.cited(), by=user, at=at), row=row
    )


def _act_and_redirect(
    request: SignedInRequest, verb: str, form: forms.Form, act: Callable[[datetime], SectorGrid], **more: Any
) -> HttpResponse:
    """Act on a valid form and redirect to the list; else show the form with the input and the errors."""
    if form.is_valid():
        try:
            with transaction.atomic():  # a refusal rolls back the change, so that the page can still query
                row = act(clock.now())
            messages.success(request, f"{row}：{row.get_status_display()}。")
            return redirect("plans:sector_grids")
        except Refusal as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, refusal.sentence)
    context = {
        "title": WORDS[verb],
        "consequence": CONSEQUENCES[verb],
        "form": form,
        "back": reverse("plans:sector_grids"),
        **more,
    }
    return render(request, "plans/sector_form.html", context, status=422 if form.errors else 200)


def _inside(row: SectorGrid, grids: GridQuerySet) -> list[int]:
    """Return the unified grids that share more than half of their area, or of the sector grid's, with it."""
    if row.boundary is None:
        return []
    sector = shapely.from_wkb(bytes(row.boundary))
    found = []
    for pk, boundary in grids.exclude(boundary=None).values_list("pk", "boundary"):
        shape = shapely.from_wkb(bytes(boundary or b""))
        shared = shapely.area(shapely.intersection(shape, sector))
        if shared * 2 > min(shapely.area(shape), shapely.area(sector)):
            found.append(pk)
    return found


@dataclass(frozen=True, slots=True)
class GridTick:
    """A grid to tick."""

    pk: int
    name: str
    code: str
    is_ticked: bool


def _by_village(form: forms.Form, grids: GridQuerySet) -> list[tuple[str, list[GridTick]]]:
    """Return the grids to tick, grouped by village."""
    ticked = {str(value) for value in form["grids"].value() or []}
    rows = sorted(grids, key=lambda grid: (grid.village.code, grid.code))
    return [
        (
            village.name,
            [
                GridTick(pk=grid.pk, name=grid.name, code=grid.code, is_ticked=str(grid.pk) in ticked)
                for grid in held
            ],
        )
        for village, held in groupby(rows, key=lambda grid: grid.village)
    ]
