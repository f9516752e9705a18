"""The forms of re-checks. Forms translate; the actions decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from common.web.form_fields import CHOOSE, FindableSelect, area_field, day_field, number_field
from common.web.versions import VersionedForm
from grids.models import Division
from rechecks import states
from rechecks.actions import MOST


class DrawForm(forms.Form):
    """From which cases to draw, and how many."""

    division = forms.ChoiceField(label="抽哪里", widget=FindableSelect, error_messages=CHOOSE)
    kind = forms.ChoiceField(
        label="抽哪些", choices=list(states.KINDS.items()), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    since = day_field("结案日期从", missing="请选开始的日子。")
    until = day_field("结案日期到", missing="请选结束的日子。")
    size = number_field("抽几件", least=1, most=MOST)

    def __init__(self, *args: Any, places: Sequence[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.code: place for place in places}
        choices = [(place.code, place.name) for place in places]
        self.fields["division"].choices = choices  # type: ignore[attr-defined]

    def place(self) -> Division:
        """The place that was chosen."""
        return self.places[self.cleaned_data["division"]]


class FindForm(VersionedForm):
    """What was found on the spot."""

    finding = forms.ChoiceField(
        label="抽查结果",
        choices=[(finding, states.STATUSES[finding]) for finding in states.FINDINGS],
        widget=forms.RadioSelect,
        error_messages=CHOOSE,
    )
    note = area_field("现场情况", limit=500, help_text="没有办成、无法核实的必须写明；不写群众姓名和电话。")
