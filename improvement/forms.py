"""The forms of improvement tasks. Forms translate; the actions decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from common.web.form_fields import CHOOSE, area_field, day_field
from common.web.versions import VersionedForm
from workflow.addressees import Addressee

LONGEST = 2000


class OwnerForm(VersionedForm):
    """Who is responsible, and until when."""

    owner = forms.ChoiceField(label="由谁治理", widget=forms.RadioSelect, error_messages=CHOOSE)
    due_on = day_field("期限", missing="", required=False, help_text="不填的按全市的时限算。")
    note = area_field("理由", limit=500, help_text="改由别人负责时必须写。")

    def __init__(self, *args: Any, owners: Sequence[Addressee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [(one.key, one.words) for one in owners]  # type: ignore[attr-defined]


class PlanForm(VersionedForm):
    """What is going to be done."""

    plan = area_field("打算怎么治理", limit=LONGEST, missing="请写明打算怎么治理。", rows=6)


class ResultForm(VersionedForm):
    """What was done."""

    result = area_field("做了什么", limit=LONGEST, missing="请写明做了什么。", rows=6)


class NoteForm(VersionedForm):
    """A verb with a remark."""

    note = area_field("说明", limit=500)


class ReasonForm(VersionedForm):
    """A verb that needs a reason which the other side reads."""

    note = area_field("理由", limit=500, missing="请写明理由。", help_text="对方会看到")


class ExtendForm(ReasonForm):
    """A later day, once."""

    due_on = day_field("延长到", missing="请选延长到哪一天。")
