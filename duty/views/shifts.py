"""The verb pages of one shift."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from common.web.verb_page import Verb, VerbPage
from duty.actions import hand_over_duty, take_off_roster
from duty.actions.shifts import LIFE
from duty.forms import HandOverForm
from duty.models import DutyShift
from duty.states import VERBS
from duty.visibility import shift_in_sight


class ShiftVerb(VerbPage):
    """A verb of a shift in sight."""

    life = LIFE
    verbs = {
        "hand_over_duty": Verb(
            hand_over_duty,
            VERBS["hand_over_duty"],
            "从现在起由下一班的人值班，紧急事项叫他；您写的话他马上收到。",
            HandOverForm,
        ),
        "take_off_roster": Verb(
            take_off_roster,
            VERBS["take_off_roster"],
            "这一班从值班表撤下；没有人接着排，这段时间紧急事项叫全体。",
            is_dangerous=True,
        ),
    }

    def find(self, pk: int) -> DutyShift:
        """Returns a shift in sight."""
        return shift_in_sight(self.user, pk)

    def sentence(self, result: DutyShift) -> str:
        """Returns what was done with which shift."""
        return f"已{self.declaration.word}：{result.words}"

    def back(self) -> str:
        """Returns the address of the roster."""
        return reverse("duty:roster", args=[self.row.body_id])

    def context(self) -> dict[str, Any]:
        """Returns the title, and which shift it is."""
        return {
            "title": f"{self.declaration.word} {self.row.body.name}",
            "heading": self.declaration.word,
            "under": f"{self.row.body.name} · {self.row.words} · {self.row.names}",
        }
