"""Pages for help, all entrances and large text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.models import User
from common.web.next_page import next_page
from common.web.text_size import keep_text_size


def manual(request: HttpRequest) -> HttpResponse:
    """Shows short help to everybody, signed in or not."""
    return render(request, "frame/help.html", {"title": "帮助"})


def menu(request: HttpRequest) -> HttpResponse:
    """Shows every entrance of the user, for phones that have no room for them."""
    return render(request, "frame/menu.html", {"title": "全部入口"})


@require_POST
def choose_text_size(request: HttpRequest) -> HttpResponse:
    """Sets large or normal text for the signed-in user, if there is one, and for this device."""
    size = "large" if request.POST.get("size") == "large" else ""
    if isinstance(request.user, User):
        request.user.prefers_large_text = size == "large"
        request.user.save(update_fields=["prefers_large_text"])
    return keep_text_size(request, redirect(next_page(request) or "frame:home"), size)
