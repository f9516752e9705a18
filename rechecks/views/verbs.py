"""The verb page of a re-check."""

from __future__ import annotations

from django.urls import reverse

from common.shapes import Context
from common.web.verb_page import Verb, VerbPage
from rechecks import actions, forms
from rechecks.models import Recheck
from rechecks.states import VERBS
from rechecks.visibility import recheck_in_sight
from workflow.views.briefs import before_and_after


class RecheckVerb(VerbPage):
    """A verb of a re-check in sight."""

    life = actions.LIFE
    verbs = {
        "find": Verb(
            actions.find,
            VERBS["find"],
            "结果记入抽查记录，不能改；发现弄虚作假的，移交行为投诉渠道调查，由本人说明后才有结论。",
            forms.FindForm,
            button="记录",
        )
    }

    def find(self, pk: int) -> Recheck:
        """Return a re-check in sight."""
        return recheck_in_sight(self.user, pk)

    def sentence(self, result: Recheck) -> str:
        """Return what was found of which case."""
        return f"已记录：{result.case.number} {result.get_status_display()}"

    def back(self) -> str:
        """Return the address of the draw."""
        return reverse("rechecks:drawn", args=[self.row.draw_id])

    def context(self) -> Context:
        """Return the title, and the pictures before and after above the form."""
        case = self.row.case
        return {
            "title": f"{self.declaration.word} {case.number}",
            "heading": self.declaration.word,
            "under": f"{case.number} · {case.title} · {case.village.name} {case.place}",
            "case": case,
            "pictures": before_and_after(case),
            "above": "workflow/before_after.html",
        }
