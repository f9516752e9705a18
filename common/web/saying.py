"""One page for one verb: the form, the refusal with everything typed still there, the act, and where to go then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from common.errors import Refusal

Act = Callable[[], Any]
Done = Callable[[Any], tuple[str, str] | HttpResponse]


def say(
    request: HttpRequest, form: forms.Form, act: Act, *, done: Done, template: str, context: Mapping[str, Any]
) -> HttpResponse:
    """Say a verb with what ``form`` gives. ``done`` turns what ``act`` returned into (a sentence, an address), or
    into the answer itself where something is shown once and never again.

    A refusal takes back what was begun, stands beside its field where it names one, and keeps its status.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    result = act()
                answer = done(result)
                if isinstance(answer, HttpResponse):
                    return answer
                sentence, address = answer
                messages.success(request, sentence)
                return redirect(address)
            except Refusal as refusal:
                field = getattr(refusal, "field", "")
                form.add_error(field if field in form.fields else None, refusal.sentence)
                status = refusal.status
    return render(request, template, {**context, "form": form}, status=status)


def given(request: HttpRequest) -> Any:
    """What a form is bound to: the fields of a POST, nothing of a GET."""
    return request.POST if request.method == "POST" else None
