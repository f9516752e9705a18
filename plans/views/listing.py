"""The plans in sight: by state and county, each with what it waits for and from whom (Art. 7)."""

from __future__ import annotations

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.web.listing import Empty, Listing, Pile
from grids.county_choice import chosen_county, county_choice, county_words
from plans.entrances import counties_to_draft_in, own_county
from plans.models import GridPlan, PlanConsent
from plans.querysets import GridPlanQuerySet
from plans.views.frame import tabs_for, today_now
from plans.views.presentation import row_of

LISTING = Listing(
    label="网格方案",
    columns=("编号", "名称", "县区", "生效", "在等什么"),
    piles_label="方案状态",
    piles={
        "open": Pile(
            "在办",
            Q(status__in=("drafting", "consulting", "agreed", "approved")),
            Empty("没有在办的方案", "起草、会签、批准中的方案显示在这里。"),
        ),
        "published": Pile(
            "已公布",
            Q(status="published"),
            Empty("没有已公布的方案", "公布以后、生效以前的方案显示在这里。"),
        ),
        "in_force": Pile(
            "已生效", Q(status="in_force"), Empty("没有已生效的方案", "到了生效日期的方案显示在这里。")
        ),
        "withdrawn": Pile(
            "已撤回", Q(status="withdrawn"), Empty("没有已撤回的方案", "生效以前撤回的方案显示在这里。")
        ),
    },
    parameter="status",
)


def plans(request: SignedInRequest) -> HttpResponse:
    """One pile of plans, newest first; the address is the view."""
    user, (at, today) = request.user, today_now()
    county = chosen_county(request, lambda: own_county(user))
    seen = GridPlan.objects.visible_to(user)
    can_draft = bool(counties_to_draft_in(user))
    context = {
        "title": "网格方案",
        "tabs": tabs_for(user, "plans:plans"),
        "begin": {"url": reverse("plans:new"), "word": "起草方案"} if can_draft else None,
        **county_choice(county),
        **LISTING.context(
            request,
            seen.filter(county=county) if county else seen,
            named=_with_names,
            shown=lambda rows: [row_of(plan, at=at, today=today) for plan in rows],
            query=county_words(county),
        ),
    }
    return render(request, "plans/plans.html", context)


def _with_names(rows: GridPlanQuerySet) -> GridPlanQuerySet:
    """Everything that a row says: two statements for any number of rows."""
    waiting = PlanConsent.objects.filter(answer=PlanConsent.Answer.WAITING).order_by("pk")
    asked = waiting.select_related("township", "department").defer("township__outline")
    return (
        rows.select_related("county", "filing")
        .defer("county__outline", "reason", "filing__package")
        .prefetch_related(Prefetch("consents", queryset=asked, to_attr="asked"))
    )
