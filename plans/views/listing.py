"""The plans in sight: by state and county, each with what it waits for and from whom (Art. 7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from accounts.requests import signed_in
from common.records.keyset import keyset_page
from grids.models import Division
from personnel.scopes import authority_of
from personnel.visibility import counties_within
from plans.entrances import counties_to_draft_in
from plans.models import GridPlan, PlanConsent
from plans.querysets import WATCHING, GridPlanQuerySet
from plans.views.frame import tabs_for, today_now
from plans.views.presentation import row_of

PAGE_SIZE = 50
EVERYWHERE = "all"


@dataclass(frozen=True)
class Pile:
    """One tab of the list: its word, the states it holds and what stands in place of rows."""

    word: str
    statuses: tuple[str, ...]
    empty: str


PILES = {
    "open": Pile(
        "在办",
        ("drafting", "consulting", "agreed", "approved"),
        "起草、会签、批准中的方案显示在这里。",
    ),
    "published": Pile("已公布", ("published",), "公布以后、生效以前的方案显示在这里。"),
    "in_force": Pile("已生效", ("in_force",), "到了生效日期的方案显示在这里。"),
    "withdrawn": Pile("已撤回", ("withdrawn",), "生效以前撤回的方案显示在这里。"),
}


def plans(request: HttpRequest) -> HttpResponse:
    """One pile of plans, newest first; the address is the view."""
    user, (at, today) = signed_in(request), today_now()
    key, county = _asked(request, user)
    pile = PILES[key]
    seen = GridPlan.objects.visible_to(user)
    if county is not None:
        seen = seen.filter(county=county)
    counts = _counts(seen)
    page = keyset_page(
        _with_names(seen.filter(status__in=pile.statuses)),
        order=("-pk",),
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    where = county.code if county else EVERYWHERE
    context = {
        "title": "网格方案",
        "tabs": tabs_for(user, "plans:plans"),
        "piles": [
            {
                "url": _address(name, where),
                "name": each.word,
                "count": counts[name],
                "is_current": name == key,
            }
            for name, each in PILES.items()
        ],
        "pile": pile,
        "status": key,
        "counties": Division.objects.of_level("county").values_list("code", "name"),
        "county": county,
        "rows": [row_of(plan, at=at, today=today) for plan in page.rows],
        "can_draft": bool(counties_to_draft_in(user)),
        "next_url": f"{_address(key, where)}&cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": _address(key, where) if request.GET.get("cursor") else "",
    }
    return render(request, "plans/plans.html", context)


def _asked(request: HttpRequest, user: User) -> tuple[str, Division | None]:
    """The pile and the county of the address; without a county the person's own, else all."""
    key, code = request.GET.get("status", "open"), request.GET.get("county", "")
    if key not in PILES:
        raise Http404
    if code == EVERYWHERE:
        return key, None
    if not code:
        own = counties_to_draft_in(user) or list(counties_within(authority_of(user), *WATCHING)[:2])
        return key, own[0] if len(own) == 1 else None
    county = Division.objects.of_level("county").defer("outline").filter(code=code[:12]).first()
    if county is None:
        raise Http404
    return key, county


def _address(status: str, county: str) -> str:
    return f"{reverse('plans:plans')}?{urlencode({'status': status, 'county': county})}"


def _counts(seen: GridPlanQuerySet) -> dict[str, int]:
    found: dict[str, int] = seen.aggregate(
        **{name: Count("pk", filter=Q(status__in=pile.statuses)) for name, pile in PILES.items()}
    )
    return found


def _with_names(rows: GridPlanQuerySet) -> GridPlanQuerySet:
    """Everything that a row says: two statements for any number of rows."""
    waiting = PlanConsent.objects.filter(answer=PlanConsent.Answer.WAITING).order_by("pk")
    asked = waiting.select_related("township", "department").defer("township__outline")
    return (
        rows.select_related("county", "filing")
        .defer("county__outline", "reason", "filing__package")
        .prefetch_related(Prefetch("consents", queryset=asked, to_attr="asked"))
    )
