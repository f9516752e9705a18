"""The first page: the public's without a session, after signing in the one of the user's posts."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from common.web.doors import turned_away
from frame.entrances import FIELD_HOME, first_page
from public.views import welcome
from workflow.views.field import field_home


def home(request: HttpRequest) -> HttpResponse:
    """Shows the public's first page without a session, and the user's own with one.

    A browser whose session has ended is sent to sign in, so that a worker's icon still leads to the day's work.
    """
    if request.user.is_authenticated:
        return _own_home(cast(SignedInRequest, request))
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        return turned_away(request)
    answer = welcome(request)
    answer["Cache-Control"] = "private, no-cache"  # the same address shows something else after signing in
    return answer


def _own_home(request: SignedInRequest) -> HttpResponse:
    """Shows the phone's home to field posts. Desks, departments and officials are sent to their own first page."""
    view = first_page(request.user)
    if view == FIELD_HOME:
        return field_home(request)
    if view:
        return redirect(view)
    return render(request, "frame/no_post.html", {"title": "首页"})
