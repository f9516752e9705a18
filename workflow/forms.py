"""The form of each verb. Forms translate; the actions decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import User
from common.numbers import whole_number
from common.shapes import Cleaned
from common.web.form_fields import text_field
from common.web.versions import VersionedForm
from workflow.contacts import CONTACT_FIELDS
from workflow.models import Attachment, Case
from workflow.report_choices import given_answers, matter_choices
from workflow.returns import decider_of, ground_of
from workflow.suggestions import suggest_unit, units_for
from worktime.clocks import day_of

TEXT_LIMIT = 2000


def _area(label: str, *, required: bool = True, rows: int = 3, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=TEXT_LIMIT,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {TEXT_LIMIT} 字，您写了 %(show_value)s 字。",
        },
    )


class MultiplePhotoInput(forms.ClearableFileInput):
    """A file input that takes several pictures, from camera or album."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Zero or more uploaded pictures; they are decoded in the action, not here."""

    part = "workflow/photos_field.html"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(
            widget=MultiplePhotoInput(attrs={"accept": "image/jpeg,image/png,image/webp"}), **kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(PhotosField, self).clean(each, initial) for each in data or [] if each]


def answers_in(sent: Mapping[str, str]) -> dict[str, str]:
    """Returns the answers to the chosen matter's own questions: the fields ``ask-<matter>-<key>``."""
    start = f"ask-{sent.get('matter_id', '')}-"
    return {name.removeprefix(start): sent[name] for name in sent if name.startswith(start)}


class UuidsField(forms.CharField):
    """The numbers of photos that are stored already, separated by spaces."""

    def clean(self, value: Any) -> list[UUID]:
        """Returns the numbers. Values that are not numbers are ignored, because the user cannot correct them."""
        found = []
        for word in str(super().clean(value)).split()[:18]:
            try:
                found.append(UUID(word))
            except ValueError:
                continue
        return found


class VerbForm(VersionedForm):
    """A verb without input."""

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        self.case, self.user = case, user
        super().__init__(*args, version=case.version, **kwargs)


class NoteForm(VerbForm):
    """A verb with an optional note."""

    note = _area("说明", required=False)


class ReasonForm(VerbForm):
    """A verb that needs a reason which the other side reads."""

    note = _area("理由", help_text="对方会看到")


class HandBackForm(ReasonForm):
    """Hands back a case. The form says why the case came to this unit, and who decides."""

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        self.fields["note"].help_text = f"{ground_of(case)}。{decider_of(case)}"


class UnitForm(VerbForm):
    """Chooses the responsible unit. The suggested unit is already selected."""

    unit = forms.ModelChoiceField(
        label="责任单位",
        queryset=None,
        empty_label="请选择责任单位",
        error_messages={"required": "请选择责任单位。", "invalid_choice": "这个单位不服务此地，请另选。"},
    )
    reason = forms.CharField(label="交办依据", required=False, max_length=300)

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        self.fields["unit"].queryset = units_for(case)  # type: ignore[attr-defined]
        self.suggestion = suggest_unit(case)
        if self.suggestion:
            self.fields["unit"].initial = self.suggestion.unit.pk
            self.fields["reason"].initial = self.suggestion.reason


class ResultForm(VerbForm):
    """The result of the work, with photos if there are any."""

    result = _area("办理结果", help_text="做了什么、解决了没有")
    photos = PhotosField(label="办理后照片")


class SupplementForm(VerbForm):
    """What is added to a report: words, photos, or both."""

    note = _area("补充什么", required=False, help_text="正在办这件事的人马上看得到；不影响办理时限")
    photos = PhotosField(label="现场照片")


class MergeForm(VerbForm):
    """The number of the case that this one repeats."""

    into = forms.CharField(
        label="并入的事项编号", max_length=30, error_messages={"required": "请填写事项编号。"}
    )

    def clean_into(self) -> Case:
        """Reads ``20261123-000123`` or only the running number. Returns the case."""
        number = whole_number(self.cleaned_data["into"].strip().rsplit("-", 1)[-1])
        known = Case.objects.visible_to(self.user).in_division("township", self.case.township_id)
        found = known.filter(pk=number).first() if number is not None else None
        if found is None:
            raise forms.ValidationError("本乡镇街道没有这个编号的事项，请核对。")
        return found


class RateForm(VerbForm):
    """The resident's rating."""

    rating = forms.ChoiceField(
        label="评价",
        choices=Case.Rating.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项评价。"},
    )
    note = _area("想说的话", required=False, help_text="不满意时请说一句原因")


class MatterField(forms.IntegerField):
    """The matter, chosen from the list in force when the case was reported."""

    part = "workflow/correction_matter.html"


class MorePhotosField(PhotosField):
    """Photos that are added to those of the report. ``demand`` is set where it has none yet."""

    part = "workflow/correction_photos.html"
    demand = ""


class PlaceField(forms.CharField):
    """Where it is, which some matters demand."""

    part = "workflow/place_field.html"


class CorrectionForm(VerbForm):
    """The whole returned report with its old content filled in: photos, matter and its questions, place, words."""

    photos = MorePhotosField(label="现场照片")
    matter_id = MatterField(label="事项", required=False)
    place = PlaceField(label="具体地点", required=False, max_length=200)
    description = _area("情况")
    note = _area("补正说明", required=False)
    demands = True

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        for name in ("description", "place", "matter_id"):
            self.fields[name].initial = getattr(case, name)
        if not case.attachments.filter(kind=Attachment.Kind.REPORT).exists():
            self.fields["photos"].demand = "photo"  # type: ignore[attr-defined]
        self.chosen_matter = str(self["matter_id"].value() or "")
        self.is_unlisted = not self.chosen_matter
        asked = self.data if self.is_bound else given_answers(case)
        day = day_of(case.reported_at)
        self.matters = matter_choices(
            user, case.county_id, day=day, grid_ids=[case.grid_id], asked=asked, chosen=case.matter
        )

    def said(self) -> Cleaned:
        """Returns the correction as the verb takes it."""
        said = dict(self.cleaned_data)
        said["matter"] = said.pop("matter_id")
        said["answers"] = answers_in(self.data)
        return said


class ResidentForm(forms.Form):
    """A resident's rating, by code."""

    rating = forms.ChoiceField(
        label="办得怎么样",
        choices=Case.Rating.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项评价。", "invalid_choice": "请在三项中选一项。"},
    )
    note = _area("想说的话", required=False, help_text="不满意时请说一句原因，我们会返工一次")


class ContactForm(forms.Form):
    """How the resident can be reached; every field may stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in CONTACT_FIELDS:
            widget = forms.TextInput(attrs={"type": field.input_type, "autocomplete": "off"})
            self.fields[field.key] = text_field(field.full_label, limit=field.limit, widget=widget)

    def contact_fields(self) -> list[forms.BoundField]:
        """Returns the fields for parts of the page that show them together."""
        return [self[field.key] for field in CONTACT_FIELDS]

    def has_contact(self) -> bool:
        """Whether anything is filled in."""
        return any(field.value() for field in self.contact_fields())


class ReportForm(ContactForm):
    """The report: place, matter, a sentence, photos. Grid, time and reporter are filled in already."""

    OUTCOMES = (("send", "上报"), ("handling", "我来处理"), ("solved", "已当场解决"))

    grid_id = forms.IntegerField(label="网格", required=False)
    matter_id = forms.IntegerField(label="事项", required=False)
    title = forms.CharField(label="清单里没有，写一句是什么事", required=False, max_length=80)
    description = _area("情况", required=False)
    place = forms.CharField(label="具体地点", required=False, max_length=200)
    lon = forms.FloatField(
        label="经度", required=False, widget=forms.HiddenInput, min_value=-180, max_value=180
    )
    lat = forms.FloatField(
        label="纬度", required=False, widget=forms.HiddenInput, min_value=-90, max_value=90
    )
    accuracy_m = forms.IntegerField(
        label="定位误差", required=False, widget=forms.HiddenInput, min_value=0, max_value=100_000
    )
    occurred_at = forms.DateTimeField(
        label="发生时间", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": "发生时间的格式不对，请重新选择。"},
    )  # fmt: skip
    for_resident = forms.BooleanField(label="群众反映（办结后请其评价）", required=False)
    outcome = forms.ChoiceField(label="怎么办理", choices=OUTCOMES, required=False, initial="send")
    result = _area("怎么解决的", required=False)
    photos = PhotosField(label="现场照片")
    result_photos = PhotosField(label="解决后照片")
    kept_photos = UuidsField(label="已收到的照片", required=False, widget=forms.HiddenInput)
    kept_results = UuidsField(label="已收到的照片", required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(label="表单编号", required=False, widget=forms.HiddenInput)
    written_at = forms.DateTimeField(label="写成时间", required=False, widget=forms.HiddenInput)

    first_report: Mapping[str, object] | None = None  # number and address, if the same form was sent before

    def has_visible(self, name: str) -> bool:
        """Whether the user sees this field."""
        return name in self.fields and not self[name].is_hidden
