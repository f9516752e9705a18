"""The forms of joint handling: which units join, and the verbs of a share (Art. 17)."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from common.web.form_fields import FindableChecks, FindableSelect
from common.web.versions import VersionedForm
from workflow.forms import PhotosField, VerbForm, text_area
from workflow.models import Assignment, Case
from workflow.suggestions import lower_units, units_to_join
from workflow.time_requests import limit_of_matter, unit_word


class JoinForm(VerbForm):
    """Which units assist, what they are asked to do, and how long they may take."""

    units = forms.ModelMultipleChoiceField(
        label="协办单位",
        queryset=None,
        widget=FindableChecks,
        error_messages={"required": "请选择协办单位。", "invalid_choice": "有单位不能协办这里的事，请重选。"},
    )
    note = text_area("请协办做什么", help_text="对方会看到")
    amount = forms.IntegerField(
        label="多长时间",
        required=False,
        min_value=1,
        max_value=10_000,
        error_messages={"invalid": "请填写整数。", "min_value": "至少 1。"},
    )

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        self.fields["units"].queryset = units_to_join(case)  # type: ignore[attr-defined]
        unit = unit_word(limit_of_matter(case))
        self.fields["amount"].label = f"多少{unit}以内反馈"
        self.fields["amount"].help_text = "不写的与整件事同时到期；不能晚于整件事"


class ShareForm(VersionedForm):
    """A verb of a share without input."""

    def __init__(self, *args: Any, share: Assignment, **kwargs: Any) -> None:
        self.share = share
        super().__init__(*args, **kwargs)


class ShareReasonForm(ShareForm):
    """A verb that needs a reason which the other side reads."""

    note = text_area("理由", help_text="对方会看到")


class ShareResultForm(ShareForm):
    """The result of the share, with photos if there are any."""

    result = text_area("协办结果", help_text="做了什么、解决了没有")
    photos = PhotosField(label="办理后照片")


class PassDownForm(ShareForm):
    """Which unit below takes the share over, and what it must do."""

    unit = forms.ModelChoiceField(
        label="下一级单位",
        queryset=None,
        empty_label="请选择单位",
        widget=FindableSelect,
        error_messages={"required": "请选择单位。", "invalid_choice": "这不是下一级的单位，请另选。"},
    )
    note = text_area("转给它做什么", help_text="对方会看到")

    def __init__(self, *args: Any, share: Assignment, **kwargs: Any) -> None:
        super().__init__(*args, share=share, **kwargs)
        self.fields["unit"].queryset = lower_units(share.unit)  # type: ignore[attr-defined]
