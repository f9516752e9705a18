"""The forms of supervision orders. Forms translate; the actions decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from common.web.form_fields import area_field
from common.web.versions import VersionedForm
from supervision import states
from workflow.addressees import Addressee

LONGEST = 2000


class IssueForm(forms.Form):
    """Whom the order asks, and what."""

    to = forms.ChoiceField(
        label="督办谁",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择督办谁。", "invalid_choice": "只能督办与这件事有关的单位和人员。"},
    )
    questions = area_field(
        "要求答复的问题",
        limit=LONGEST,
        missing="请写明要对方答复什么。",
        help_text="一行一个问题；对方会看到",
    )

    def __init__(self, *args: Any, addressees: Sequence[Addressee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, one.words) for one in addressees]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        if choices:
            self.fields["to"].initial = choices[0][0]


class AnswerForm(VersionedForm):
    """The answer to the questions of the order."""

    answer = area_field("答复", limit=LONGEST, missing="请逐条答复督办单上的问题。", rows=6)


class AcceptForm(VersionedForm):
    """What follows from an accepted answer."""

    effect = forms.ChoiceField(
        label="怎么处理",
        choices=list(states.EFFECTS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择怎么处理。", "invalid_choice": "请在这几项中选一项。"},
    )
    note = area_field("说明", limit=500)


class ReasonForm(VersionedForm):
    """A verb that needs a reason which the other side reads."""

    note = area_field("理由", limit=500, missing="请写明理由。", help_text="对方会看到")
