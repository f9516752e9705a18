"""Begin a plan, and change its title, reason, kind and day while it is drafted (Art. 7)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.idempotency import KeyedRequest, answer_once
from accounts.models import User
from accounts.requests import signed_in
from common.web.verb_page import form_page, given
from grids.models import Division
from plans.actions.plans import draft_plan
from plans.entrances import DRAFTING
from plans.forms.plans import PlanForm
from plans.norms import norm_of
from plans.views.frame import today_now


def new(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST opens the plan once, however often the form is sent, and goes on to the map."""
    user, (at, today) = signed_in(request), today_now()
    counties = DRAFTING.require(user)
    words = {"counties": counties, **limits_of(counties[0], today)}
    form = PlanForm(given(request), initial={"key": uuid4()}, **words)
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
    """Draft under the form's key; returns the number of the plan."""
    county, draft = form.chosen_county(), form.draft()

    def act() -> tuple[int, Any]:
        return 201, {"id": draft_plan(draft, county=county, by=user, at=at).pk}

    said = json.dumps([county.pk, draft.title, draft.reason, str(draft.effective_on), draft.kind]).encode()
    _, answer = answer_once(KeyedRequest(user, form.cleaned_data["key"] or uuid4(), said), act, at=at)
    number: int = answer["id"]
    return number


def limits_of(county: Division, today: date) -> dict[str, Any]:
    """The earliest day of effect under the county's norm, and the norm's days."""
    days = norm_of(county.pk, day=today).notice_days
    return {"earliest": today + timedelta(days=days), "notice_days": days}
