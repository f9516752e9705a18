"""What people suggest about the platform itself (意见建议): it gets a number at once, and an answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.actions import answer_suggestion, file_suggestion
from accounts.forms import SuggestionForm
from accounts.models import Suggestion
from accounts.requests import SignedInRequest
from common import clock
from common.web.listing import Empty, Listing, Pile
from common.web.verb_page import form_page, given
from frame.entrances import SUGGESTIONS
from frame.forms import AnswerForm
from frame.notices import keepers_of_suggestions

SHOWN = 20
LISTING = Listing(
    label="意见建议",
    columns=("编号", "意见建议", "提出人", "答复"),
    piles_label="是否答复",
    piles={
        "waiting": Pile(
            "待答复",
            Q(answered_at=None),
            Empty("没有待答复的意见建议", "大家在页面底部“意见建议”里写的，显示在这里。"),
        ),
        "answered": Pile(
            "已答复", Q(answered_at__isnull=False), Empty("还没有答复过", "答复过的意见建议显示在这里。")
        ),
    },
)


def feedback(request: SignedInRequest) -> HttpResponse:
    """Takes a suggestion. It gets a number at once; the answer appears below it later."""
    user = request.user
    page = urlsplit(request.headers.get("Referer", "")).path[:200]
    form = SuggestionForm(request.POST or None, initial={"page": page})
    if request.method == "POST" and form.is_valid():
        suggestion = file_suggestion(
            user,
            text=form.cleaned_data["text"],
            page=form.cleaned_data["page"],
            at=clock.now(),
            keepers=keepers_of_suggestions(),
        )
        messages.success(request, f"已收到，编号 {suggestion.pk}。有了答复会发消息告诉您，也显示在本页。")
        return redirect("frame:feedback")
    context = {
        "title": "意见建议",
        "form": form,
        "suggestions": user.suggestions.order_by("-pk")[:SHOWN],
        "may_answer": SUGGESTIONS.admits(user),
    }
    return render(request, "frame/feedback.html", context, status=422 if form.errors else 200)


def suggestions(request: SignedInRequest) -> HttpResponse:
    """Shows what everybody has suggested, what waits for an answer first."""
    SUGGESTIONS.require(request.user)
    everything = Suggestion.objects.select_related("user")
    context = {"title": "意见答复", **LISTING.context(request, everything)}
    return render(request, "frame/suggestions.html", context)


def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answers one suggestion, once."""
    user = request.user
    SUGGESTIONS.require(user)
    suggestion = get_object_or_404(Suggestion.objects.select_related("user"), pk=pk)
    form = AnswerForm(given(request))
    return form_page(
        request,
        form,
        lambda: answer_suggestion(suggestion, **form.cleaned_data, by=user, at=clock.now()),
        done=lambda row: (f"已答复编号 {row.pk}，提出人会收到消息。", reverse("frame:suggestions")),
        context={
            "title": f"答复意见建议 {suggestion.pk}",
            "heading": "答复意见建议",
            "under": f"编号 {suggestion.pk} · {suggestion.user.name}",
            "quote": suggestion.text,
            "notice": f"已答复：{suggestion.answer}" if suggestion.answer else "",
            "not_now": bool(suggestion.answer),
            "consequence": "答复显示给提出人，并发消息告诉本人；发出以后不能改。",
            "word": "答复",
            "back": reverse("frame:suggestions"),
        },
    )
