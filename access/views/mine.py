"""The user's own rights with their reasons, and who looked at the user's data (Art. 20, 26)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from access.access_log import described
from access.authority_words import reasons_of
from access.tiers import TIERS
from access.views.frame import tabs_for
from accounts.requests import signed_in
from audit.models import AccessEntry
from common import clock
from common.records.keyset import keyset_page
from worktime.clocks import day_of

PAGE_SIZE = 50


def mine(request: HttpRequest) -> HttpResponse:
    """Show the user's posts and special grants, and what each allows, in plain words."""
    user = signed_in(request)
    at = clock.now()
    context = {
        "title": "我的权限",
        "tabs": tabs_for(user, "access:mine"),
        "reasons": reasons_of(user, day=day_of(at)),
        "tiers": TIERS.values(),
    }
    return render(request, "access/mine.html", context)


def looks_at_me(request: HttpRequest) -> HttpResponse:
    """Show who looked at the user's personal data, what, when and why."""
    user = signed_in(request)
    looks = AccessEntry.objects.filter(person_id=user.pk).exclude(actor_id=user.pk).exclude(tier="T4")
    page = keyset_page(looks, order=("-pk",), cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    context = {
        "title": "谁看过我",
        "tabs": tabs_for(user, "access:looks_at_me"),
        "rows": described(page.rows),
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else "",
    }
    return render(request, "access/looks_at_me.html", context)
