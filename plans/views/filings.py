"""Filings: what counties owe the city, have sent and got back; each number opens its list (Art. 7)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from filing.overview import Filed, Overview
from plans.entrances import FILINGS
from plans.models import GridFiling, GridPlan
from plans.views.frame import tabs_for, today_now


def filed(filing: GridFiling) -> Filed:
    """What names the plan that is filed."""
    plan = filing.plan
    return Filed(
        url=reverse("plans:plan", args=[plan.pk]),
        title=plan.title,
        more=f"{plan.county.name} · {plan.number} · {plan.get_status_display()}",
    )


OVERVIEW = Overview("plans:filings", "plan", lambda at: Q(plan__status="in_force"), filed)


def filings(request: SignedInRequest) -> HttpResponse:
    """The numbers, the counties, and the filings behind one number."""
    user, (at, _) = request.user, today_now()
    rows = GridFiling.objects.select_related("plan__county").defer(
        "package", "plan__county__outline", "plan__reason"
    )
    published = GridPlan.objects.filter(published_at__isnull=False)
    context = {
        "title": "网格备案",
        "tabs": tabs_for(user, "plans:filings"),
        "thing": "方案",
        "in_force_words": "个方案已生效未备案",
        **OVERVIEW.context(request, rows, published, FILINGS.require(user), at=at),
    }
    return render(request, "plans/filings.html", context)
