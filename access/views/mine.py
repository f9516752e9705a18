"""The user's own rights with their reasons, and who looked at the user's data (Art. 20, 26)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from access.access_log import described
from access.authority_words import reasons_of
from access.tiers import TIERS
from access.views.frame import tabs_for
from accounts.requests import SignedInRequest
from audit.models import AccessEntry
from common import clock
from common.web.listing import Empty, Listing
from worktime.clocks import day_of

LOOKS = Listing(
    label="查阅记录",
    columns=("时间", "谁", "什么", "为什么"),
    empty=Empty("还没有人看过", "有人查看您的个人信息以后，马上显示在这里。"),
)


def mine(request: SignedInRequest) -> HttpResponse:
    """Show the user's posts and special grants, and what each allows, in plain words."""
    user = request.user
    at = clock.now()
    context = {
        "title": "我的权限",
        "tabs": tabs_for(user, "access:mine"),
        "reasons": reasons_of(user, day=day_of(at)),
        "tiers": TIERS.values(),
    }
    return render(request, "access/mine.html", context)


def looks_at_me(request: SignedInRequest) -> HttpResponse:
    """Show who looked at the user's personal data, what, when and why."""
    user = request.user
    looks = AccessEntry.objects.filter(person_id=user.pk).exclude(actor_id=user.pk).exclude(tier="T4")
    context = {
        "title": "谁看过我",
        "tabs": tabs_for(user, "access:looks_at_me"),
        **LOOKS.context(request, looks, shown=described),
    }
    return render(request, "access/looks_at_me.html", context)
