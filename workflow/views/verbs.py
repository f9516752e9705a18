"""One page for every verb: its form, the refusal with everything typed still there, and the act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View
from django_htmx.http import HttpResponseClientRedirect

from accounts.requests import signed_in
from common import clock
from common.errors import Refusal, StaleVersion
from workflow import actions, policies
from workflow.actions.calls import say
from workflow.actions.desk import UNDOABLE
from workflow.forms import FORMS, VerbForm
from workflow.models import Attachment, Case
from workflow.notices import UNDO_WINDOW
from workflow.sentences import CONSEQUENCES, DANGEROUS
from workflow.states import CASE_MOVES, VERBS
from workflow.views.briefs import brief_of
from workflow.views.fetching import visible_case

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
                self.raise_unless_open(request, case)
                said["photos"] = self.stored_photos(request, said.get("photos", []))
            with transaction.atomic():  # a refusal takes back what was begun, so that the page can read on
                moved = say(self.verb, case, said, by=signed_in(request), at=at)
        except Refusal as refusal:
            return self.refused(request, pk, form, refusal)
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
        """Why the verb is closed to this person now, or None.

        Assigning a case that waits for acceptance accepts it in the same act, so acceptance is what is asked.
        """
        accepts_first = self.verb == "assign" and CASE_MOVES.allows("accept", status=case.status)
        verb = "accept" if accepts_first else self.verb
        try:
            policies.WHO_MAY.require(verb, signed_in(request), case)
            CASE_MOVES.require(verb, status=case.status)
        except Refusal as refusal:
            return refusal
        return None

    def raise_unless_open(self, request: HttpRequest, case: Case) -> None:
        """Refuse before anything is stored."""
        if refusal := self.refusal_for(request, case):
            raise refusal

    def refused(self, request: HttpRequest, pk: int, form: VerbForm, refusal: Refusal) -> HttpResponse:
        """Show the case as it is now, and the form as it was typed.

        After a stale version the form carries the version now seen, so that sending again is a decision.
        """
        case = visible_case(request, pk)
        field = getattr(refusal, "field", "")
        field = "photos" if field == "photo" else field
        if field in form.fields:
            form.add_error(field, refusal.sentence)
            return self.page(request, case, form, status=refusal.status)
        if isinstance(refusal, StaleVersion):
            form.data = form.data.copy()
            form.data["version"] = str(case.version)
        return self.page(request, case, form, refusal=refusal, status=refusal.status)

    def page(
        self,
        request: HttpRequest,
        case: Case,
        form: VerbForm,
        *,
        refusal: Refusal | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Render the form, whole or as the piece that htmx asked for (which swaps 422 alone)."""
        is_piece = bool(request.htmx)  # type: ignore[attr-defined]
        context = {
            "case": case,
            "form": form,
            "verb": self.verb,
            "word": VERBS[self.verb],
            "action": reverse(f"workflow:{self.verb}", args=[case.pk]),
            "consequence": CONSEQUENCES[self.verb],
            "is_dangerous": self.verb in DANGEROUS,
            "is_open": self.refusal_for(request, case) is None,
            "suggestion": getattr(form, "suggestion", None),
            "photo_required": bool(case.matter and case.matter.evidence_required),
            "refusal": refusal,
            "next": request.POST.get("next") or request.GET.get("next", ""),
            "back": self.address_after(request, case),
            "title": f"{VERBS[self.verb]} · {case.title}",
        }
        if is_piece:
            return render(request, "workflow/verb_piece.html", context, status=422 if status >= 400 else 200)
        return render(request, "workflow/verb_page.html", {**context, "brief": brief_of(case)}, status=status)

    def done(self, request: HttpRequest, case: Case) -> HttpResponse:
        """Go where the person was working, with a word about what happened and the offer to undo it."""
        sentence = f"已{VERBS[self.verb]}：{case.title}（{case.number}）"
        if self.verb in UNDOABLE:
            request.session["toast"] = {
                "text": sentence,
                "undo_url": reverse("workflow:undo", args=[case.pk]),
                "seconds": int(UNDO_WINDOW.total_seconds()),
                "version": case.version,
            }
        else:
            messages.success(request, sentence)
        target = self.address_after(request, case)
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(target)
        return redirect(target)

    def address_after(self, request: HttpRequest, case: Case) -> str:
        """Where the person came from, if that is ours; else the case."""
        target = request.POST.get("next") or request.GET.get("next", "")
        if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
            return target
        return reverse("workflow:case", args=[case.pk])
