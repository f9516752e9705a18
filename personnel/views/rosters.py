"""Pages of a roster: upload, preview, confirm or discard (Art. 10, 20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from common import clock
from common.errors import IllegalMove, Refusal
from common.privacy.masking import mask
from common.web.files import download
from common.web.listing import lines_by_outcome
from common.web.shapes import FieldFault
from common.web.verb_page import form_page
from exchange.named_files import write_faults, write_template
from personnel.actions import confirm_roster, discard_roster, lines_of, refresh_roster, take_roster
from personnel.forms import RosterForm
from personnel.models import GridPosting, StaffImport
from personnel.posts import SOURCES
from personnel.roster.columns import COLUMNS, TABLE
from personnel.roster.examination import StoredLine, row_of
from personnel.views.frame import manager
from personnel.visibility import roster_in_sight

OUTCOMES = {"fault": "有误", "create": "新登记并任命", "appoint": "已登记，补任命", "same": "已在岗，不动"}


@never_cache
def upload(request: SignedInRequest) -> HttpResponse:
    """GET explains the file's format; POST reads a file and shows its preview."""
    user = manager(request)
    given = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RosterForm(*given)

    def act() -> StaffImport:
        file = form.cleaned_data["file"]
        return take_roster(file, name=file.name, size=file.size, by=user, at=clock.now())

    context = {"title": "导入人员", "files": StaffImport.objects.filter(by=user).order_by("-pk")[:5]}
    return form_page(
        request,
        form,
        act,
        done=lambda job: (f"已读取 {sum(job.counts.values())} 行，请核对。", _url(job)),
        template="personnel/roster_upload.html",
        context=context,
    )


@require_safe
def template(request: SignedInRequest) -> FileResponse:
    """Download an empty roster with instructions."""
    manager(request)
    roles = dict(GridPosting.Role.choices)
    notes = [(f"{roles[role]}的来源", "、".join(sources)) for role, sources in SOURCES.items()]
    return download(partial(write_template, table=TABLE, notes=notes), name="人员导入模板")


@never_cache
@require_safe
def roster(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a file would do, line by line; private columns masked."""
    return _page(request, roster_in_sight(request.user, pk))


@require_safe
def faults(request: SignedInRequest, pk: int) -> FileResponse:
    """Download the faulty lines as a workbook; raises Http404 if there are none."""
    found = [
        row_of(line) for line in lines_of(roster_in_sight(request.user, pk)) if line["outcome"] == "fault"
    ]
    if not found:
        raise Http404
    return download(partial(write_faults, found, table=TABLE), name="人员导入 有误的行")


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write what the preview showed."""
    job, user = roster_in_sight(request.user, pk), request.user
    if job.status == StaffImport.Status.CONFIRMED:
        return redirect(_url(job))  # the form was sent twice
    return _act(request, job, lambda: confirm_roster(job, by=user, at=clock.now()))


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Discard the file."""
    job, user = roster_in_sight(request.user, pk), request.user
    return _act(request, job, lambda: discard_roster(job, by=user))


def _act(request: SignedInRequest, job: StaffImport, act: Callable[[], StaffImport]) -> HttpResponse:
    """Run the action and redirect to the file's page; on refusal show the file as it is now, with the sentence."""
    try:
        with transaction.atomic():
            done = act()
    except Refusal as refusal:
        job.refresh_from_db()
        if isinstance(refusal, IllegalMove) and job.status == StaffImport.Status.READY:
            job = refresh_roster(job, at=clock.now())
        return _page(request, job, refusal=refusal, status=refusal.status)
    if done.status == StaffImport.Status.CONFIRMED:
        messages.success(request, _done_words(done))
    return redirect(_url(done))


def _done_words(job: StaffImport) -> str:
    words = (("create", "登记并任命"), ("appoint", "补任命"))
    return f"已{'，'.join(f'{word} {job.counts[key]} 人' for key, word in words if job.counts.get(key))}。"


def _page(
    request: SignedInRequest, job: StaffImport, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "title": f"导入 {job.file_name}",
        "job": job,
        "refusal": refusal,
        "to_write": job.counts.get("create", 0) + job.counts.get("appoint", 0),
        **lines_by_outcome(request, lines_of(job), OUTCOMES, job.counts, row_of=_line),
    }
    return render(request, "personnel/roster.html", context, status=status)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the roster; telephones masked, other private data left out."""

    row: int
    name: str
    phone: str
    role: str
    place: str
    source: str
    starts_on: str
    faults: list[FieldFault]
    notes: list[str]


def _line(line: StoredLine) -> LineRow:
    """Return a line for the page: who, where, the faults; telephones masked, other private data left out."""
    values = line["values"]
    return LineRow(
        row=line["row"],
        name=values.get("name", ""),
        phone=mask(values.get("phone", ""), kind="phone"),
        role=values.get("role", ""),
        place=values.get("grid_code") or values.get("village_code", ""),
        source=values.get("source", ""),
        starts_on=values.get("starts_on", ""),
        faults=[
            FieldFault(name=COLUMNS[key].name if key in COLUMNS else "", sentence=sentence)
            for key, sentence in line["faults"]
        ],
        notes=line.get("notes", []),
    )


def _url(job: StaffImport) -> str:
    return reverse("personnel:roster", args=[job.pk])
