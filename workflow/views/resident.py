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
from workflow.forms import FindForm, ResidentForm
from workflow.merged_cases import goes_on_in
from workflow.models import Case
from workflow.progress import progress_of
from workflow.sentences import RESIDENT_SENTENCES, RESIDENT_STEP_OF, RESIDENT_STEPS
from workflow.states import ENDED

WRONG_CODES_AN_HOUR = 30  # from one network, which a whole village hall may share
LOOKS_A_MINUTE = 40
RATINGS_AN_HOUR = 10
WAIT = "查询太频繁，请一分钟后再试。"
WRONG_TOO_OFTEN = "查询码输错太多次了，请一小时后再试，或请登记的人再给您看一次二维码。"
RATED_TOO_OFTEN = "这件事项提交评价太频繁，请一小时后再试。"


@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Leads from the code that a resident was given to the case's page. A wrong code and a missing one look alike."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wait = _wait_after_wrong_codes(request, more=0)
        try:
            found = None if wait else actions.case_by_rating_code(form.cleaned_data["code"])
        except IllegalMove as unknown:
            found, wait = None, _wait_after_wrong_codes(request, more=1)
            form.add_error("code", unknown.sentence)
        if wait:
            return error_page(request, 429, sentence=WRONG_TOO_OFTEN, retry_after=wait)
        if found:
            return redirect("workflow:resident", found.rating_code)
    context = {"title": "查我反映的事", "form": form}
    return render(request, "workflow/find.html", context, status=422 if form.errors else 200)


def _wait_after_wrong_codes(request: HttpRequest, *, more: int) -> int:
    """Counts ``more`` wrong codes from this network. Returns the seconds to wait, or 0."""
    return seconds_to_wait(
        f"wrong code:{client_network(request)}",
        limit=WRONG_CODES_AN_HOUR,
        seconds=3600,
        at=clock.machine_now(),
        cost=more,
    )


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
    form, now = ResidentForm(request.POST or None), goes_on_in(case)
    if request.method == "POST" and now.status == "awaiting_rating" and form.is_valid():
        return _rate(request, case, now, form)
    return _page(request, case, now, form, status=422 if form.errors else 200)


def _rate(request: HttpRequest, case: Case, now: Case, form: forms.Form) -> HttpResponse:
    """Takes the rating of the case, or of that in which it goes on; both were one matter."""
    cleaned, at = form.cleaned_data, clock.now()
    if wait := seconds_to_wait(f"rate:{now.pk}", limit=RATINGS_AN_HOUR, seconds=3600, at=at):
        return error_page(request, 429, sentence=RATED_TOO_OFTEN, retry_after=wait)
    try:
        with transaction.atomic():  # a refusal rolls back what was begun, so that the page can still read
            actions.rate_by_resident(now.rating_code, rating=cleaned["rating"], note=cleaned["note"], at=at)
    except Refusal as refusal:
        form.add_error("note" if getattr(refusal, "field", "") == "note" else None, refusal.sentence)
        return _page(request, case, now, form, status=refusal.status)
    return redirect("workflow:resident", case.rating_code)


def _page(request: HttpRequest, case: Case, now: Case, form: forms.Form, *, status: int) -> HttpResponse:
    goes_on = f"与另一件（{now.number}）重复，已并到那一件一起办理。" if now != case else ""
    context = {
        "title": "办理进度",
        "number": case.number,
        "reported_at": case.reported_at,
        "township": case.township.name,
        "steps": resident_steps(now),
        "sentence": goes_on + RESIDENT_SENTENCES.get(now.status, ""),
        "progress": progress_of(now, at=clock.now()),
        "is_asked": now.status == "awaiting_rating",
        "rating": now.get_rating_display() if now.rating and now == case else "",
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
