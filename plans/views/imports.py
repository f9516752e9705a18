"""The pages of an import: upload a file of grids, survey, preview, confirm or discard it (Art. 7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from common.errors import Refusal
from common.numbers import whole_number
from common.shapes import Context
from exchange.crs import SYSTEMS
from exchange.rows import FileFault
from exchange.tables import write_faults
from plans import policies
from plans.actions.imports import OPEN, choose_crs, confirm_import, discard_import, take_file
from plans.export_rows import EXAMPLES, write
from plans.forms.imports import MatchForm, SystemForm, UploadForm
from plans.models import ImportJob, ImportRow, PlannedGrid
from plans.views import import_preview
from plans.views.exports import asked_form, sent_file
from plans.views.frame import today_now
from plans.views.import_survey import Look
from plans.visibility import import_in_sight, plan_in_sight

Status = ImportJob.Status
WORKING = (Status.WAITING, Status.READING)
SLOW = timedelta(minutes=2)  # if reading has not begun by then, an administrator should check the machine
MOST_FILES = 5


def upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET shows the requirements for a file; POST stores a file and redirects to its page."""
    user, (at, _) = request.user, today_now()
    plan = plan_in_sight(user, pk)
    policies.WHO_MAY.require("change", user, plan)
    form, refusal = UploadForm(), None
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                with (
                    transaction.atomic()
                ):  # a refusal rolls back the change, so that the page can still query
                    job = take_file(plan, file, name=file.name, size=file.size, by=user, at=at)
                return redirect("plans:import_job", pk, job.pk)
            except Refusal as refused:
                refusal = refused
                if getattr(refused, "field", "") in form.fields:
                    form.add_error(refused.field, refused.sentence)  # type: ignore[attr-defined]
                    refusal = None
    files = list(plan.imports.select_related("by").order_by("-pk")[:MOST_FILES])
    context = {
        "title": "导入网格",
        "plan": plan,
        "form": form,
        "refusal": refusal,
        "can_draw": policies.may_draw(user, plan),
        "files": files,
        "open": next((job for job in files if job.status in OPEN), None),
    }
    status = refusal.status if refusal else 422 if form.errors else 200
    return render(request, "plans/import.html", context, status=status)


@require_safe
def example(request: SignedInRequest, pk: int) -> FileResponse:
    """Send two invented grids in the format named in the address."""
    plan_in_sight(request.user, pk)
    form = asked_form(request)
    return sent_file(partial(write, EXAMPLES, form=form), form=form, name="网格导入示例")


@require_safe
def job(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """Show the state of a file, and what the user can do with it now."""
    return _page(request, import_in_sight(request.user, pk, job))


@require_safe
def progress(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """Send the progress: 204 if nothing changed, a page refresh when the work is done."""
    found = import_in_sight(request.user, pk, job)
    if found.status not in WORKING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = _progress_of(found, at=today_now()[0])
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "plans/import_progress.html", context)


@require_safe
def faults(request: SignedInRequest, pk: int, job: int) -> FileResponse:
    """Send the faulty rows as a workbook: row, field, reason and the original cells."""
    found = import_in_sight(request.user, pk, job)
    rows = found.rows.filter(outcome=ImportRow.Outcome.FAULT).order_by("row", "pk")
    faulty = [
        FileFault(row.row, row.field, row.reason, tuple((header, text) for header, text in row.cells))
        for row in rows
    ]
    if not faulty:
        raise Http404
    return sent_file(partial(write_faults, faulty), form="workbook", name=f"{found.file_name} 有误的行")


@require_POST
def choose(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """Set the coordinate system of the file."""
    found = import_in_sight(request.user, pk, job)
    crs = request.POST.get("crs", "")
    if found.status in WORKING and found.crs == crs:
        return redirect("plans:import_job", pk, job)  # sent twice
    matches = None
    if found.status == Status.SURVEYED:
        look = Look(found)
        form, match_form = _system_form(look, request.POST), _match_form(look, request.POST)
        if not (match_form.is_valid() & form.is_valid()):
            return _page(request, found, form=form, match_form=match_form, status=422)
        matches = match_form.matches()
    return _act(request, found, lambda: choose_crs(found, crs=crs, matches=matches, by=request.user))


@require_POST
def confirm(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """Add the previewed grids to the plan, if the plan is still as the page showed it."""
    found = import_in_sight(request.user, pk, job)
    if found.status == Status.CONFIRMED:
        return redirect("plans:import_job", pk, job)  # sent twice
    found.plan.version = whole_number(request.POST.get("version", "")) or 0
    return _act(request, found, lambda: confirm_import(found, by=request.user, at=today_now()[0]))


@require_POST
def discard(request: SignedInRequest, pk: int, job: int) -> HttpResponse:
    """Discard the file."""
    found = import_in_sight(request.user, pk, job)
    return _act(request, found, lambda: discard_import(found, by=request.user))


def _act(request: SignedInRequest, found: ImportJob, act: Callable[[], object]) -> HttpResponse:
    """Act and redirect to the file's page; on refusal show the file's present state with the sentence."""
    try:
        with transaction.atomic():
            act()
    except Refusal as refusal:
        fresh = import_in_sight(request.user, found.plan_id, found.pk)
        return _page(request, fresh, refusal=refusal, status=refusal.status)
    return redirect("plans:import_job", found.plan_id, found.pk)


def _page(
    request: SignedInRequest,
    found: ImportJob,
    *,
    form: SystemForm | None = None,
    match_form: MatchForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "title": f"导入 {found.file_name}",
        "plan": found.plan,
        "job": found,
        "refusal": refusal,
        "can_draw": policies.may_draw(request.user, found.plan),
        **_matter_of(request, found, form, match_form),
    }
    return render(request, "plans/import_job.html", context, status=status)


def _matter_of(
    request: SignedInRequest, found: ImportJob, form: SystemForm | None, match_form: MatchForm | None
) -> Context:
    """Return the page's content for the state of the file."""
    if found.status in WORKING:
        return _progress_of(found, at=today_now()[0])
    if found.status == Status.SURVEYED:
        look = Look(found)
        return {
            "look": look,
            "form": form or _system_form(look),
            "match_form": match_form or _match_form(look),
        }
    if found.status == Status.READY:
        return _preview_of(request, found)
    return _outcome_of(found) if found.status == Status.CONFIRMED else {}


def _system_form(look: Look, posted: Any = None) -> SystemForm:
    choices = [(choice.key, choice.name) for choice in look.choices]
    return SystemForm(posted, choices=choices, initial={"crs": look.preferred})


def _match_form(look: Look, posted: Any = None) -> MatchForm:
    """Return the form of the fields; what was not sent, as by a page that showed none, stays as it was recognised."""
    shown = posted if posted is not None and any(name.startswith("field_") for name in posted) else None
    if posted is not None and shown is None:
        shown = {f"field_{number}": look.column_of(field) for number, field in enumerate(look.fields)}
    return MatchForm(shown, seen=look.fields, matches=look.job.matches)


def _progress_of(found: ImportJob, *, at: datetime) -> Context:
    """Return the progress in words and as a percentage of the rows; ``seen`` changes when anything changes."""
    is_waiting = found.status == Status.WAITING
    ahead = ImportJob.objects.filter(status__in=WORKING, pk__lt=found.pk).count() if is_waiting else 0
    begun = max(moment for moment in (found.at, found.claimed_at) if moment)
    share = round(100 * found.done / found.total) if found.total else 0
    phase = "" if is_waiting else found.sentence or "正在初查文件"
    is_slow = is_waiting and at - begun > SLOW
    return {
        "plan": found.plan,
        "job": found,
        "phase": phase,
        "ahead": ahead,
        "share": share,
        "is_slow": is_slow,
        "seen": f"{found.status}-{phase}-{found.done}-{ahead}-{is_slow}",
    }


def _preview_of(request: SignedInRequest, found: ImportJob) -> Context:
    counts = import_preview.counts_of(found)
    asked = request.GET.get("show", "")
    shown = asked if asked in import_preview.LISTS else import_preview.first_list(counts)
    page, rows = import_preview.page_of(found, shown, whole_number(request.GET.get("page", "1")) or 1)
    address = partial(import_preview.address_of, found, shown)
    return {
        "counts": counts,
        "stats": import_preview.stats_of(found, counts),
        "crs_name": SYSTEMS[found.crs].name,
        "to_import": counts["create"] + counts["change"],
        "pictures": import_preview.pictures_for(found, today=today_now()[1]),
        "shown": shown,
        "shown_word": import_preview.LISTS[shown][0],
        "nothing": import_preview.NOTHING[shown],
        "page": page,
        "rows": rows,
        "previous_url": address(page.number - 1) if page.has_previous() else "",
        "next_url": address(page.number + 1) if page.has_next() else "",
        **import_preview.findings_of(found),
    }


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A township in which grids were imported."""

    name: str
    code: str
    count: int
    url: str


def _outcome_of(found: ImportJob) -> Context:
    """Return where the imported grids lie, and whether the import is still the last step and can be undone."""
    rows = PlannedGrid.objects.filter(import_job=found, plan=found.plan).order_by("village__parent__code")
    places = rows.values("village__parent__code", "village__parent__name").annotate(count=Count("pk"))
    own = found.plan.changes.filter(import_job=found).first()
    later = found.plan.changes.filter(undone_at=None, seq__gt=own.seq).count() if own else 0
    base = reverse("plans:map", args=[found.plan_id])
    return {
        "places": [
            PlaceRow(
                name=each["village__parent__name"],
                code=each["village__parent__code"],
                count=each["count"],
                url=f"{base}?township={each['village__parent__code']}",
            )
            for each in places
        ],
        "is_undone": own is None or own.undone_at is not None,
        "can_redo": own is not None,
        "later": later,
        "counts": import_preview.counts_of(found),
    }
