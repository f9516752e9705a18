"""The draws of a place: the list, a new one, and one with its cases (Art. 12, 23)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common import clock
from common.web.listing import Empty, Listing
from common.web.shapes import Button
from common.web.verb_page import form_page, given
from rechecks.actions import DrawPlan, draw_cases
from rechecks.forms import DrawForm
from rechecks.models import Draw
from rechecks.policies import RECHECKS, WHO_MAY
from rechecks.querysets import DrawQuerySet
from rechecks.visibility import draw_in_sight
from worktime.clocks import day_of

USUAL_SIZE, USUAL_SPAN = 5, timedelta(days=30)
LISTING = Listing(
    label="抽查",
    columns=("批次", "抽哪些", "结案日期", "抽了", "还没查完", "弄虚作假", "抽取"),
    empty=Empty("还没有抽查过", "按种子从结案的事项里随机抽，抽中的由没有经手的人到现场看。"),
)


def draws(request: SignedInRequest) -> HttpResponse:
    """The draws of the places that the user stands over, newest first."""
    user = request.user
    RECHECKS.require(user)
    context = {
        "title": "抽查",
        "begin": Button(url=reverse("rechecks:draw"), word="抽一批"),
        **LISTING.context(request, Draw.objects.visible_to(user), named=DrawQuerySet.with_counts),
    }
    return render(request, "rechecks/draws.html", context)


def draw(request: SignedInRequest) -> HttpResponse:
    """Draw closed cases by lot."""
    user, at = request.user, clock.now()
    places, today = RECHECKS.require(user), day_of(at)
    usual = {"since": today - USUAL_SPAN, "until": today, "size": USUAL_SIZE, "kind": "verified"}
    form = DrawForm(given(request), places=places, initial=usual)
    return form_page(
        request,
        form,
        lambda: draw_cases(
            DrawPlan(
                division=form.place(),
                **{name: form.cleaned_data[name] for name in ("kind", "since", "until", "size")},
            ),
            by=user,
            at=at,
        ),
        done=lambda drawn: (f"已抽中 {drawn.size} 件。", reverse("rechecks:drawn", args=[drawn.pk])),
        context={
            "title": "抽一批",
            "consequence": "种子由系统生成并记录，抽中的不能换；抽过的事项不再抽，保密事项不抽。"
            "上一批查完才能再抽。",
            "word": "抽取",
            "back": reverse("rechecks:draws"),
            "modules": ["js/find_option.js"],
        },
    )


def drawn(request: SignedInRequest, pk: int) -> HttpResponse:
    """One draw: its cases, what was found, and how anybody can draw them again."""
    user = request.user
    found = draw_in_sight(user, pk)
    rows = found.rechecks.to_change().select_related("checked_by", "complaint").order_by("pk")
    context = {
        "title": f"抽查 {found.pk} 号",
        "draw": found,
        "of": len(found.population),
        "rows": [(row, "find" in WHO_MAY.open_to(user, row)) for row in rows],
    }
    return render(request, "rechecks/drawn.html", context)
