"""The day report of a department: what it was given, did and finished on one day, to read and to print."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.web.asked_day import asked_day_or_today
from common.web.listing import address_with
from common.web.shapes import Stat
from workflow.day_report import day_report
from workflow.policies import TRAY
from workflow.queues import TRAY_QUEUES, counts_of
from workflow.views.fetching import timing_now
from workflow.views.queue_tabs import address_of
from worktime.clocks import day_of

HERE = "workflow:day_report"


def report_of_day(request: SignedInRequest) -> HttpResponse:
    """One day of the user's units, and what stands with them now."""
    user, timing = request.user, timing_now()
    units, today = TRAY.require(user), day_of(timing.at)
    day, refusal = asked_day_or_today(request, today=today)
    counts, kinds = counts_of(user, TRAY_QUEUES), day_report(user, units, day)
    context = {
        "title": "日报",
        "units": "、".join(unit.name for unit in units),
        "day": day,
        "refusal": refusal,
        "kinds": kinds,
        "has_acts": any(kind.acts for kind in kinds),
        "stats": [
            Stat(f"现在{queue.label}", counts[queue.key], "", "件", address_of("workflow:tray", queue))
            for queue in TRAY_QUEUES
            if queue.counted
        ],
        "before_url": address_with(reverse(HERE), on=str(day - timedelta(days=1))),
        "after_url": address_with(reverse(HERE), on=str(day + timedelta(days=1))) if day < today else "",
        "made_at": timing.at,
    }
    return render(request, "workflow/day_report.html", context, status=422 if refusal else 200)
