"""The pages of a plan's verbs, each with its consequence and its obstacles; input is kept (Art. 7)."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from common import clock
from common.shapes import Cleaned, Context, FormArguments
from common.web.verb_page import Verb, VerbPage
from plans.actions.calls import CALLS, REVERSE, require_open
from plans.actions.plans import revise_plan
from plans.forms.plans import FORMS, RevisionForm
from plans.models import GridPlan, PlanConsent
from plans.norms import norm_of
from plans.policies import WHO_MAY, consent_of
from plans.states import PLAN_MOVES
from plans.views.drafting import limits_of
from plans.views.findings import blocking_for
from plans.views.presentation import parties_asked
from plans.views.sentences import CONSEQUENCES, DANGEROUS, DONE, EXAMINED, WORDS, effect_words, waiting_words
from plans.visibility import plan_in_sight
from worktime.clocks import day_of

ANSWERS = ("consent", "object")


class PlanVerb(VerbPage):
    """The page of one verb of a plan that the user may see."""

    verbs = {
        verb: Verb(
            CALLS[verb],
            WORDS[verb],
            CONSEQUENCES[verb],
            form,
            is_dangerous=verb in DANGEROUS,
            done=f"{DONE[verb]}：{{row.title}}（{{row.number}}）",
        )
        for verb, form in FORMS.items()
    }

    def find(self, pk: int) -> GridPlan:
        """Return a plan that the user may see, and set the present day."""
        self.today = day_of(clock.now())
        return plan_in_sight(self.user, pk)

    def require(self) -> None:
        """Check permission and status like the action."""
        require_open(self.verb, self.user, self.row)

    def form_options(self) -> FormArguments:
        """Return the earliest day for a reversal as initial value; other verbs have none."""
        if self.verb != REVERSE:
            return {}
        notice = norm_of(self.row.county_id, day=self.today).notice_days
        return {"initial": {"effective_on": self.today + timedelta(days=notice)}}

    def act(self, arguments: Cleaned) -> GridPlan:
        """Run the action for the verb."""
        return CALLS[self.verb](self.row, arguments, self.user, clock.now())

    def back(self) -> str:
        """Return the address of the plan."""
        return reverse("plans:plan", args=[self.row.pk])

    def after(self, result: GridPlan) -> str:
        """Return the address of the plan; for a reversal that of the new plan."""
        return reverse("plans:plan", args=[result.pk])

    def context(self) -> Context:
        """Return what stops the verb, the party that answers, and a summary of the plan."""
        plan, is_open = self.row, self.closed() is None
        asked = list(plan.consents.select_related("township", "department").order_by("pk"))
        blocking = blocking_for(plan, today=self.today) if is_open and self.verb in EXAMINED else []
        return {
            "title": f"{self.declaration.word} {plan.title} {plan.number}",
            "heading": self.declaration.word,
            "plan": plan,
            "back_word": "返回方案",
            "styles": ["css/plans.css"],
            "above": "plans/parts/before_verb.html",
            "inside": "plans/parts/for_whom.html",
            "aside": "plans/parts/plan_facts.html",
            "not_now": bool(blocking) and self.request.method != "POST",
            "blocking": blocking,
            "party": self.party(asked) if is_open else "",
            "waiting": waiting_words(plan.status, county=plan.county.name, asked=parties_asked(asked)),
            "effect": effect_words(plan.status, plan.effective_on, today=self.today),
        }

    def party(self, asked: list[PlanConsent]) -> str:
        """Return the party for which this user answers: the first open consent that they may answer."""
        if self.verb not in ANSWERS:
            return ""
        found = consent_of(self.user, asked)
        return str(found.township or found.department) if found else ""


class Revision(PlanVerb):
    """Change the plan's title, kind, day and reason; after drafting the page says why this is not possible."""

    verb = "revise"
    verbs = {
        "revise": Verb(revise_plan, "改方案说明", form=RevisionForm, button="保存", done="方案说明已改好。")
    }

    def require(self) -> None:
        """Allow only those who lead the plan, and only during drafting."""
        WHO_MAY.require("revise", self.user, self.row)
        PLAN_MOVES.require("change", status=self.row.status)

    def form_options(self) -> FormArguments:
        """Return the present values, and the limits of the county's norm."""
        names = ("title", "kind", "effective_on", "reason")
        return {
            "initial": {name: getattr(self.row, name) for name in names},
            "counties": [self.row.county],
            **limits_of(self.row.county, self.today),
        }

    def act(self, arguments: Cleaned) -> GridPlan:
        """Save what was filled in."""
        return revise_plan(self.row, **arguments, by=self.user, at=clock.now())

    def context(self) -> Context:
        """Return which plan it is."""
        return {
            "plan": self.row,
            "under": f"{self.row.title} · {self.row.number}",
            "back_word": "返回方案",
            "styles": ["css/plans.css"],
        }
