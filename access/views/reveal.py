"""The only page that shows data that is masked everywhere else (Art. 12, 20, 26)."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from access.actions import reveal as open_it
from access.actions.reveals import TooManyLooks, open_look
from access.forms import RevealForm
from access.notices import warn_of_looks
from access.subjects import Found, find
from access.tiers import TIERS
from accounts.requests import SignedInRequest
from accounts.views.steps import ask_for_password
from common import clock
from common.errors import Refusal
from common.web.client_address import client_address


@never_cache
def reveal(request: SignedInRequest, key: str, name: str) -> HttpResponse:
    """GET shows the masked text and asks for a reason, or shows the text for five minutes. POST sends the reason."""
    user, at = request.user, clock.now()
    found = find(user, key, name)
    if (question := ask_for_password(request)) is not None:
        return question
    if request.method != "POST":
        return _page(request, found, RevealForm())
    form = RevealForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                open_it(
                    found, reason=form.cleaned_data["reason"], network=client_address(request), by=user, at=at
                )
            return redirect("access:reveal", key, name)
        except Refusal as refusal:
            field = getattr(refusal, "field", "")
            form.add_error(field if field in form.fields else None, refusal.sentence)
            if isinstance(refusal, TooManyLooks):
                warn_of_looks(user, tier=found.tier, at=at)
            return _page(request, found, form, status=refusal.status)
    return _page(request, found, form, status=422)


def _page(request: SignedInRequest, found: Found, form: RevealForm, *, status: int = 200) -> HttpResponse:
    user, at = request.user, clock.now()
    look = open_look(found, by=user, at=at) if request.method == "GET" else None
    tier = TIERS[found.tier]
    context = {
        "title": f"查看{found.piece.label}",
        "label": found.piece.label,
        "whose": found.subject.whose(found.row),
        "back": found.subject.back(found.row),
        "tier": tier,
        "masked": found.masked,
        "refusal": found.subject.refusal(user, found.row, found.name),
        "form": form,
        "look": look,
        "plain": found.plain() if look else "",
    }
    answer = render(request, "access/reveal.html", context, status=status)
    if look is not None and look.ends_at is not None:
        answer["Refresh"] = str(max(1, int((look.ends_at - at).total_seconds()) + 1))
    return answer
