"""The verb pages of a case, with photos and undo where the verb has them."""

from __future__ import annotations

from typing import Any, TypedDict

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse

from common import clock
from common.errors import Refusal
from common.shapes import Cleaned, Context
from common.web.doors import led_to
from common.web.form_fields import Findable
from common.web.next_page import next_page
from common.web.verb_page import VerbPage
from workflow.actions.verification import require_open_for_merged
from workflow.forms import PhotosField, VerbForm
from workflow.last_words import last_words
from workflow.models import Attachment, Case
from workflow.notices import UNDO_WINDOW
from workflow.presence import others_at
from workflow.stages import LIFE
from workflow.states import CASE_MOVES, UNDOABLE
from workflow.verbs import CASE_VERBS, WITH_PHOTOS
from workflow.views.briefs import before_and_after, brief_of
from workflow.views.fetching import visible_case
from workflow.views.photos import refusal_of_photos, stored_photo

PROVEN = ("settle", "feed_back")  # verbs whose result the matter may want to see on a photo
OF_THE_PLACE = ("supplement", "resubmit")  # verbs whose photos show the place, not the result
JUDGING = ("pass_check", "fail_check", "rate")  # verbs that judge the result: the pictures come first
MODULES = {"resubmit": ["js/photo.js", "js/matter_search.js", "js/matter_demands.js"]}


def modules_for(form: type[Form]) -> list[str]:
    """Returns the scripts that the fields of a form need."""
    fields = form.base_fields
    finds = any(isinstance(field.widget, Findable) for field in fields.values())
    photos = any(isinstance(field, PhotosField) for field in fields.values())
    return [*(["js/find_option.js"] if finds else []), *(["js/photo.js"] if photos else [])]


class CaseVerbPage(VerbPage):
    """A verb of a case that the user may see."""

    life = LIFE
    verbs = CASE_VERBS

    def find(self, pk: int) -> Case:
        """Returns a case that the user may see."""
        return visible_case(self.user, pk)

    def require(self) -> None:
        """Checks that the verb is open. Assigning a case that waits for acceptance needs accept, which it also does."""
        if self.verb == "rate" and self.row.status == "merged":
            require_open_for_merged(self.row, by=self.user)
            return
        accepts_first = self.verb == "assign" and CASE_MOVES.allows("accept", status=self.row.status)
        LIFE.require_open(self.row, "accept" if accepts_first else self.verb, by=self.user)

    def made_form(self, *sent: Any) -> VerbForm:
        """Returns the form, made for its case."""
        made: Any = self.declaration.form  # a VerbForm, which asks for its case and its user
        form: VerbForm = made(*sent, case=self.row, user=self.user)
        return form

    def prepare(self, arguments: Cleaned) -> None:
        """Stores the photos if the verb is open, so that a refusal does not lose them."""
        if self.verb in WITH_PHOTOS:
            self.require()
            kind = Attachment.Kind.REPORT if self.verb in OF_THE_PLACE else Attachment.Kind.RESULT
            sent = arguments.get("photos", [])
            arguments["photos"] = [stored_photo(upload, by=self.user, kind=kind) for upload in sent]

    def refused(self, form: Any, refusal: Refusal) -> HttpResponse:
        """Shows the refusal of a single photo beside the field of all photos."""
        return super().refused(form, refusal_of_photos(refusal))

    def sentence(self, result: Case) -> str:
        """Returns what was done with which case."""
        return f"已{self.declaration.word}：{result.title}（{result.number}）"

    def back(self) -> str:
        """Returns the address of the case."""
        return reverse("workflow:case", args=[self.row.pk])

    def context(self) -> Context:
        """Returns the brief of the case beside the form, and the suggestion before it."""
        return {
            "title": f"{self.declaration.word} {self.row.title} {self.row.number}",
            "heading": self.declaration.word,
            "case": self.row,
            "modules": [
                *MODULES.get(self.verb, modules_for(self.declaration.form)),
                "js/presence.js",
                "js/phrases.js",
                "js/keep_words.js",
            ],
            "kept_as": "" if self.row.confidential else f"{self.user.pk}:{self.row.pk}:{self.verb}",
            "presence": others_at(self.row, self.user, at=clock.now()),
            "last_words": last_words(self.row),
            "inside": "workflow/suggestion.html",
            "photo_required": self.verb in PROVEN
            and bool(self.row.matter and self.row.matter.evidence_required),
            **self.pictures(),
            **self.beside(),
        }

    def pictures(self) -> Context:
        """Returns the photos of the place before and after, above the form that judges the result."""
        if self.verb not in JUDGING:
            return {}
        return {"pictures": before_and_after(self.row), "above": "workflow/before_after.html"}

    def beside(self) -> Context:
        """Returns the brief beside the form; the pane of the desk has none."""
        if self.is_piece:
            return {}
        brief = brief_of(self.row, with_photos=self.verb not in JUDGING)
        return {"brief": brief, "aside": "workflow/brief.html"}

    def done(self, result: Case) -> HttpResponse:
        """Goes back to where the user was working. A verb that can be undone is offered for undo for ten seconds."""
        if self.verb not in UNDOABLE or result.pk != self.row.pk:
            return super().done(result)
        self.request.session["toast"] = toast_of(result, self.sentence(result), undo="workflow:undo")
        return led_to(self.request, next_page(self.request) or self.back())


class Toast(TypedDict):
    """A message with an address to undo what was done; kept in the session, which stores JSON."""

    text: str
    undo_url: str
    seconds: int
    version: int


def toast_of(case: Case, text: str, *, undo: str) -> Toast:
    """Returns the message about a verb that can be undone, and the address for it."""
    return {
        "text": text,
        "undo_url": reverse(undo, args=[case.pk]),
        "seconds": int(UNDO_WINDOW.total_seconds()),
        "version": case.version,
    }
