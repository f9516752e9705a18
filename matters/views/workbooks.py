"""Export of an edition as a workbook, and import of a workbook, which is compared with a draft before writing."""

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
from common.web.files import download
from common.web.listing import lines_by_outcome
from common.web.shapes import FieldFault
from common.web.verb_page import form_page
from exchange.named_files import write_faults, write_rows, write_template
from matters import actions
from matters.catalogue.columns import COLUMNS, TABLE
from matters.catalogue.examination import StoredLine, row_of, texts_of
from matters.forms.workbooks import WorkbookForm
from matters.models import MatterImport
from matters.policies import require_publisher
from matters.visibility import edition_in_sight, import_in_sight

OUTCOMES = {"fault": "有误", "new": "新增", "changed": "调整", "same": "相同，不动"}


@require_safe
def export(request: SignedInRequest, pk: int) -> FileResponse:
    """Returns an edition as a workbook that can be imported again."""
    edition = edition_in_sight(request.user, pk)
    rows = list(texts_of(edition))
    return download(partial(write_rows, table=TABLE, rows=rows), name=f"{edition}网格事项清单")


@require_safe
def template(request: SignedInRequest) -> FileResponse:
    """Returns an empty workbook with instructions."""
    return download(partial(write_template, table=TABLE), name="事项清单导入模板")


@never_cache
def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET explains what a file must look like. POST reads a file and goes to its preview."""
    user = request.user
    edition = edition_in_sight(user, pk)
    require_publisher(user, edition.county, verb="import_matters")
    if edition.published_at is not None:
        raise IllegalMove("这一版已经公布，不能再改；请编制下一版，再导入。")
    form = WorkbookForm(*((request.POST, request.FILES) if request.method == "POST" else ()))

    def act() -> MatterImport:
        file = form.cleaned_data["file"]
        return actions.take_matters(edition, file, name=file.name, size=file.size, by=user, at=clock.now())

    context = {"title": f"导入到{edition}", "edition": edition, "files": edition.imports.order_by("-pk")[:5]}
    return form_page(
        request,
        form,
        act,
        done=lambda job: (f"已读取 {sum(job.counts.values())} 行，请核对。", _url(job)),
        template="matters/import_upload.html",
        context=context,
    )


@never_cache
@require_safe
def preview(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shows what a file would do, line by line."""
    return _page(request, import_in_sight(request.user, pk))


@require_safe
def faults(request: SignedInRequest, pk: int) -> FileResponse:
    """Returns the lines with faults as a workbook."""
    job = import_in_sight(request.user, pk)
    found = [row_of(line) for line in job.lines if line["outcome"] == "fault"]
    if not found:
        raise Http404
    return download(partial(write_faults, found, table=TABLE), name=f"{job.file_name} 有误的行")


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Writes what the preview showed into the draft."""
    job, user = import_in_sight(request.user, pk), request.user
    if job.status == MatterImport.Status.CONFIRMED:
        return redirect(_url(job))  # the form was sent twice
    return _act(request, job, lambda: actions.confirm_matters(job, by=user, at=clock.now()))


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Discards the file."""
    job, user = import_in_sight(request.user, pk), request.user
    return _act(request, job, lambda: actions.discard_matters(job, by=user))


def _act(request: SignedInRequest, job: MatterImport, act: Callable[[], MatterImport]) -> HttpResponse:
    """Runs the action and goes to the file's page. On refusal it shows the file as it is now, with the sentence."""
    try:
        with transaction.atomic():
            done = act()
    except Refusal as refusal:
        job.refresh_from_db()
        if isinstance(refusal, IllegalMove) and job.status == MatterImport.Status.READY:
            job = actions.refresh_matters(job, by=request.user)
        return _page(request, job, refusal=refusal, status=refusal.status)
    if done.status == MatterImport.Status.CONFIRMED:
        counts = done.counts
        messages.success(request, f"新增 {counts.get('new', 0)} 项，调整 {counts.get('changed', 0)} 项。")
    return redirect(_url(done))


def _page(
    request: SignedInRequest, job: MatterImport, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "title": f"导入 {job.file_name}",
        "job": job,
        "refusal": refusal,
        "to_write": job.counts.get("new", 0) + job.counts.get("changed", 0),
        **lines_by_outcome(request, job.lines, OUTCOMES, job.counts, row_of=_line),
    }
    return render(request, "matters/import.html", context, status=status)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line of the file in words."""

    row: int
    code: str
    name: str
    leads: str
    changes: list[LineChange]
    faults: list[FieldFault]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class LineChange:
    """One column that the line changes."""

    word: str
    before: str
    after: str


def _line(line: StoredLine) -> LineRow:
    """Returns a line in words: the matter, the faults, the changes."""
    values = line["values"]
    return LineRow(
        row=line["row"],
        code=line["code"] or values.get("code", ""),
        name=values.get("name", ""),
        leads=values.get("lead_functions", ""),
        changes=[
            LineChange(word=word, before=before, after=after) for word, before, after in line["changes"]
        ],
        faults=[
            FieldFault(name=COLUMNS[key].name if key in COLUMNS else "", sentence=sentence)
            for key, sentence in line["faults"]
        ],
        notes=line.get("notes", []),
    )


def _url(job: MatterImport) -> str:
    return reverse("matters:import_job", args=[job.pk])
