"""Reports that no list has: what the next review of the list should look at (Art. 14, 16)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Max
from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest
from matters.entrances import UNLISTED
from matters.views.frame import tabs_for, today_now
from matters.views.words import CountedWord
from workflow.models import Case

COUNTED_DAYS, MOST_TITLES = 180, 100


def unlisted(request: SignedInRequest) -> HttpResponse:
    """Shows titles of reports without a matter in the user's counties, the frequent ones first; two statements."""
    user, (at, _) = request.user, today_now()
    counties = UNLISTED.require(user)
    seen = Case.objects.visible_to(user).filter(
        matter=None,
        confidential=False,
        county__in=counties,
        reported_at__gte=at - timedelta(days=COUNTED_DAYS),
    )
    counted = (
        seen.order_by().values("title", "county__name").annotate(times=Count("pk"), last=Max("reported_at"))
    )
    context = {
        "title": "清单外的上报",
        "tabs": tabs_for(user, "workflow:unlisted"),
        "caption": "清单外的上报，多的在前",
        "heads": {"word": "标题", "times": "#件数"},
        "rows": [
            CountedWord(row["title"], row["county__name"], row["times"], row["last"])
            for row in counted.order_by("-times", "-last", "title")[:MOST_TITLES]
        ],
        "total": seen.count(),
        "days": COUNTED_DAYS,
    }
    return render(request, "workflow/unlisted.html", context)
