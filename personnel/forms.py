"""The forms of the pages of posts and bodies."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from common.shapes import Cleaned
from common.web.form_fields import (
    area_field,
    day_field,
    identity_field,
    phone_field,
    reference_field,
    text_field,
)
from common.web.versions import VersionedForm
from personnel.finding import PersonField, offer_people
from personnel.identity import PersonDraft, tidied, why_not_person
from personnel.models import Organization
from personnel.posts import SOURCES

CHOOSE = dict.fromkeys(("required", "invalid_choice"), "请从列表里选择。")

READ_BY = "申请人和本人看得到。"


class AppointForm(forms.Form):
    """Post somebody to a grid or a village."""

    user = PersonField()
    source = forms.ChoiceField(label="来源", error_messages=CHOOSE, help_text="条例第十条规定的来源。")
    starts_on = day_field("到岗日期", missing="请填写到岗日期。")
    appointed_by = forms.ModelChoiceField(
        label="任命机构", queryset=Organization.objects.none(), required=False, empty_label="不填"
    )
    document = reference_field("文号", limit=80)

    def __init__(
        self, *args: Any, role: str, bodies: Any, people: QuerySet[User], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "user", people, day=today)
        self.fields["source"].choices = [(word, word) for word in SOURCES[role]]  # type: ignore[attr-defined]
        self.fields["appointed_by"].queryset = bodies  # type: ignore[attr-defined]

    def post(self) -> Cleaned:
        """Return the fields of the post: who, from which day, from which source, by whom and by which document."""
        found = dict(self.cleaned_data)
        return {"on": found.pop("starts_on"), **found}


class StandInForm(forms.Form):
    """Cover a post during leave."""

    user = PersonField(label="谁来替岗")
    starts_on = day_field("第一天", missing="请填写替岗的第一天。")
    until = day_field("最后一天", missing="请填写替岗的最后一天。", help_text="最长 90 天，到期自动结束。")

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "user", people, day=today)


class EnrolForm(forms.Form):
    """A new member of staff."""

    name = text_field("姓名", limit=40, missing="请填写姓名。")
    phone = phone_field(
        "工作电话", missing="请填写工作电话，公示牌上要用。", help_text="公示牌上公开的手机号。"
    )
    username = text_field("账号", limit=40, help_text="不填就用工作电话。")
    private_phone = phone_field("私人电话", help_text="加密保存，平时打星号。")
    home_address = text_field("住址", limit=100, help_text="加密保存，平时打星号。")
    id_number = identity_field("身份证号", help_text="加密保存，经专项授权的具名人员才能看。")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> Cleaned:
        """Check the whole input and report all faults at once."""
        cleaned: Cleaned = {**dict.fromkeys(self.fields, ""), **(super().clean() or {})}
        for name, sentence in why_not_person(tidied(PersonDraft(**cleaned)), today=self.today):
            if name not in self.errors:
                self.add_error(name, sentence)
        return cleaned


class OfficeForm(forms.Form):
    """Post somebody to a body."""

    user = PersonField()
    role = forms.ChoiceField(label="岗位", error_messages=CHOOSE)
    starts_on = day_field("到岗日期", missing="请填写到岗日期。")

    def __init__(
        self, *args: Any, roles: list[tuple[str, str]], people: QuerySet[User], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "user", people, day=today)
        self.fields["role"].choices = [("", "请选择岗位"), *roles]  # type: ignore[attr-defined]


class BodyForm(forms.Form):
    """A new body."""

    name = text_field("名称", limit=80, missing="请填写机构名称。")
    kind = forms.ChoiceField(
        label="类别", choices=[("", "请选择类别"), *Organization.Kind.choices], error_messages=CHOOSE
    )
    function = text_field("职能", limit=40, help_text="如 城市管理、法律咨询；交办时按职能找责任单位。")
    parent = forms.ModelChoiceField(
        label="上级机构", queryset=Organization.objects.none(), required=False, empty_label="没有"
    )
    duty_phone = phone_field("值班电话")
    office_hours = text_field("办公时间", limit=80, help_text="空着就按全市办公时间。")
    founded_on = day_field("成立日期", missing="请填写成立日期。")

    def __init__(self, *args: Any, bodies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = bodies  # type: ignore[attr-defined]


class ChangeBodyForm(VersionedForm):
    """A new name, or another telephone."""

    name = text_field("名称", limit=80, missing="请填写机构名称。")
    duty_phone = phone_field("值班电话")
    office_hours = text_field("办公时间", limit=80, help_text="空着就按全市办公时间。")
    document = text_field("依据", limit=120, help_text="更名的文件名称和文号。")


class DeviceCodeFor(forms.Form):
    """The person whose phone will be bound."""

    account = PersonField(
        label="给谁",
        anybody=False,
        missing="您管理的人员里没有这个人，请核对姓名、账号或工作电话。",
        help_text="填写姓名、拼音首字母、账号或工作电话。本人要在旁边：码只显示一次，15 分钟内有效。",
    )

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "account", people, day=today)


class OpinionForm(VersionedForm):
    """An optional opinion on an application."""

    note = area_field("意见", limit=200, rows=2, help_text=READ_BY)


class ReasonForm(VersionedForm):
    """The reason for a refusal."""

    note = area_field("理由", missing="请写明不同意的理由。", limit=200, rows=2, help_text=READ_BY)


class RosterForm(forms.Form):
    """The upload of a roster."""

    file = forms.FileField(
        label="文件",
        help_text="Excel 工作簿 .xlsx，不超过 5 MB、5000 人。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "请选择文件。")
        | {"empty": "文件是空的。请重新导出后再上传。"},
    )
