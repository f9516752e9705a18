"""The forms of the access pages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from access import states
from access.actions import GrantDraft
from access.tiers import LONGEST_REASON
from accounts.models import User
from common.web.form_fields import area_field, day_field, key_field, text_field
from common.web.versions import VersionedForm
from grids.models import Division
from personnel.finding import PersonField, offer_people
from personnel.models import Organization
from worktime.clocks import SHANGHAI


class RevealForm(forms.Form):
    """The reason for revealing masked data."""

    reason = text_field(
        "为什么要看",
        limit=LONGEST_REASON,
        missing="请写明为什么要看；上级能看到。",
        help_text="例如：事项处置需要联系反映人。这句话上级能看到；看工作人员的，本人也能看到。",
    )


class GrantForm(forms.Form):
    """The application for a special grant."""

    grantee = PersonField(
        label="给谁",
        anybody=False,
        missing="您管理的在任人员里没有这个人，请核对姓名、账号或工作电话。",
        help_text="填写对方的姓名、拼音首字母、账号或工作电话。",
    )
    verb = forms.ChoiceField(
        label="权限",
        choices=[("", "请选择权限"), *states.GRANTABLE.items()],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择权限。"),
    )
    place = forms.ChoiceField(
        label="范围",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择范围。"),
        help_text="保密线索可以授权到一个单位；其他授权到一个区划，包括它下面的区划。",
    )
    purpose = area_field("用途", limit=200, missing="请写明用途，至少 6 个字。", rows=2)
    expires_on = day_field(
        "到期日期", missing="请填写到期日期。", help_text="当天二十四时到期，最长 180 天。"
    )
    key = key_field()

    def __init__(
        self,
        *args: Any,
        places: list[tuple[str, str]],
        people: QuerySet[User],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, "grantee", people, day=today)
        self.fields["place"].choices = [("", "请选择范围"), *places]  # type: ignore[attr-defined]

    def clean_expires_on(self) -> datetime:
        """Return the end of the day in Puyang, as a moment."""
        day: date = self.cleaned_data["expires_on"]
        try:
            return datetime.combine(day + timedelta(days=1), time.min, tzinfo=SHANGHAI)
        except OverflowError as error:
            raise forms.ValidationError("日期太远了；专项授权最长 180 天。") from error

    def draft(self) -> GrantDraft:
        """Return the application from the cleaned input."""
        cleaned = self.cleaned_data
        kind, _, number = cleaned["place"].partition(":")
        place: Division | Organization
        if kind == "division":
            place = Division.objects.defer("outline").get(pk=int(number))
        else:
            place = Organization.objects.get(pk=int(number))
        return GrantDraft(
            cleaned["grantee"], cleaned["verb"], place, cleaned["purpose"], cleaned["expires_on"]
        )


class NoteForm(VersionedForm):
    """A decision on a special grant, with its reason."""

    note = area_field("意见", limit=200, rows=2)


class LooksForm(forms.Form):
    """The filter of the access log."""

    q = text_field(
        "查看人", limit=40, widget=forms.TextInput(attrs={"class": "input", "placeholder": "姓名或账号"})
    )
    tier = forms.ChoiceField(
        label="级别",
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
        choices=[("", "全部级别"), ("T2", "个人信息"), ("T3", "敏感个人信息"), ("T4", "保密来源")],
    )
