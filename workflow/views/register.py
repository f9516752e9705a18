"""Registering reports at the desk that came by telephone, by letter or at the counter (Art. 19)."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal
from common.initials import place_letters, place_sounds
from common.shapes import Context
from common.web.form_fields import renew_key
from grids.models import Grid
from workflow.forms import ReportForm, answers_in
from workflow.report_choices import REGISTERING, matter_choices
from workflow.views.report import report_once, tell_in
from worktime.clocks import day_of


def register(request: SignedInRequest) -> HttpResponse:
    """GET shows the form. POST registers the case, which then waits for acceptance at this desk."""
    user = request.user
    grids = REGISTERING.require(user)
    if request.method != "POST":
        return _page(request, ReportForm(), user, grids)
    form = ReportForm(request.POST, request.FILES)
    if form.is_valid():
        if form.cleaned_data["grid_id"] is None:
            form.add_error("grid_id", "请选择网格：按村（社区）名、拼音首字母或网格编码搜。")
        elif number := _registered(form, user):
            return redirect("workflow:case", number) if "open" in request.POST else _back(request, number)
    return _page(request, form, user, grids, status=422)


def _registered(form: ReportForm, user: User) -> int | None:
    """Reports under the form's key. Returns the case's number; a refusal is put beside its field and gives None."""
    try:
        fields = {**form.cleaned_data, "outcome": "send", "answers": answers_in(form.data)}
        return report_once(user, fields, at=clock.now())
    except Refusal as refusal:
        tell_in(form, refusal)
        if form.first_report:
            renew_key(form)
        return None


def _back(request: HttpRequest, number: int) -> HttpResponse:
    messages.success(request, f"已登记第 {number} 号，在待受理队列。")
    return redirect("workflow:desk")


@dataclass(frozen=True, slots=True)
class GridChoice:
    """A grid with what its search box matches."""

    grid: Grid
    find: str


def _page(
    request: HttpRequest, form: ReportForm, user: User, grids: list[Grid], *, status: int = 200
) -> HttpResponse:
    township = grids[0].village.parent
    today = day_of(clock.now())
    context: Context = {
        "title": "登记来电来访",
        "form": form,
        "grids": [GridChoice(grid=grid, find=find_words(grid)) for grid in grids],
        "matters": matter_choices(
            user,
            (township and township.parent_id) or 0,
            day=today,
            grid_ids=[grid.pk for grid in grids],
            asked=request.POST,
        ),
        "chosen_grid": str(form["grid_id"].value() or ""),
        "chosen_matter": str(form["matter_id"].value() or ""),
    }
    return render(request, "workflow/register.html", context, status=status)


def find_words(grid: Grid) -> str:
    """Returns what the search box of a grid matches: name, code, every full reading, every reading's letters."""
    letters = place_letters(grid.name, most=80)
    return f"{grid.name}|{grid.code}|{place_sounds(grid.name, most=200)}|{letters}|{grid.village.initials}"
