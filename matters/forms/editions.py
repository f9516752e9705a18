"""The forms of editions, comparison and filings. Forms translate; the actions decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from common.shapes import Cleaned
from common.templatetags.when import day as in_words
from common.web.form_fields import day_field, published_area, published_line
from common.web.versions import VersionedForm
from filing.life import REMARKS_LIMIT
from grids.models import Division
from matters.actions.editions import DOCUMENT_LIMIT, NOTE_LIMIT
from matters.models import MatterList


class EditionForm(forms.Form):
    """The first day, the document and the note of an edition; the county only if there is a choice."""

    county = forms.ModelChoiceField(
        label="县区",
        queryset=None,
        empty_label="请选择县区",
        to_field_name="code",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请从列表里选择县区。"),
    )
    in_force_on = day_field("施行日期", missing="请填写施行日期。")
    document = published_line("文号", limit=DOCUMENT_LIMIT, help_text="编制时可以先空着，公布以前必须填写。")
    note = published_area("说明", limit=NOTE_LIMIT, help_text="这一版为什么编、改了什么，随清单公布。")

    def __init__(
        self, *args: Any, counties: list[Division], earliest: date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.counties = counties
        if len(counties) > 1:
            offered = Division.objects.filter(pk__in=[county.pk for county in counties]).order_by("code")
            self.fields["county"].queryset = offered.defer("outline")  # type: ignore[attr-defined]
        else:
            del self.fields["county"]
        if earliest is not None:
            day = self.fields["in_force_on"]
            day.widget.attrs["min"] = earliest.isoformat()
            day.help_text = f"最早{in_words(earliest)}：公布后才施行，并且晚于上一版。"

    def chosen_county(self) -> Division:
        """Returns the chosen county, or the only one."""
        found: Division = self.cleaned_data.get("county") or self.counties[0]
        return found


class RevisionForm(EditionForm, VersionedForm):
    """The same fields for an existing draft."""

    def arguments(self) -> Cleaned:
        """Returns what is saved, and the version that the user saw."""
        return {name: self.cleaned_data[name] for name in ("version", "in_force_on", "document", "note")}


class SendForm(VersionedForm):
    """A note to the city with the package."""

    note = published_area("报送说明", limit=REMARKS_LIMIT, help_text="退回补正后再报，写明补了什么。")


class CompareForm(forms.Form):
    """Two editions to compare."""

    before = forms.ChoiceField(label="从这一版")
    after = forms.ChoiceField(label="到这一版")

    def __init__(self, *args: Any, editions: Iterable[MatterList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.editions = {str(each.pk): each for each in editions}
        by_county: dict[str, list[tuple[str, str]]] = {}
        for key, each in self.editions.items():
            label = f"{each.county.name} 第{each.edition}版{'' if each.published_at else '（在编）'}"
            by_county.setdefault(each.county.name, []).append((key, label))
        for name in ("before", "after"):
            field = self.fields[name]
            field.choices = [("", "请选择一版"), *by_county.items()]  # type: ignore[attr-defined]
            field.error_messages = dict.fromkeys(
                ("required", "invalid_choice"), "没有这一版清单，请重新选择。"
            )

    def clean(self) -> Cleaned:
        """Requires two different editions."""
        cleaned: Cleaned = super().clean() or {}
        if cleaned.get("before") and cleaned.get("before") == cleaned.get("after"):
            self.add_error("after", "两边是同一版，请选择另一版。")
        return cleaned

    def chosen(self) -> tuple[MatterList, MatterList]:
        """Returns the two editions."""
        return self.editions[self.cleaned_data["before"]], self.editions[self.cleaned_data["after"]]
