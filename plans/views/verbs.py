"""One page for every verb of a plan: its form, the refusal with everything typed still there, and the act (Art. 7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View

from accounts.requests import signed_in
from common import clock
from common.errors import Refusal, StaleVersion
from common.web.versions import VersionedForm
from personnel.scopes import authority_of
from plans.actions.calls import REVERSE, require_open, say
from plans.forms.plans import FORMS
from plans.models import GridPlan, PlanConsent
from plans.norms import norm_of
from plans.policies import speaks_for
from plans.views.findings import blocking_for
from plans.views.presentation import parties_asked
from plans.views.sentences import CONSEQUENCES, DANGEROUS, DONE, EXAMINED, WORDS, effect_words, waiting_words
from plans.visibility import plan_in_sight
from worktime.clocks import day_of

ANSWERS = ("consent", "object")


@method_decorator(login_required, name="dispatch")
class PlanVerbPage(View):
    """GET shows the verb's form, POST says the verb."""

    verb = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form; a verb that is not open says why instead."""
        plan = plan_in_sight(signed_in(request), pk)
        form = FORMS[self.verb](version=plan.version, initial=self.initial_for(plan))
        refusal = self.refusal_for(request, plan)
        return self.page(request, plan, form, refusal=refusal, status=refusal.status if refusal else 200)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say the verb with what the form gives; on refusal nothing typed is lost."""
        plan = plan_in_sight(signed_in(request), pk)
        form = FORMS[self.verb](request.POST, version=plan.version)
        if not form.is_valid():
            return self.page(request, plan, form, refusal=self.refusal_for(request, plan), status=422)
        said = dict(form.cleaned_data)
        plan.version = said.pop("version")
        try:
            with transaction.atomic():  # a refusal takes back what was begun, so that the page can read on
                moved = say(self.verb, plan, said, by=signed_in(request), at=clock.now())
        except Refusal as refusal:
            return self.refused(request, pk, form, refusal)
        messages.success(request, f"{DONE[self.verb]}：{moved.title}（{moved.number}）")
        return redirect("plans:plan", moved.pk)

    def initial_for(self, plan: GridPlan) -> dict[str, Any]:
        """The earliest day for a reversal; nothing else is filled in for anybody."""
        if self.verb != REVERSE:
            return {}
        today = day_of(clock.now())
        return {"effective_on": today + timedelta(days=norm_of(plan.county_id, day=today).notice_days)}

    def refusal_for(self, request: HttpRequest, plan: GridPlan) -> Refusal | None:
        """Why the verb is closed to this person now, or None."""
        try:
            require_open(self.verb, signed_in(request), plan)
        except Refusal as refusal:
            return refusal
        return None

    def refused(self, request: HttpRequest, pk: int, form: VersionedForm, refusal: Refusal) -> HttpResponse:
        """Show the plan as it is now, and the form as it was typed.

        After a stale version the form carries the version now seen, so that sending again is a decision.
        """
        plan = plan_in_sight(signed_in(request), pk)
        field = getattr(refusal, "field", "")
        if field in form.fields:
            form.add_error(field, refusal.sentence)
            return self.page(request, plan, form, status=refusal.status)
        if isinstance(refusal, StaleVersion):
            form.carry(plan.version)
        return self.page(request, plan, form, refusal=refusal, status=refusal.status)

    def page(
        self,
        request: HttpRequest,
        plan: GridPlan,
        form: VersionedForm,
        *,
        refusal: Refusal | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Render the form beside the plan in short."""
        is_open = self.refusal_for(request, plan) is None
        today = day_of(clock.now())
        asked = list(plan.consents.select_related("township", "department").order_by("pk"))
        context = {
            "title": WORDS[self.verb],
            "plan": plan,
            "form": form,
            "word": WORDS[self.verb],
            "action": reverse(f"plans:{self.verb}", args=[plan.pk]),
            "consequence": CONSEQUENCES[self.verb],
            "is_dangerous": self.verb in DANGEROUS,
            "is_open": is_open,
            "refusal": refusal,
            "blocking": blocking_for(plan, today=today) if is_open and self.verb in EXAMINED else [],
            "party": self.party_of(request, asked) if is_open else "",
            "waiting": waiting_words(plan.status, county=plan.county.name, asked=parties_asked(asked)),
            "effect": effect_words(plan.status, plan.effective_on, today=today),
        }
        return render(request, "plans/verb_page.html", context, status=status)

    def party_of(self, request: HttpRequest, asked: list[PlanConsent]) -> str:
        """For whom an answer is given: the first open question that this person may answer."""
        if self.verb not in ANSWERS:
            return ""
        authority = authority_of(signed_in(request))
        own = (each for each in asked if each.answer == "waiting" and speaks_for(authority, each))
        found = next(own, None)
        return str(found.township or found.department) if found else ""
