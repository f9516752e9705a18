"""The verbs inside the desk's pane: the same form and the same action, and the list stays where it is."""

from __future__ import annotations

import json
from typing import TypedDict

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from common.shapes import Context
from workflow.models import Case
from workflow.states import UNDOABLE
from workflow.views.verbs import CaseVerbPage, toast_of


class DeskVerb(CaseVerbPage):
    """A verb in the preview pane, loaded by htmx. Without scripts it is the ordinary page of the verb."""

    piece = "workflow/desk_verb.html"

    def context(self) -> Context:
        """Returns what the pane shows around the form."""
        return {
            **super().context(),
            "accepts_first": self.verb == "assign" and self.row.status == "awaiting_acceptance",
            "preview_url": reverse("workflow:preview", args=[self.row.pk]),
        }

    def done(self, result: Case) -> HttpResponse:
        """Tells the list what happened. The notice offers undo if the verb can be undone."""
        if not self.is_piece:
            return super().done(result)
        toast = toast_of(result, f"已{self.declaration.word}：{result.title}", undo="workflow:desk_undo")
        if self.verb not in UNDOABLE:
            toast["undo_url"], toast["seconds"] = "", 5
        answer = render(self.request, "workflow/desk_done.html", {"toast": toast})
        answer["HX-Trigger"] = json.dumps({"case-moved": moved_words(result, self.verb)})
        return answer


class Moved(TypedDict):
    """What the list must know about a case that was just moved; sent as JSON to its script."""

    pk: int
    version: int
    status: str
    word: str
    undone: bool


def moved_words(case: Case, verb: str) -> Moved:
    """Returns what the list must know about a case that was just moved."""
    return {
        "pk": case.pk,
        "version": case.version,
        "status": case.status,
        "word": case.get_status_display(),
        "undone": verb == "undo",
    }
