"""The pages for everybody: find a grid, read plans. No account, no script, no personal data (Art. 7, 13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.web.next_page import next_page
from common.web.text_size import keep_text_size
from public import lists as public_lists
from public import pages
from public import plans as public_plans
from public.cache import public_page

welcome = public_page(pages.welcome_page)  # at the address of frame:home
home = public_page(pages.home_page)
tell = public_page(pages.tell_page)
complain = public_page(pages.complain_page)
place = public_page(pages.place_page)
grid = public_page(pages.grid_page)
short = public_page(pages.short_address)
plans = public_page(public_plans.plan_list)
plan = public_page(public_plans.plan_page)
lists = public_page(public_lists.list_of_lists)
matter_list = public_page(public_lists.list_page)


@never_cache
@require_safe
def text_size(request: HttpRequest) -> HttpResponse:
    """Sets large or normal text for this device. It is a plain link, because cached pages cannot hold a token."""
    size = "large" if request.GET.get("size") == "large" else ""
    return keep_text_size(request, redirect(next_page(request) or "public:home"), size)
