"""Create a plan; limits for the forms of a plan in drafting (Art. 7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.idempotency import form_once
from accounts.models import User
from accounts.requests import SignedInRequest
from common.shapes import Context
from common.web.verb_page import form_page, given
from grids.models import Division
from plans.actions.plans import draft_plan
from plans.entrances import DRAFTING
from plans.forms.plans import PlanForm
from plans.norms import norm_of
from plans.views.frame import today_now


def new(request: SignedInRequest) -> HttpResponse:
    """GET shows the form; POST creates the plan once, even if the form is sent twice, and redirects to the map."""
    user, (at, today) = request.user, today_now()
    counties = DRAFTING.require(user)
    words = {"counties": counties, **limits_of(counties[0], today)}
    form = PlanForm(given(request), **words)
    return form_page(
        request,
        form,
        lambda: _draft_once(form, user, at=at),
        done=lambda pk: redirect("plans:map", pk),
        context={
            "title": "起草方案",
            "under": counties[0].name if len(counties) == 1 else "",
            "word": "起草，去地图上划网格",
            "back": reverse("plans:plans"),
            "styles": ["css/plans.css"],
        },
    )


def _draft_once(form: PlanForm, user: User, *, at: datetime) -> int:
    """Draft the plan under the form's key; return its primary key."""
    pk: int = form_once(
        form, user, lambda: draft_plan(form.draft(), county=form.chosen_county(), by=user, at=at).pk, at=at
    )
    return pk


def limits_of(county: Division, today: date) -> Context:
    """Return the earliest day of effect under the county's norm, and the norm's days of notice."""
    days = norm_of(county.pk, day=today).notice_days
    return {"earliest": today + timedelta(days=days), "notice_days": days}
