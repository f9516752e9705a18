"""Filings of lists: what counties owe the city, have sent and got back; each number opens its list (Art. 14, 16)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from filing.overview import Filed, Overview
from matters.entrances import FILINGS
from matters.models import ListFiling, MatterList
from matters.views.frame import tabs_for, today_now
from worktime.clocks import day_of


def filed(filing: ListFiling) -> Filed:
    """What names the edition that is filed."""
    edition = filing.edition
    return Filed(
        url=reverse("matters:filing", args=[filing.pk]),
        title=f"{edition.county.name}第{edition.edition}版",
        more=edition.document,
    )


OVERVIEW = Overview("matters:filings", "edition", lambda at: Q(edition__in_force_on__lte=day_of(at)), filed)


def filings(request: SignedInRequest) -> HttpResponse:
    """The numbers, the counties, and the filings behind one number."""
    user, (at, _) = request.user, today_now()
    rows = ListFiling.objects.select_related("edition__county").defer("package", "edition__county__outline")
    context = {
        "title": "清单备案",
        "tabs": tabs_for(user, "matters:filings"),
        "thing": "清单",
        "in_force_words": "版已施行未备案",
        **OVERVIEW.context(request, rows, MatterList.objects.published(), FILINGS.require(user), at=at),
    }
    return render(request, "matters/filings.html", context)
