"""Filings of lists: what counties owe the city, have sent and got back; each number opens its list (Art. 14, 16)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from common.errors import NotPermitted
from filing.overview import Overview
from grids.models import Division
from matters.models import ListFiling, MatterList
from matters.views.frame import KEEPERS, counties_within, tabs_for, today_now
from personnel.scopes import authority_of
from worktime.clocks import day_of


def row_of(filing: ListFiling) -> dict[str, Any]:
    """What names the edition that is filed."""
    edition = filing.edition
    return {
        "url": reverse("matters:filing", args=[filing.pk]),
        "title": f"{edition.county.name}第{edition.edition}版",
        "more": edition.document,
    }


OVERVIEW = Overview("matters:filings", "edition", lambda at: Q(edition__in_force_on__lte=day_of(at)), row_of)


def counties_kept(user: User) -> list[Division]:
    """The counties whose filings one watches over; raises :class:`NotPermitted` when there are none."""
    found = list(counties_within(authority_of(user), *KEEPERS).order_by("code"))
    if not found:
        raise NotPermitted("备案由县区和市主管部门办理。")
    return found


def filings(request: HttpRequest) -> HttpResponse:
    """The numbers, the counties, and the filings behind one number."""
    user, (at, _) = signed_in(request), today_now()
    rows = ListFiling.objects.select_related("edition__county").defer("package", "edition__county__outline")
    context = {
        "title": "清单备案",
        "tabs": tabs_for(user, "matters:filings"),
        "thing": "清单",
        "in_force_words": "版已施行未备案",
        **OVERVIEW.context(request, rows, MatterList.objects.published(), counties_kept(user), at=at),
    }
    return render(request, "matters/filings.html", context)
