"""The form of each verb. Forms translate; the actions decide."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import User
from common.numbers import whole_number
from common.shapes import Cleaned
from common.typed import code_in
from common.web.form_fields import (
    FindableSelect,
    key_field,
    phone_field,
    text_field,
)
from common.web.versions import VersionedForm
from workflow.called import CALLED
from workflow.contacts import CONTACT_FIELDS
from workflow.merging import merge_candidates
from workflow.models import Attachment, Case
from workflow.positions import BY_POSITION
from workflow.report_choices import given_answers, matter_choices
from workflow.returns import decider_of, ground_of
from workflow.searching import NUMBER
from workflow.suggestions import suggest_unit, units_for, units_of_desks
from workflow.territory import desks_of
from worktime.clocks import day_of

TEXT_LIMIT = 2000


def text_area(label: str, *, required: bool = True, rows: int = 3, help_text: str = "") -> forms.CharField:
    """A field for some sentences of at most ``TEXT_LIMIT`` characters."""
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

    note = text_area("说明", required=False)


class ReasonForm(VerbForm):
    """A verb that needs a reason which the other side reads."""

    note = text_area("理由", help_text="对方会看到")


class HandBackForm(ReasonForm):
    """Hands back a case. The form says why the case came to this unit, and who decides."""

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        self.fields["note"].help_text = f"{ground_of(case)}。{decider_of(case)}"


class UnitForm(VerbForm):
    """Chooses the responsible unit. The suggested unit is already selected, with its ground; another needs its own."""

    unit = forms.ModelChoiceField(
        label="责任单位",
        queryset=None,
        empty_label="请选择责任单位",
        widget=FindableSelect,
        error_messages={"required": "请选择责任单位。", "invalid_choice": "这个单位不服务此地，请另选。"},
    )
    reason = forms.CharField(
        label="交办依据", required=False, max_length=300, error_messages={"required": "请写明交办依据。"}
    )

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        self.fields["unit"].queryset = units_for(case)  # type: ignore[attr-defined]
        self.suggestion = suggest_unit(case)
        if self.suggestion:
            unit, reason = self.fields["unit"], self.fields["reason"]
            unit.initial, reason.initial = self.suggestion.unit.pk, self.suggestion.reason
            unit.widget.attrs["data-suggested"] = self.suggestion.unit.pk
            reason.required, reason.help_text = True, "另选单位的，写明为什么由它办"


class ManyForm(forms.Form):
    """The words of one verb for many cases, as typed. What each case needs, its action asks for."""

    note = text_area("为什么本级处理不了", required=False, rows=2)
    unit = forms.ModelChoiceField(
        label="所选都交给",
        queryset=None,
        required=False,
        empty_label="各按建议的单位",
        widget=FindableSelect,
        error_messages={"invalid_choice": "这个单位不在本级可以交办的单位里，请另选。"},
    )
    reason = text_field("为什么由它办", limit=300, help_text="各按建议交办的不用写")

    def __init__(self, *args: Any, user: User, verbs: Collection[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, auto_id="many-%s", **kwargs)
        self.fields["note"].needed = "必填"  # type: ignore[attr-defined]
        if "press" in verbs:
            self.fields["note"].label = "催办的话，正在办理的人马上看到"
        self.fields["unit"].queryset = units_of_desks(desks_of(user))  # type: ignore[attr-defined]


class ResultForm(VerbForm):
    """The result of the work, with photos if there are any."""

    result = text_area("办理结果", help_text="做了什么、解决了没有")
    photos = PhotosField(label="办理后照片")


class SupplementForm(VerbForm):
    """What is added to a report: words, photos, or both."""

    note = text_area("补充什么", required=False, help_text="正在办这件事的人马上看得到；不影响办理时限")
    photos = PhotosField(label="现场照片")


class CandidatesField(forms.IntegerField):
    """The case that this one repeats, chosen among those nearby."""

    part = "workflow/merge_candidates.html"


class MergeForm(VerbForm):
    """The case that this one repeats: one of those nearby, or any of the township by number or words."""

    chosen = CandidatesField(label="附近在办的事项", required=False)
    into = text_field(
        "附近没有的，按编号或字词找",
        limit=60,
        help_text="填编号就并入那一件；填标题、地点的字词或拼音首字母，会列出来请您选",
    )

    def __init__(self, *args: Any, case: Case, user: User, **kwargs: Any) -> None:
        super().__init__(*args, case=case, user=user, **kwargs)
        self.words = str(self.data.get("into", "")).strip()[:60]
        self.candidates = merge_candidates(
            case, user, words="" if NUMBER.fullmatch(code_in(self.words)) else self.words
        )
        self.picked = whole_number(str(self.data.get("chosen", "")))

    def clean(self) -> Cleaned:
        """Returns the case under ``into``: the number that was typed, else the one that was chosen."""
        cleaned = super().clean() or {}
        number = NUMBER.fullmatch(code_in(self.words))
        wanted = int(number[1]) if number else cleaned.get("chosen")
        known = Case.objects.visible_to(self.user).answered_for_by("township", self.case.township_id)
        cleaned["into"] = known.filter(pk=wanted).first() if wanted is not None else None
        if cleaned["into"] is None:
            self.add_error("into", self._why_none(is_number=bool(number)))
        return cleaned

    def _why_none(self, *, is_number: bool) -> str:
        if is_number:
            return "本乡镇街道没有这个编号的事项，请核对。"
        if not self.words:
            return "请选一件附近的事项，或填写编号、字词。"
        if self.candidates:
            return f"按“{self.words}”找到 {len(self.candidates)} 件，请在上面选一件。"
        return f"本乡镇街道在办的事项里没有找到“{self.words}”，请换个说法。"

    def arguments(self) -> Cleaned:
        """Returns the case to merge into, as the verb takes it."""
        return {name: self.cleaned_data[name] for name in ("into", "version")}


class RateForm(VerbForm):
    """The resident's rating."""

    rating = forms.ChoiceField(
        label="评价",
        choices=Case.Rating.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项评价。"},
    )
    note = text_area("想说的话", required=False, help_text="不满意时请说一句原因")


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
    description = text_area("情况")
    note = text_area("补正说明", required=False)
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
            user, case.reported_county_id, day=day, grid_ids=[case.grid_id], asked=asked, chosen=case.matter
        )

    def arguments(self) -> Cleaned:
        """Returns the correction as the verb takes it."""
        arguments = dict(self.cleaned_data)
        arguments["matter"] = arguments.pop("matter_id")
        arguments["answers"] = answers_in(self.data)
        return arguments


CODE_AT_END = re.compile(r"([^/\s]+)/?\Z")  # of the whole address, as people copy it


class FindForm(forms.Form):
    """The code by which a resident follows a case; a whole copied address is read too."""

    code = text_field(
        "查询码",
        limit=200,
        missing="请填写查询码。",
        help_text="登记时给您的 16 位查询码，分大小写；也可以粘贴整个网址。",
    )

    def clean_code(self) -> str:
        """Returns the code alone; the spaces and the address around it are dropped."""
        found = CODE_AT_END.search(code_in(self.cleaned_data["code"]))
        return found[1] if found else ""


class ResidentForm(forms.Form):
    """A resident's rating, by code."""

    rating = forms.ChoiceField(
        label="办得怎么样",
        choices=Case.Rating.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项评价。", "invalid_choice": "请在三项中选一项。"},
    )
    note = text_area("想说的话", required=False, help_text="不满意时请说一句原因，我们会返工一次")


class ContactForm(forms.Form):
    """How the resident can be reached; every field may stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in CONTACT_FIELDS:
            widget = forms.TextInput(attrs={"type": field.input_type, "autocomplete": "off"})
            if field.input_type == "tel":
                self.fields[field.key] = phone_field(field.full_label, widget=widget)
            else:
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
    description = text_area("情况", required=False)
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
    elsewhere = forms.BooleanField(label="事情不在这个位置（上报时不带位置）", required=False)
    by_position = forms.BooleanField(
        label=BY_POSITION,
        required=False,
        help_text="事情在读到的位置，那里是别人的网格：由那里的网格员接着办。",
    )
    occurred_at = forms.DateTimeField(
        label="发生时间", required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        error_messages={"invalid": "发生时间的格式不对，请重新选择。"},
    )  # fmt: skip
    called = forms.MultipleChoiceField(
        label="已经打了哪些电话",
        required=False,
        choices=list(CALLED.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请在这几项里选。"},
    )
    for_resident = forms.BooleanField(label="群众反映（办结后请其评价）", required=False)
    outcome = forms.ChoiceField(label="怎么办理", choices=OUTCOMES, required=False, initial="send")
    result = text_area("怎么解决的", required=False)
    photos = PhotosField(label="现场照片")
    result_photos = PhotosField(label="解决后照片")
    kept_photos = UuidsField(label="已收到的照片", required=False, widget=forms.HiddenInput)
    kept_results = UuidsField(label="已收到的照片", required=False, widget=forms.HiddenInput)
    key = key_field()
    written_at = forms.DateTimeField(label="写成时间", required=False, widget=forms.HiddenInput)

    first_report: Mapping[str, object] | None = None  # number and address, if the same form was sent before

    def has_visible(self, name: str) -> bool:
        """Whether the user sees this field."""
        return name in self.fields and not self[name].is_hidden
