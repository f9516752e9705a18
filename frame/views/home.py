"""The first page after signing in, chosen by the user's posts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from frame.entrances import FIELD_HOME, first_page
from workflow.views.field import field_home


def home(request: SignedInRequest) -> HttpResponse:
    """Shows the phone's home to field posts. Desks, departments and officials are sent to their own first page."""
    view = first_page(request.user)
    if view == FIELD_HOME:
        return field_home(request)
    if view:
        return redirect(view)
    return render(request, "frame/no_post.html", {"title": "首页"})
