"""The forms of a proposal: applicant, matter, its new content, and what the department provides."""

from __future__ import annotations

from typing import Any

from django import forms

from common.shapes import Cleaned
from common.web.form_fields import area_field, published_area
from common.web.versions import VersionedForm
from matters.actions import ProposalDraft
from matters.actions.drafting import REASON_LIMIT
from matters.actions.steps import NOTE_LIMIT
from matters.content import MatterContent
from matters.forms.content import NEEDED, ContentForm
from matters.models import Matter
from personnel.models import Organization

BODY = dict.fromkeys(("required", "invalid_choice"), "请选择您能代表的单位。")
NEEDED_BESIDE = ("reason", "funding", "training", "held_elsewhere")
BEFORE_SUBMITTING = "提交前填写"
MATTER = dict.fromkeys(("required", "invalid_choice"), "请从本县区最新一版清单里选择事项。")


class ApplicationForm(VersionedForm):
    """Who applies and why. The body is asked only if there is a choice."""

    applicant = forms.ModelChoiceField(
        label="申请单位", queryset=Organization.objects.none(), empty_label="请选择单位", error_messages=BODY
    )
    matter = forms.ModelChoiceField(
        label="哪一项", queryset=Matter.objects.none(), empty_label="请选择事项", error_messages=MATTER
    )
    reason = published_area("理由", limit=REASON_LIMIT, rows=4, help_text="审查、公示时都会附上。")

    def __init__(
        self, *args: Any, kind: str, bodies: list[Organization], matters: Any, version: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, version=version, **kwargs)
        self.proposal_kind, self.bodies = kind, bodies
        is_new = not version
        if is_new:
            del self.fields["version"]
        if is_new and len(bodies) > 1:
            offered = Organization.objects.filter(pk__in=[body.pk for body in bodies]).order_by("code")
            self.fields["applicant"].queryset = offered  # type: ignore[attr-defined]
        else:
            del self.fields["applicant"]
        if kind in ("adjust", "exit"):
            self.fields["matter"].queryset = matters  # type: ignore[attr-defined]
            self.fields["matter"].label_from_instance = lambda row: f"{row.code} {row.name}"  # type: ignore[attr-defined]
        else:
            del self.fields["matter"]
        for name in {*NEEDED, *NEEDED_BESIDE} & self.fields.keys():
            self.fields[name].needed = BEFORE_SUBMITTING  # type: ignore[attr-defined]
        if kind == "adjust":
            self.fields["matter"].widget = forms.HiddenInput()

    def new_content(self) -> MatterContent | None:
        """Returns None: an exit has no new content."""
        return None

    def arguments(self) -> Cleaned:
        """Returns what is saved, and the version that the user saw."""
        return {"version": self.cleaned_data["version"], "draft": self.draft()}

    def draft(self) -> ProposalDraft:
        """Returns what was filled in."""
        cleaned = self.cleaned_data
        return ProposalDraft(
            kind=self.proposal_kind,
            applicant=cleaned.get("applicant") or self.bodies[0],
            reason=cleaned["reason"],
            content=self.new_content(),
            matter=cleaned.get("matter"),
            **{name: cleaned.get(name, "") for name in ("funding", "training", "held_elsewhere")},
        )


class ExitForm(ApplicationForm):
    """A proposal to remove a matter from the list."""


class ProposalForm(ApplicationForm, ContentForm):
    """A proposal to admit a matter, permanently or for a time, or to change it."""

    funding = area_field("经费保障", limit=NOTE_LIMIT, rows=2)
    training = area_field("培训安排", limit=NOTE_LIMIT, rows=2)
    held_elsewhere = area_field(
        "别处已有哪些数据",
        limit=NOTE_LIMIT,
        rows=2,
        help_text="哪个部门、哪个系统已经有这些数据；没有的写“无”。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.proposal_kind != "temporary":
            del self.fields["ends_on"]
        self.order_fields(["applicant", "matter", "reason"])

    def new_content(self) -> MatterContent:
        """Returns the proposed content of the matter."""
        return self.content()
