"""The forms about a unit's part in a case: who must handle it, and how long it may take (Art. 17, 18)."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from common.web.form_fields import FindableChecks, day_field
from workflow.forms import UnitForm, VerbForm, text_area
from workflow.models import Case, TimeRequest
from workflow.suggestions import units_for
from workflow.time_requests import LONGEST_SHELVING, limit_of_matter, most_of, unit_word


class RulingForm(UnitForm):
    """Names the unit that must handle the case after a conference, with its minutes."""

    reason = text_area("会商纪要")

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        minutes = self.fields["reason"]
        minutes.initial, minutes.help_text = "", "谁参加、依据什么、由谁主办；各单位都会看到"


class ConferenceForm(VerbForm):
    """Invites units to the conference about who must handle the case."""

    units = forms.ModelMultipleChoiceField(
        label="参加会商的单位",
        queryset=None,
        widget=FindableChecks,
        error_messages={"required": "请选择参加会商的单位。", "invalid_choice": "有单位不服务此地，请重选。"},
    )
    note = text_area("会商安排", help_text="时间、方式和要商量的问题；被邀请的单位会看到")

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        self.fields["units"].queryset = units_for(case)  # type: ignore[attr-defined]


class ExtensionForm(VerbForm):
    """Asks for more time: how much, counted as the matter's own limit is, and why."""

    amount = forms.IntegerField(
        label="延长多少",
        min_value=1,
        error_messages={
            "required": "请填写延长多少。",
            "invalid": "请填写整数。",
            "min_value": "至少延长 1。",
        },
    )
    note = text_area("为什么按期办不完", help_text="审批机构会看到")

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        limit = limit_of_matter(case)
        amount = self.fields["amount"]
        amount.label = f"延长多少{unit_word(limit)}"
        amount.help_text = (
            f"原时限 {limit.words()}，最多延长 {most_of(limit)} {unit_word(limit)}；须在到期以前申请"
        )


class ShelvingForm(VerbForm):
    """Asks to shelve a case: the ground, the day of review, and why."""

    ground = forms.ChoiceField(
        label="挂账原因",
        choices=TimeRequest.Ground.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择挂账原因。", "invalid_choice": "请在三项中选一项。"},
    )
    review_on = day_field(
        "复核日期",
        missing="请选择复核日期。",
        help_text=f"这一天开始时自动恢复办理，最长 {LONGEST_SHELVING} 天",
    )
    note = text_area("为什么现在办不了", help_text="写明到时怎么办；审批机构和上报人会看到")
