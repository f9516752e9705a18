"""One page for every verb: its form, the refusal with everything typed still there, and the act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from common import clock
from common.errors import Refusal
from workflow import actions, policies
from workflow.actions.calls import say
from workflow.forms import FORMS, VerbForm
from workflow.models import Attachment, Case
from workflow.states import CASE_MOVES, VERBS
from workflow.views.fetching import signed_in, visible_case

PHOTO_VERBS = ("settle", "feed_back")


@method_decorator(login_required, name="dispatch")
class VerbPage(View):
    """GET shows the verb's form, POST says the verb."""

    verb = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form; a verb that is not open says why instead."""
        case = visible_case(request, pk)
        refusal = self.refusal_for(request, case)
        form = FORMS[self.verb](case=case, user=signed_in(request))
        return self.page(request, case, form, refusal=refusal, status=refusal.status if refusal else 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say the verb with what the form gives; on refusal nothing typed is lost."""
        case = visible_case(request, pk)
        form = FORMS[self.verb](request.POST, request.FILES, case=case, user=signed_in(request))
        if not form.is_valid():
            return self.page(request, case, form, status=422)
        at = clock.now()
        try:
            said = dict(form.cleaned_data)
            case.version = said.pop("version") or case.version
            if self.verb in PHOTO_VERBS:
                said["photos"] = self.stored_photos(request, said.get("photos", []))
            moved = say(self.verb, case, said, by=signed_in(request), at=at)
        except Refusal as refusal:
            return self.page(request, case, form, refusal=refusal, status=refusal.status)
        return self.done(request, moved)

    def stored_photos(self, request: HttpRequest, uploads: list[Any]) -> list[Any]:
        """Store the uploaded pictures and return their numbers."""
        kept = [
            actions.take_photo(
                upload, size=upload.size, kind=Attachment.Kind.RESULT, by=signed_in(request), at=clock.now()
            )
            for upload in uploads
        ]
        return [photo.uid for photo in kept]

    def refusal_for(self, request: HttpRequest, case: Case) -> Refusal | None:
        """Why the verb is closed to this person now, or None."""
        try:
            policies.require(self.verb, signed_in(request), case)
            CASE_MOVES.target_of(self.verb, status=case.status)
        except Refusal as refusal:
            return refusal
        return None

    def page(
        self,
        request: HttpRequest,
        case: Case,
        form: VerbForm,
        *,
        refusal: Refusal | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Render the form, whole or as the piece that htmx asked for."""
        template = "workflow/verb_piece.html" if request.htmx else "workflow/verb_page.html"  # type: ignore[attr-defined]
        context = {
            "case": case,
            "form": form,
            "verb": self.verb,
            "word": VERBS[self.verb],
            "refusal": refusal,
            "next": request.POST.get("next") or request.GET.get("next", ""),
            "title": f"{VERBS[self.verb]} · {case.title}",
        }
        return render(request, template, context, status=status)

    def done(self, request: HttpRequest, case: Case) -> HttpResponse:
        """Go where the person was working, with a word about what happened."""
        messages.success(request, f"已{VERBS[self.verb]}：{case.title}（{case.number}）")
        target = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            return redirect("workflow:case", case.pk)
        return redirect(target)
