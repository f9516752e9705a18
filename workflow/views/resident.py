"""The resident's page, by code and without an account: the progress and the rating. No personal data."""

from __future__ import annotations

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from accounts.counting import seconds_to_wait
from common import clock
from common.errors import IllegalMove, Refusal
from common.web.client_address import client_network
from common.web.error_pages import error_page
from common.web.shapes import ParcelStep
from workflow import actions
from workflow.forms import ResidentForm
from workflow.models import Case
from workflow.sentences import RESIDENT_SENTENCES, RESIDENT_STEP_OF, RESIDENT_STEPS
from workflow.states import ENDED

LOOKS_A_MINUTE = 40
RATINGS_AN_HOUR = 10
WAIT = "查询太频繁，请一分钟后再试。"
RATED_TOO_OFTEN = "这件事项提交评价太频繁，请一小时后再试。"


@never_cache
def resident(request: HttpRequest, code: str) -> HttpResponse:
    """Shows the public state of a case and takes the rating when it is due."""
    looker = f"look:{client_network(request)}"
    if wait := seconds_to_wait(looker, limit=LOOKS_A_MINUTE, seconds=60, at=clock.machine_now()):
        return error_page(request, 429, sentence=WAIT, retry_after=wait)
    try:
        case = actions.case_by_rating_code(code)
    except IllegalMove as unknown:
        return render(request, "workflow/resident_unknown.html", {"sentence": unknown.sentence}, status=404)
    form = ResidentForm(request.POST or None)
    if request.method == "POST" and case.status == "awaiting_rating" and form.is_valid():
        return _rate(request, case, form)
    return _page(request, case, form, status=422 if form.errors else 200)


def _rate(request: HttpRequest, case: Case, form: forms.Form) -> HttpResponse:
    said, at = form.cleaned_data, clock.now()
    if wait := seconds_to_wait(f"rate:{case.pk}", limit=RATINGS_AN_HOUR, seconds=3600, at=at):
        return error_page(request, 429, sentence=RATED_TOO_OFTEN, retry_after=wait)
    try:
        with transaction.atomic():  # a refusal rolls back what was begun, so that the page can still read
            actions.rate_by_resident(case.rating_code, rating=said["rating"], note=said["note"], at=at)
    except Refusal as refusal:
        form.add_error("note" if getattr(refusal, "field", "") == "note" else None, refusal.sentence)
        return _page(request, case, form, status=refusal.status)
    return redirect("workflow:resident", case.rating_code)


def _page(request: HttpRequest, case: Case, form: forms.Form, *, status: int) -> HttpResponse:
    context = {
        "title": "办理进度",
        "number": case.number,
        "reported_at": case.reported_at,
        "township": case.township.name,
        "steps": resident_steps(case),
        "sentence": RESIDENT_SENTENCES.get(case.status, ""),
        "promised_at": case.finish_due_at if case.status in ("in_hand", "rework", "coordinating") else None,
        "is_asked": case.status == "awaiting_rating",
        "rating": case.get_rating_display() if case.rating else "",
        "form": form,
    }
    return render(request, "workflow/resident.html", context, status=status)


def resident_steps(case: Case) -> list[ParcelStep]:
    """Returns four plain words for a resident. A case that ended in another way shows its own status."""
    if case.status in ENDED and case.status != "closed":
        return [
            ParcelStep(name="已上报", state="done"),
            ParcelStep(name=case.get_status_display(), state="stopped"),
        ]
    at = RESIDENT_STEP_OF[case.status]
    is_over = at == len(RESIDENT_STEPS) - 1
    return [
        ParcelStep(name=name, state="done" if number < at or is_over else "now" if number == at else "next")
        for number, name in enumerate(RESIDENT_STEPS)
    ]
