"""Pages of a file of people: upload, preview, confirm or discard, progress (Art. 15, 20)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal
from common.privacy.masking import mask
from common.web.files import download
from common.web.listing import lines_by_outcome
from common.web.shapes import FieldFault
from common.web.verb_page import form_page
from exchange.named_files import write_faults, write_template
from registry import policies
from registry.actions import confirm_people, discard_people, lines_of, take_people
from registry.forms import PeopleFileForm
from registry.importing import CHOICES, COLUMNS, OUTCOMES, TABLE, StoredLine, row_of
from registry.models import PeopleImport
from registry.visibility import people_import_in_sight


@never_cache
def upload(request: SignedInRequest) -> HttpResponse:
    """GET explains the file's format; POST reads a file and shows its preview."""
    user = request.user
    policies.KEEPING.require(user)
    form = PeopleFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))

    def act() -> PeopleImport:
        file = form.cleaned_data["file"]
        return take_people(file, name=file.name, size=file.size, by=user, at=clock.now())

    return form_page(
        request,
        form,
        act,
        done=lambda job: (f"已读取 {sum(job.counts.values())} 行，请核对。", _url(job)),
        template="registry/import_upload.html",
        context={
            "title": "导入居民",
            "files": PeopleImport.objects.filter(by=user).order_by("-pk")[:5],
            "back": reverse("registry:home"),
        },
    )


@require_safe
def template(request: SignedInRequest) -> FileResponse:
    """Download an empty file with instructions."""
    policies.KEEPING.require(request.user)
    return download(partial(write_template, table=TABLE), name="居民导入模板")


@never_cache
@require_safe
def people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a file would do, line by line, or how far its writing has come; private columns masked."""
    return _page(request, people_import_in_sight(request.user, pk))


@require_safe
def faults(request: SignedInRequest, pk: int) -> FileResponse:
    """Download the faulty lines as a workbook; raises Http404 if there are none."""
    lines = lines_of(people_import_in_sight(request.user, pk))
    found = [row_of(line) for line in lines if line["outcome"] == "fault"]
    if not found:
        raise Http404
    return download(partial(write_faults, found, table=TABLE), name="居民导入 有误的行")


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the worker write what the preview showed."""
    job, user = people_import_in_sight(request.user, pk), request.user
    if job.status in (PeopleImport.Status.CONFIRMED, PeopleImport.Status.WRITTEN):
        return redirect(_url(job))  # the form was sent twice
    return _act(request, job, lambda: confirm_people(job, by=user, at=clock.now()))


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Discard the file."""
    job, user = people_import_in_sight(request.user, pk), request.user
    return _act(request, job, lambda: discard_people(job, by=user))


def _act(request: SignedInRequest, job: PeopleImport, act: Callable[[], PeopleImport]) -> HttpResponse:
    try:
        with transaction.atomic():
            done = act()
    except Refusal as refusal:
        job.refresh_from_db()
        return _page(request, job, refusal=refusal, status=refusal.status)
    return redirect(_url(done))


def _page(
    request: SignedInRequest, job: PeopleImport, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "title": f"导入 {job.file_name}",
        "job": job,
        "refusal": refusal,
        "to_write": job.total,
        **lines_by_outcome(request, lines_of(job), OUTCOMES, job.counts, row_of=_line),
    }
    return render(request, "registry/import.html", context, status=status)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the file; what is private is masked or left out."""

    row: int
    name: str
    phone: str
    role: str
    place: str
    faults: list[FieldFault]
    notes: list[str]


def _line(line: StoredLine) -> LineRow:
    values = line["values"]
    return LineRow(
        row=line["row"],
        name=mask(values.get("name", ""), kind="name"),
        phone=mask(values.get("phone", ""), kind="phone"),
        role=CHOICES["role"].get(values.get("role", ""), ""),
        place=values.get("grid_code", ""),
        faults=[
            FieldFault(name=COLUMNS[key].name if key in COLUMNS else "", sentence=sentence)
            for key, sentence in line["faults"]
        ],
        notes=line["notes"],
    )


def _url(job: PeopleImport) -> str:
    return reverse("registry:people_import", args=[job.pk])
