"""The first page after signing in, chosen by the user's posts."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.requests import SignedInRequest
from frame.shell import FIELD_VERBS, address_of
from personnel.scopes import authority_of
from workflow.views.field import field_home

DESTINATIONS = (
    (("dispatch",), "workflow:desk"),
    (("handle", "oversee"), "workflow:tray"),
    (("supervise",), "frame:overview"),
)


def home(request: SignedInRequest) -> HttpResponse:
    """Shows the phone's home to field posts. Desks, departments and officials are sent to their own first page."""
    user = request.user
    authority = authority_of(user)
    if authority.holds(*FIELD_VERBS):
        return field_home(request)
    for verbs, view in DESTINATIONS:
        if (authority.sees_all or authority.holds(*verbs)) and (url := address_of(view)):
            return redirect(url)
    return render(request, "frame/no_post.html", {"title": "首页"})
