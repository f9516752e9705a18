"""The shares of assisting units: how they stand, and the pages of their verbs (联办, Art. 17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from common.errors import Refusal
from common.shapes import Cleaned, Context, Shown
from common.web.verb_page import VerbPage
from workflow.actions.shares import SHARE_LIFE
from workflow.models import Assignment, Case, Stage
from workflow.share_policies import SHARE_RULES
from workflow.share_states import AWAITED
from workflow.share_states import SHARE_VERBS as WORDS
from workflow.share_verbs import SHARE_VERBS, WITH_PHOTOS
from workflow.shares import shares_of
from workflow.views.briefs import brief_of
from workflow.views.fetching import PAGE_NAMES
from workflow.views.photos import refusal_of_photos, stored_photo
from workflow.views.verbs import modules_for
from workflow.visibility import share_in_sight

USUAL = ("sign_share", "feed_back_share")


@dataclass(frozen=True, slots=True)
class ShareButton(Shown):
    """A verb of a share."""

    verb: str
    word: str
    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class ShareLine(Shown):
    """One unit's share (workflow/shares.html)."""

    unit: str
    status: str
    status_name: str
    task: str
    due_at: datetime | None
    is_late: bool
    explanation: str
    result: str
    buttons: list[ShareButton]


def share_lines(user: User, case: Case, *, at: datetime) -> list[ShareLine]:
    """Returns how the shares of a case in sight stand, with what ``user`` can do; two statements, or none."""
    if not case.has_shares:  # type: ignore[attr-defined]
        return []
    shares = shares_of(case)
    stays = {stay.share_id: stay for stay in Stage.objects.running().filter(share__in=shares)}
    return [_line_of(share, stays.get(share.pk), user, case, at=at) for share in shares]


def _line_of(share: Assignment, stay: Stage | None, user: User, case: Case, *, at: datetime) -> ShareLine:
    share.case = case
    return ShareLine(
        unit=share.unit.name,
        status=share.status,
        status_name=share.get_status_display(),
        task=share.task,
        due_at=stay.due_at if stay else None,
        is_late=stay is not None and stay.due_at < at,
        explanation=stay.explanation if stay else "",
        result=share.result,
        buttons=share_buttons(user, share),
    )


def share_buttons(user: User, share: Assignment) -> list[ShareButton]:
    """Returns the verbs of a share that are open to the user; costs no statement if its case is known."""
    if share.status not in AWAITED or not share.case.is_open:
        return []
    return [
        ShareButton(
            verb=verb,
            word=WORDS[verb],
            url=reverse(f"workflow:{verb}", args=[share.case_id, share.pk]),
            kind="primary" if verb in USUAL else "",
        )
        for verb in SHARE_RULES.open_to(user, share)
    ]


class ShareVerbPage(VerbPage):
    """A verb of a share in a case that the user may see."""

    life = SHARE_LIFE
    verbs = SHARE_VERBS

    def find(self, pk: int, share: int) -> Assignment:
        """Returns a share of a visible case. Raises Http404 if it does not exist."""
        return share_in_sight(self.user, pk, share, *PAGE_NAMES)

    def form_options(self) -> Context:
        """Returns the share, which some forms ask about."""
        return {"share": self.row}

    def prepare(self, arguments: Cleaned) -> None:
        """Stores the photos if the verb is open, so that a refusal does not lose them."""
        if self.verb in WITH_PHOTOS:
            self.require()
            arguments["photos"] = [stored_photo(upload, by=self.user) for upload in arguments["photos"]]

    def refused(self, form: Any, refusal: Refusal) -> Any:
        """Shows the refusal of a single photo beside the field of all photos."""
        return super().refused(form, refusal_of_photos(refusal))

    def sentence(self, result: Assignment) -> str:
        """Returns what was done with which case."""
        return f"已{self.declaration.word}：{self.row.case.title}（{self.row.case.number}）"

    def back(self) -> str:
        """Returns the address of the case."""
        return reverse("workflow:case", args=[self.row.case_id])

    def after(self, result: Assignment) -> str:
        """Returns the address of the case, or of the tray if the unit has left the case."""
        seen = Case.objects.visible_to(self.user).filter(pk=self.row.case_id).exists()
        return self.back() if seen else reverse("workflow:tray")

    def context(self) -> Context:
        """Returns the brief of the case beside the form."""
        case = self.row.case
        return {
            "title": f"{self.declaration.word} {case.title} {case.number}",
            "heading": self.declaration.word,
            "case": case,
            "modules": [*modules_for(self.declaration.form), "js/phrases.js", "js/keep_words.js"],
            "kept_as": "" if case.confidential else f"{self.user.pk}:{self.row.pk}:{self.verb}",
            "under": f"{self.row.unit.name}：{self.row.task}",
            "brief": brief_of(case),
            "aside": "workflow/brief.html",
        }
