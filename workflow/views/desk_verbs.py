"""Every verb as a piece of the desk's pane: the same form, the same act, and the list stays where it is."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common.errors import Refusal, StaleVersion
from workflow.actions.desk import UNDOABLE
from workflow.forms import VerbForm
from workflow.models import Case
from workflow.notices import UNDO_WINDOW
from workflow.sentences import CONSEQUENCES, DANGEROUS
from workflow.states import VERBS
from workflow.views.verbs import VerbPage


class DeskVerb(VerbPage):
    """A verb said from the preview pane by htmx; without scripts it is the ordinary page of the verb."""

    def page(
        self,
        request: HttpRequest,
        case: Case,
        form: VerbForm,
        *,
        refusal: Refusal | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The form in the pane; outside htmx the verb's own page."""
        if not request.htmx:  # type: ignore[attr-defined]
            return super().page(request, case, form, refusal=refusal, status=status)
        context = {
            "case": case,
            "form": form,
            "word": VERBS[self.verb],
            "consequence": CONSEQUENCES[self.verb],
            "accepts_first": self.verb == "assign" and case.status == "awaiting_acceptance",
            "is_final": self.verb in DANGEROUS,
            "refusal": refusal,
            "is_stale": isinstance(refusal, StaleVersion),
            "preview_url": reverse("workflow:preview", args=[case.pk]),
        }
        return render(request, "workflow/desk_verb.html", context, status=status)

    def done(self, request: HttpRequest, case: Case) -> HttpResponse:
        """Tell the list what happened; the notice of it carries undo where undo is open."""
        if not request.htmx:  # type: ignore[attr-defined]
            return super().done(request, case)
        undoable = self.verb in UNDOABLE
        toast = {
            "text": f"已{VERBS[self.verb]}：{case.title}",
            "undo_url": reverse("workflow:desk_undo", args=[case.pk]) if undoable else "",
            "seconds": int(UNDO_WINDOW.total_seconds()) if undoable else 5,
            "version": case.version,
        }
        answer = render(request, "workflow/desk_done.html", {"toast": toast})
        answer["HX-Trigger"] = json.dumps({"case-moved": moved_words(case, self.verb)})
        return answer


def moved_words(case: Case, verb: str) -> dict[str, Any]:
    """What the list needs to know of a case that has just moved."""
    return {
        "pk": case.pk,
        "version": case.version,
        "status": case.status,
        "word": case.get_status_display(),
        "undone": verb == "undo",
    }
