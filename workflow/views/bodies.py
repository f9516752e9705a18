"""What a body has in hand now, as far as one may see it (Art. 5)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.web.listing import page_of
from personnel.visibility import body_in_sight
from workflow.models import Case
from workflow.presentation import row_of
from workflow.queues import BY_DUE
from workflow.views.fetching import timing_now
from worktime.clocks import day_of


def body_cases(request: SignedInRequest, pk: int) -> HttpResponse:
    """The open cases for which a body is responsible, the most urgent first."""
    user, timing = request.user, timing_now()
    body = body_in_sight(user, pk, day=day_of(timing.at))
    cases = Case.objects.visible_to(user).open().filter(unit=body)
    leaf = page_of(request, cases.with_names(), order=BY_DUE)
    context = {
        "title": f"{body.name} · 在办",
        "measure": {"definition": "交给这个机构、还没有结案的事项；只列您看得到的。"},
        "total": cases.count(),
        "period_words": "此刻",
        "empty": "交给这个机构的事项都已结案，或者您看不到。",
        "at": timing.at,
        "rows": [row_of(case, timing) for case in leaf.rows],
        "back_url": reverse("personnel:organization", args=[body.pk]),
        "back_word": "回机构",
        **leaf.links(),
    }
    return render(request, "workflow/list.html", context)
