"""The forms of a plan: its content, and one form per verb. Forms only read input; the actions decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from common.shapes import Cleaned
from common.web.form_fields import area_field, day_field, key_field, published_area, published_line
from common.web.versions import VersionedForm
from filing.forms import ReceiptForm, RemarksForm
from grids.models import Division
from plans.actions.plans import NOTE_LIMIT, REASON_LIMIT, TITLE_LIMIT, PlanDraft
from plans.models import GridPlan


class PlanForm(forms.Form):
    """Title, reason, kind and day of a plan; the county only if there is a choice."""

    county = forms.ModelChoiceField(
        label="县区",
        queryset=None,
        empty_label="请选择县区",
        to_field_name="code",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择县区。"),
    )
    title = published_line("方案名称", limit=TITLE_LIMIT, missing="请填写方案名称。")
    kind = forms.ChoiceField(
        label="类别",
        choices=GridPlan.Kind.choices,
        widget=forms.RadioSelect,
        help_text="第一次划分网格选“划分方案”，以后改动选“调整方案”。",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择划分方案或调整方案。"),
    )
    effective_on = day_field("生效日期", missing="请填写生效日期。")
    reason = published_area(
        "理由",
        limit=REASON_LIMIT,
        missing="请写明划分或调整的理由。",
        rows=5,
        help_text="会签、公布和备案时都会附上。",
    )
    key = key_field()

    def __init__(
        self, *args: Any, counties: list[Division], earliest: date, notice_days: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.counties = counties
        if len(counties) > 1:
            offered = Division.objects.filter(pk__in=[county.pk for county in counties]).order_by("code")
            self.fields["county"].queryset = offered.defer("outline")  # type: ignore[attr-defined]
        else:
            del self.fields["county"]
        self.fields["kind"].initial = GridPlan.Kind.ADJUSTMENT
        day = self.fields["effective_on"]
        day.widget.attrs["min"] = earliest.isoformat()
        day.help_text = (
            f"公布后至少 {notice_days} 天才能生效，今天公布最早 {earliest.year}年{earliest.month}月{earliest.day}日；"
            "会签和批准也要留出时间。"
        )

    def chosen_county(self) -> Division:
        """Return the chosen county, or the only one offered."""
        found: Division = self.cleaned_data.get("county") or self.counties[0]
        return found

    def draft(self) -> PlanDraft:
        """Return the cleaned input as a draft."""
        cleaned = self.cleaned_data
        return PlanDraft(
            title=cleaned["title"],
            reason=cleaned["reason"],
            effective_on=cleaned["effective_on"],
            kind=cleaned["kind"],
        )


class RevisionForm(PlanForm, VersionedForm):
    """Change the same content while the plan is in drafting."""

    def arguments(self) -> Cleaned:
        """Return the draft to save, and the version that the user saw."""
        return {"version": self.cleaned_data["version"], "draft": self.draft()}


class NoteForm(VersionedForm):
    """A verb with an optional note."""

    note = area_field("说明", limit=NOTE_LIMIT)


class SendForm(VersionedForm):
    """An optional note to the city with the package."""

    note = published_area("说明", limit=NOTE_LIMIT)


class ReasonForm(VersionedForm):
    """A verb that needs a reason, which the other parties read."""

    note = area_field("理由", limit=NOTE_LIMIT, missing="请写明理由。", help_text="起草和会签的各方会看到。")


class ReversalForm(VersionedForm):
    """The day on which the former state is to return."""

    effective_on = day_field("恢复生效日期", missing="请填写生效日期。")


FORMS: dict[str, type[VersionedForm]] = {
    "submit": VersionedForm,
    "consent": NoteForm,
    "object": ReasonForm,
    "return_to_draft": ReasonForm,
    "approve": NoteForm,
    "publish": VersionedForm,
    "withdraw": ReasonForm,
    "send_filing": SendForm,
    "receive_filing": ReceiptForm,
    "return_filing": RemarksForm,
    "reverse": ReversalForm,
}
