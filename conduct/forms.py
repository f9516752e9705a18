"""The forms of the complaint pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from common.web.form_fields import (
    CHOOSE,
    area_field,
    code_field,
    day_field,
    key_field,
    phone_field,
    published_area,
    text_field,
)
from common.web.versions import VersionedForm
from conduct import states
from personnel.finding import PersonSelect


class PhotosInput(forms.ClearableFileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to three pictures; the action checks each of them."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return every file that was sent."""
        return [super(PhotosField, self).clean(each, initial) for each in data or [] if each]


class ComplaintForm(forms.Form):
    """A complaint about a person of a grid."""

    key = key_field()
    person = forms.ModelChoiceField(
        label="投诉谁", queryset=User.objects.none(), required=False, empty_label="说不清，或不在名单里",
        error_messages={"invalid_choice": "这个人不在本网格，请重新选择。"},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="哪一类", choices=list(states.KINDS.items()), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    text = area_field("什么情况", limit=2000, missing="请写一下是什么情况。", rows=5)
    occurred_on = day_field("哪天的事", missing="", required=False)
    concerns_township = forms.BooleanField(label="也涉及乡镇街道，请由县区办理", required=False)
    photos = PhotosField(
        label="证据照片",
        required=False,
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png,image/webp", "multiple": True}),
        help_text="最多 3 张。",
    )
    contact_name = text_field("您的姓名", limit=40, help_text="可以不写。加密保存，被投诉的人看不到。")
    contact_phone = phone_field("您的电话", help_text="可以不写。写了方便核实，手机、座机都可以。")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]


class CodeForm(forms.Form):
    """The code that the complainant got."""

    code = code_field("查询码", limit=40, missing="请填写查询码。", help_text="投诉时给您的 16 位查询码。")


class NameForm(VersionedForm):
    """The person whom the complaint is about."""

    person = forms.ModelChoiceField(
        label="投诉的是谁",
        queryset=User.objects.none(),
        empty_label="请选择",
        widget=PersonSelect,
        error_messages=CHOOSE,
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]


class DismissForm(VersionedForm):
    """The reason why a complaint is not examined."""

    answer = published_area("理由", limit=1000, missing="请写明理由。", help_text="投诉人凭查询码看得到。")


class DecideForm(VersionedForm):
    """The finding and the measure."""

    finding = forms.ChoiceField(
        label="结论", choices=list(states.FINDINGS.items()), widget=forms.RadioSelect, error_messages=CHOOSE
    )
    effect = forms.ChoiceField(label="处理", choices=list(states.EFFECTS.items()), error_messages=CHOOSE)
    answer = published_area(
        "答复", limit=1000, missing="请写一句答复。", help_text="投诉人凭查询码看得到，不写个人信息。"
    )


class StatementForm(VersionedForm):
    """The statement of the person concerned."""

    statement = area_field("您的说明", limit=2000, missing="请写一下情况。", rows=5)
