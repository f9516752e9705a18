"""The forms for a task that a department hands to grids, and for a task that a worker records."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from common.web.form_fields import CHOOSE, day_field, key_field, text_field
from grids.models import Grid
from matters.models import Matter
from personnel.models import Organization


class RequestForm(forms.Form):
    """The task itself. Without a matter, the list does not ask for it."""

    organization = forms.ModelChoiceField(
        label="派出单位", queryset=Organization.objects.none(), empty_label=None, error_messages=CHOOSE
    )
    matter = forms.ModelChoiceField(
        label="清单上的事项",
        queryset=Matter.objects.none(),
        required=False,
        empty_label="不在清单",
        help_text="清单没有的，网格可以不接。",
        error_messages={"invalid_choice": "这个事项不在现行清单，请重新选择。"},
    )
    text = text_field("要做什么", limit=200, missing="请写明要做什么。")
    due_on = day_field("希望哪天做完", missing="", required=False)
    key = key_field()

    def __init__(
        self, *args: Any, bodies: QuerySet[Organization], matters: QuerySet[Matter], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["matter"].queryset = matters  # type: ignore[attr-defined]


class HandForm(RequestForm):
    """The task, and the grids that it goes to."""

    grids = forms.ModelMultipleChoiceField(
        label="派给哪些网格",
        queryset=Grid.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请选择网格。",
            "invalid_choice": "有网格不在这个乡镇街道，请重新选择。",
            "invalid_pk_value": "有网格不在这个乡镇街道，请重新选择。",
        },
    )

    def __init__(self, *args: Any, grids: QuerySet[Grid], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["grids"].queryset = grids  # type: ignore[attr-defined]


class RecordForm(RequestForm):
    """A task that a worker was given outside the platform, and the grid that it concerns."""

    grid = forms.ModelChoiceField(
        label="网格", queryset=Grid.objects.none(), empty_label=None, error_messages=CHOOSE
    )
    field_order = ("organization", "text", "matter", "due_on", "grid")

    def __init__(self, *args: Any, grids: QuerySet[Grid], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["grid"].queryset = grids  # type: ignore[attr-defined]
