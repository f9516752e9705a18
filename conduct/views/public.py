"""Anybody may complain about a grid person, with the board's code, without an account or a name (Art. 12)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.counting import seconds_to_wait
from accounts.models import User
from common import clock
from common.errors import KeyReused
from common.web.client_address import client_network
from common.web.error_pages import error_page
from common.web.form_fields import renew_key
from common.web.public_address import public_url
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
COOKIE, SHOWN_FOR = "complaint-code", 600  # seconds


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
        lambda: complained(form, grid, source=Complaint.Source.PUBLIC, at=at),
        done=lambda made: _to_the_code(made[1]),
        template="conduct/complain.html",
        context={"title": "投诉网格人员", "grid": grid},
    )


def complained(
    form: ComplaintForm, grid: Grid, *, source: str, at: datetime, by: User | None = None
) -> tuple[Complaint, str]:
    """Store the complaint of a form once; a form that was changed after it was sent becomes a form of its own."""
    cleaned = dict(form.cleaned_data)
    photos = [(file, file.size) for file in cleaned.pop("photos")]
    try:
        return complain(ComplaintDraft(grid=grid, photos=photos, **cleaned), source=source, at=at, by=by)
    except KeyReused:
        renew_key(form)
        raise


def _to_the_code(code: str) -> HttpResponse:
    """Redirect to the page that shows the code, so that a reload sends nothing; the code travels in a cookie."""
    answer = redirect("conduct:received")
    answer.set_signed_cookie(
        COOKIE,
        code,
        salt=COOKIE,
        path=answer.url,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@never_cache
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """Show the code, which is stored nowhere in readable form, with the ways to keep it; only for ten minutes."""
    code = request.get_signed_cookie(COOKIE, default="", salt=COOKIE, max_age=SHOWN_FOR)
    complaint = complaint_by_code(code) if code else None
    if complaint is None:
        return redirect("conduct:progress")
    grid = complaint.grid
    progress_url = public_url(request, reverse("conduct:progress"))
    lines = (
        f"投诉编号 {complaint.number}（{grid.name}）",
        f"查询码 {code}",
        f"查进度 {progress_url}",
        "查询码只显示十分钟，请收好，不要给别人。",
    )
    context = {
        "title": "已收到",
        "code": code,
        "number": complaint.number,
        "grid": grid,
        "progress_url": progress_url,
        "as_text": "data:text/plain;charset=utf-8," + quote("\r\n".join(lines)),
    }
    return render(request, "conduct/complained.html", context)


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
