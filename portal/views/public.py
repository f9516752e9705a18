"""The pages for everybody: find one's grid, read plans; no account, no script, no person (Art. 7, 13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.next_page import next_page
from portal import public_lists, public_pages, public_plans
from portal.public_cache import public_page
from portal.views.pages import YEAR_SECONDS

home = public_page(public_pages.home_page)
place = public_page(public_pages.place_page)
grid = public_page(public_pages.grid_page)
short = public_page(public_pages.short_address)
plans = public_page(public_plans.plan_list)
plan = public_page(public_plans.plan_page)
lists = public_page(public_lists.list_of_lists)
matter_list = public_page(public_lists.list_page)


@never_cache
@require_safe
def text_size(request: HttpRequest) -> HttpResponse:
    """Large or normal text for this device. A plain link, for these pages are kept and bear no form's token."""
    size = "large" if request.GET.get("size") == "large" else ""
    answer = redirect(next_page(request) or "portal:public")
    answer.set_cookie(
        "text_size", size, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return answer
