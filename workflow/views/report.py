"""Reporting a matter: a plain form that works everywhere, and a hint that the matter may be known already."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.idempotency import KeyedRequest, answer_once
from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.errors import KeyReused, Refusal
from common.shapes import Cleaned
from common.web.form_fields import renew_key
from grids.models import Grid
from workflow import actions
from workflow.contacts import contact_in
from workflow.forms import ReportForm, answers_in
from workflow.models import Attachment, Case
from workflow.notices import words_to_writer
from workflow.repeats import report_repeated
from workflow.report_choices import REPORTING, matter_choices, settles_on_the_spot
from workflow.similar import similar_open_cases, spot_in
from workflow.views.fetching import timing_now
from workflow.views.field import chosen_grid
from worktime.clocks import day_of

FEW_GRIDS = 6
PHOTO_FIELDS = (
    ("photos", "kept_photos", Attachment.Kind.REPORT),
    ("result_photos", "kept_results", Attachment.Kind.RESULT),
)
FORM_FIELDS = {"matter": "matter_id", "grid": "grid_id", "photo": "photos"}


def report(request: SignedInRequest) -> HttpResponse:
    """GET shows the form. POST reports once, however often the same form is sent."""
    user = request.user
    grids = REPORTING.require(user)
    grid = chosen_grid(request, grids) or grids[0]
    if request.method != "POST":
        at = clock.now()
        form = ReportForm(initial={"grid_id": grid.pk, "outcome": "send", "written_at": at})
        return _form_page(request, form, user=user, grids=grids, grid=grid)
    form = ReportForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            form.cleaned_data["answers"] = answers_in(request.POST)
            number = report_once(user, form.cleaned_data, at=clock.now())
            return where_after(request, user, number)
        except Refusal as refusal:
            tell_in(form, refusal)
    form.data = _with_kept_photos(form)
    if form.first_report:
        renew_key(form)
    return _form_page(request, form, user=user, grids=grids, grid=grid, status=422)


def where_after(request: HttpRequest, user: User, number: int) -> HttpResponse:
    """Leads to the report; what went to people of another grid is out of sight, so the list says who has it."""
    if Case.objects.visible_to(user).filter(pk=number).exists():
        return redirect(f"{reverse('workflow:case', args=[number])}?done=report")
    case = Case.objects.select_related("grid", "caretaker").get(pk=number)
    messages.success(request, words_to_writer(case))
    return redirect("workflow:mine")


def tell_in(form: ReportForm, refusal: Refusal) -> None:
    """Writes a refusal beside its field. If the same form was sent before, the form learns the first report's number.

    What is written now can then be added to the first report, or be sent under a new key as another one.
    """
    field = getattr(refusal, "field", "")
    named = FORM_FIELDS.get(field, field)
    form.add_error(named if form.has_visible(named) else None, refusal.sentence)
    if isinstance(refusal, KeyReused):
        form.first_report = refusal.details


def report_once(user: User, fields: Cleaned, *, at: datetime) -> int:
    """Stores the photos, then reports under the form's key. Returns the case's number.

    Afterwards ``fields`` holds the stored photos, so that a refused form shows them as kept.
    """
    for field, kept, kind in PHOTO_FIELDS:
        taken = [
            actions.take_photo(upload, size=upload.size, kind=kind, by=user, at=at)
            for upload in fields[field]
        ]
        fields[kept] = [*fields[kept], *(photo.uid for photo in taken)]
        fields[field] = []
    names = set(actions.ReportDraft.__dataclass_fields__) - {"photos", "result_photos"}
    plain = {name: fields[name] for name in names if name in fields}
    plain["outcome"] = plain["outcome"] or "send"
    plain["contact"] = contact_in(fields)
    draft = actions.ReportDraft(**plain, photos=fields["kept_photos"], result_photos=fields["kept_results"])
    body = json.dumps(plain, sort_keys=True, default=str).encode()

    def act() -> tuple[int, Any]:
        return 201, {"id": actions.report_case(draft, by=user, at=at).pk}

    keyed = KeyedRequest(user, fields["key"], body)
    _, answer = report_repeated(lambda: answer_once(keyed, act, at=at))
    number: int = answer["id"]
    return number


def _with_kept_photos(form: ReportForm) -> Any:
    """Returns what was typed and the numbers of stored photos, so that no photo has to be chosen twice."""
    again = cast(QueryDict, form.data).copy()
    for _, kept, _ in PHOTO_FIELDS:
        uids: list[UUID] = form.cleaned_data.get(kept) or []
        again[kept] = " ".join(str(uid) for uid in uids)
    return again


def _form_page(
    request: SignedInRequest,
    form: ReportForm,
    *,
    user: User,
    grids: list[Grid],
    grid: Grid,
    status: int = 200,
) -> HttpResponse:
    today = day_of(clock.now())
    township = grid.village.parent
    county_id = township.parent_id if township else None
    context = {
        "title": "上报事项",
        "form": form,
        "grids": grids,
        "grid": grid,
        "few_grids": len(grids) <= FEW_GRIDS,
        "matters": matter_choices(
            user, county_id or 0, day=today, grid_ids=[each.pk for each in grids], asked=request.POST
        ),
        "chosen_matter": str(form["matter_id"].value() or ""),
        "chosen_grid": str(form["grid_id"].value() or grid.pk),
        "is_unlisted": bool(form["title"].value()) and not form["matter_id"].value(),
        "outcome": str(form["outcome"].value() or "send"),
        "kept_count": len(str(form["kept_photos"].value() or "").split()),
        "account": user.pk,
        "may_settle": settles_on_the_spot(user),
    }
    return render(request, "workflow/report.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def similar(request: SignedInRequest) -> HttpResponse:
    """Returns a piece of the form: open cases that the report may repeat. It changes nothing.

    The form posts what it holds so far, so that neither words nor position stand in an address.
    """
    fields = (request.POST or request.GET).dict()
    found = similar_open_cases(request.user, spot_in(fields), timing_now())
    return render(request, "workflow/similar.html", {"found": found})
