"""The page of one's phrases, and the list that ``;;`` offers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common import clock
from common.errors import RuleViolation
from workflow.actions.phrases import MOST_PHRASES, add_phrase, remove_phrase
from workflow.models.phrases import LONGEST_PHRASE
from workflow.phrases import phrases_of

HERE = "workflow:phrases"


def phrases(request: SignedInRequest) -> HttpResponse:
    """One's own phrases with a line to add one. A refused text stays in the line."""
    refusal = None
    if request.method == "POST":
        try:
            add_phrase(request.POST.get("text", "").replace("\x00", ""), by=request.user, at=clock.now())
            messages.success(request, "已记下。在要写字的地方打 ;; 就能选用。")
            return redirect(HERE)
        except RuleViolation as caught:
            refusal = caught
    context = {
        "title": "短语",
        "phrases": phrases_of(request.user),
        "refusal": refusal,
        "typed": request.POST.get("text", ""),
        "longest": LONGEST_PHRASE,
        "most": MOST_PHRASES,
    }
    return render(request, "workflow/phrases.html", context, status=422 if refusal else 200)


def offered(request: SignedInRequest) -> JsonResponse:
    """The texts of one's phrases, for js/phrases.js."""
    return JsonResponse({"phrases": list(phrases_of(request.user).values_list("text", flat=True))})


@require_POST
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remove one's own phrase. Raises Http404 for any other."""
    phrase = get_object_or_404(phrases_of(request.user), pk=pk)
    remove_phrase(phrase)
    messages.success(request, "已删除。")
    return redirect(HERE)
