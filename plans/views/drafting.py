"""Begin a plan, and change its title, reason, kind and day while it is drafted (Art. 7)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.idempotency import KeyedRequest, answer_once
from accounts.models import User
from accounts.requests import signed_in
from common.errors import NotPermitted, Refusal, StaleVersion
from grids.models import Division
from plans import policies
from plans.access import plan_in_sight
from plans.actions.plans import draft_plan, revise_plan
from plans.forms.plans import PlanForm, RevisionForm
from plans.models import GridPlan
from plans.norms import norm_of
from plans.states import PLAN_MOVES
from plans.views.frame import counties_to_draft_in, today_now


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST opens the plan once, however often the form is sent, and goes on to the map."""
    user, (at, today) = signed_in(request), today_now()
    counties = counties_to_draft_in(user)
    if not counties:
        raise NotPermitted(policies.WHO_MAY["draft"].sentence)
    words = _limits(counties[0], today)
    if request.method != "POST":
        return _page(request, PlanForm(initial={"key": uuid4()}, counties=counties, **words))
    form = PlanForm(request.POST, counties=counties, **words)
    if form.is_valid():
        try:
            return redirect("plans:map", _draft_once(form, user, at=at))
        except Refusal as refusal:
            _show(form, refusal)
    return _page(request, form, status=422)


def _draft_once(form: PlanForm, user: User, *, at: datetime) -> int:
    """Draft under the form's key; returns the number of the plan."""
    county, draft = form.chosen_county(), form.draft()

    def act() -> tuple[int, Any]:
        return 201, {"id": draft_plan(draft, county=county, by=user, at=at).pk}

    said = json.dumps([county.pk, draft.title, draft.reason, str(draft.effective_on), draft.kind]).encode()
    _, answer = answer_once(KeyedRequest(user, form.cleaned_data["key"] or uuid4(), said), act, at=at)
    number: int = answer["id"]
    return number


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the plan says of itself; a plan out of drafting says why it cannot be changed."""
    user, (at, today) = signed_in(request), today_now()
    plan = plan_in_sight(user, pk)
    policies.WHO_MAY.require("revise", user, plan)
    PLAN_MOVES.require("change", status=plan.status)
    words = {"version": plan.version, "counties": [plan.county], **_limits(plan.county, today)}
    if request.method != "POST":
        known = {name: getattr(plan, name) for name in ("title", "kind", "effective_on", "reason")}
        return _page(request, RevisionForm(initial=known, **words), plan=plan)
    form = RevisionForm(request.POST, **words)
    refusal: Refusal | None = None
    if form.is_valid():
        plan.version = form.cleaned_data["version"]
        try:
            with transaction.atomic():  # a refusal takes back what was begun, so that the page can read on
                revise_plan(plan, form.draft(), by=user, at=at)
            messages.success(request, "方案说明已改好。")
            return redirect("plans:plan", pk)
        except StaleVersion as stale:
            refusal = stale
            form.carry(GridPlan.objects.only("version").get(pk=pk).version)
        except Refusal as refused:
            _show(form, refused)
    status = refusal.status if refusal else 422
    return _page(request, form, plan=plan, refusal=refusal, status=status)


def _limits(county: Division, today: date) -> dict[str, Any]:
    """The earliest day of effect under the county's norm, and the norm's days."""
    days = norm_of(county.pk, day=today).notice_days
    return {"earliest": today + timedelta(days=days), "notice_days": days}


def _show(form: PlanForm, refusal: Refusal) -> None:
    """Write a refusal beside the field that it is about."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, refusal.sentence)


def _page(
    request: HttpRequest,
    form: PlanForm,
    *,
    plan: GridPlan | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "title": "改方案说明" if plan else "起草方案",
        "plan": plan,
        "form": form,
        "refusal": refusal,
        "back": reverse("plans:plan", args=[plan.pk]) if plan else reverse("plans:plans"),
        "county": form.counties[0].name if len(form.counties) == 1 else "",
    }
    return render(request, "plans/plan_form.html", context, status=status)
