"""Pages for help, all entrances, large text and suggestions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.actions import file_suggestion
from accounts.forms import SuggestionForm
from accounts.models import User
from accounts.requests import SignedInRequest
from common import clock
from common.web.next_page import next_page
from common.web.text_size import keep_text_size

SUGGESTIONS_SHOWN = 20


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


def feedback(request: SignedInRequest) -> HttpResponse:
    """Takes a suggestion (意见建议). It gets a number at once; the answer appears below it later."""
    user = request.user
    form = SuggestionForm(request.POST or None, initial={"page": request.headers.get("Referer", "")[:200]})
    if request.method == "POST" and form.is_valid():
        suggestion = file_suggestion(
            user, text=form.cleaned_data["text"], page=form.cleaned_data["page"], at=clock.now()
        )
        messages.success(request, f"已收到，编号 {suggestion.pk}。答复会显示在本页。")
        return redirect("frame:feedback")
    context = {
        "title": "意见建议",
        "form": form,
        "suggestions": user.suggestions.order_by("-pk")[:SUGGESTIONS_SHOWN],
    }
    return render(request, "frame/feedback.html", context, status=422 if form.errors else 200)
