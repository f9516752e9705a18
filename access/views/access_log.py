"""Who in my charge looked at whom, and why (Art. 26)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from access.access_log import described, looks_in_charge_of
from access.entrances import LOOKS
from access.forms import LooksForm
from access.views.frame import tabs_for
from accounts.models import User
from accounts.requests import SignedInRequest
from common.web.listing import Empty, Listing

LISTING = Listing(
    label="查阅记录",
    columns=("时间", "谁", "看了谁", "什么", "为什么"),
    empty=Empty("还没有查阅记录", "您管理的人员查看个人信息以后，马上显示在这里。"),
    narrowed=Empty("没有这样的记录", "姓名和账号要写全。"),
)


def looks(request: SignedInRequest) -> HttpResponse:
    """The looks of the people in one's charge, newest first; the address is the filter."""
    user = request.user
    LOOKS.require(user)
    form = LooksForm(request.GET)
    cleaned = form.cleaned_data if form.is_valid() else {}
    found = looks_in_charge_of(user)
    if cleaned.get("tier"):
        found = found.filter(tier=cleaned["tier"])
    if cleaned.get("q"):
        people = User.objects.filter(Q(name=cleaned["q"]) | Q(username=cleaned["q"]))
        found = found.filter(actor_id__in=people.values("pk"))
    context = {
        "title": "查阅记录",
        "tabs": tabs_for(user, "access:looks"),
        "form": form,
        **LISTING.context(
            request, found, shown=described, query={name: cleaned.get(name, "") for name in ("q", "tier")}
        ),
    }
    return render(request, "access/looks.html", context)
