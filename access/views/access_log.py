"""Who in my charge looked at whom, and why (Art. 26)."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from access.access_log import described, looks_in_charge_of
from access.entrances import LOOKS
from access.forms import LooksForm
from access.views.frame import tabs_for
from access.views.mine import PAGE_SIZE
from accounts.models import User
from accounts.requests import signed_in
from common.records.keyset import keyset_page


def looks(request: HttpRequest) -> HttpResponse:
    """The looks of the people in one's charge, newest first; the address is the filter."""
    user = signed_in(request)
    LOOKS.require(user)
    form = LooksForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    found = looks_in_charge_of(user)
    if said.get("tier"):
        found = found.filter(tier=said["tier"])
    if said.get("q"):
        people = User.objects.filter(Q(name=said["q"]) | Q(username=said["q"]))
        found = found.filter(actor_id__in=people.values("pk"))
    page = keyset_page(found, order=("-pk",), cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    asked = {name: said[name] for name in ("q", "tier") if said.get(name)}
    context = {
        "title": "查阅记录",
        "tabs": tabs_for(user, "access:looks"),
        "form": form,
        "is_narrowed": bool(asked),
        "rows": described(page.rows),
        "next_url": f"?{urlencode({**asked, 'cursor': page.next_cursor})}" if page.next_cursor else "",
        "first_url": f"{reverse('access:looks')}?{urlencode(asked)}" if request.GET.get("cursor") else "",
    }
    return render(request, "access/looks.html", context)
