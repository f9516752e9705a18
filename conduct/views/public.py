"""Anybody may complain about a grid person, with the board's code, without an account or a name (Art. 12)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.counting import seconds_to_wait
from common import clock
from common.web.client_address import client_network
from common.web.error_pages import error_page
from common.web.verb_page import form_page, given
from conduct.actions import ComplaintDraft, accounts_of, complain, complaint_by_code
from conduct.forms import CodeForm, ComplaintForm
from conduct.models import Complaint
from grids.models import Grid
from worktime.clocks import day_of

A_DAY = 20  # complaints from one network, which a whole village hall may share
PHOTOS_A_DAY = 30  # photos from one network
TOO_MANY = "今天从这里提交的投诉太多了，请明天再试，或拨打监督电话。"
TOO_MANY_PHOTOS = "今天从这里提交的照片太多了，请不带照片提交，或明天再试，或拨打监督电话。"
AN_HOUR = 30  # wrong codes from one address


@never_cache
def complaint_form(request: HttpRequest, code: str) -> HttpResponse:
    """Show the form of one grid; after success the page with the complainant's code. Raises Http404."""
    grid = Grid.objects.in_force().with_place().filter(code=code).first()
    if grid is None:
        raise Http404
    at = clock.now()
    people = accounts_of(grid, day=day_of(at))
    form = ComplaintForm(given(request), request.FILES or None, people=people)
    network = client_network(request)
    if request.method == "POST" and (
        wait := seconds_to_wait(f"complain:{network}", limit=A_DAY, seconds=86_400, at=at)
    ):
        return error_page(request, 429, sentence=TOO_MANY, retry_after=wait)
    if (count := len(request.FILES.getlist("photos"))) and seconds_to_wait(
        f"evidence:{network}", limit=PHOTOS_A_DAY, seconds=86_400, at=at, cost=count
    ):
        form.add_error("photos", TOO_MANY_PHOTOS)
    return form_page(
        request,
        form,
        lambda: complain(draft_of(form, grid), source=Complaint.Source.PUBLIC, at=at),
        done=lambda made: render(
            request, "conduct/complained.html", {"title": "已收到", "code": made[1], "grid": grid}
        ),
        template="conduct/complain.html",
        context={"title": "投诉网格人员", "grid": grid},
    )


def draft_of(form: ComplaintForm, grid: Grid) -> ComplaintDraft:
    """Return the draft from the form's cleaned input."""
    said = dict(form.cleaned_data)
    photos = [(file, file.size) for file in said.pop("photos")]
    return ComplaintDraft(grid=grid, photos=photos, **said)


@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    """Show the progress of a complaint to the holder of its code; a wrong code and a missing one look alike."""
    form = CodeForm(request.POST or None)
    found, status = None, 200
    if request.method == "POST":
        asker = f"code:{client_network(request)}"
        if wait := seconds_to_wait(asker, limit=AN_HOUR, seconds=3600, at=clock.machine_now()):
            return error_page(request, 429, sentence="查询太频繁，请一小时后再试。", retry_after=wait)
        if form.is_valid():
            found = complaint_by_code(form.cleaned_data["code"])
            if found is None:
                form.add_error("code", "没有这个查询码，请核对。")
        status = 422 if form.errors else 200
    return render(
        request, "conduct/progress.html", {"title": "查投诉进度", "form": form, "found": found}, status=status
    )
