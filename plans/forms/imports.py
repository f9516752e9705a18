"""The forms of the pages of an import: a file and its coordinate system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from common.shapes import Cleaned
from exchange.columns import name_of
from exchange.limits import FILE_BYTES, MEGABYTE
from exchange.matching import NAMES, OF_A_GRID
from exchange.reading import FORM_BY_ENDING


class UploadForm(forms.Form):
    """One file of grids."""

    file = forms.FileField(
        label="文件",
        help_text=f"不超过 {FILE_BYTES // MEGABYTE} MB；太大请按乡镇街道分成几个。",
        widget=forms.FileInput(attrs={"accept": ",".join(FORM_BY_ENDING)}),
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "请选择文件。")
        | {"empty": "文件是空的。请重新导出后再上传。"},
    )


NOT_USED = "不用这一栏"
NO_NAMES = "请指出哪个字段是网格编码或网格名称。"
TWICE = "“{}”和“{}”都对到了{}，请只留一个。"


class MatchForm(forms.Form):
    """Which field of the file is which of our columns; a select for every field, with a value from the file."""

    def __init__(self, *args: Any, seen: Sequence[Mapping[str, str]], matches: Mapping[str, str]) -> None:
        super().__init__(*args)
        self.names = {f"field_{number}": field["name"] for number, field in enumerate(seen)}
        choices = [("", NOT_USED), *((key, name_of(key)) for key in OF_A_GRID)]
        for key, field in zip(self.names, seen, strict=True):
            self.fields[key] = forms.ChoiceField(
                label=field["name"],
                choices=choices,
                required=False,
                initial=matches.get(field["name"], field["key"]),
                help_text=f"如：{field['sample']}" if field["sample"] else "这一栏前几行是空的",
                error_messages={"invalid_choice": "请从列表里选择。"},
            )

    def clean(self) -> Cleaned:
        """Refuse two fields for one column, and a file in which no field names a grid."""
        cleaned: Cleaned = super().clean() or {}
        taken: dict[str, str] = {}
        for key, column in list(cleaned.items()):  # an error takes its field out
            if column in taken:
                self.add_error(key, TWICE.format(taken[column], self.names[key], name_of(column)))
            elif column:
                taken[column] = self.names[key]
        if self.names and not self.errors and not set(NAMES) & set(taken):
            raise forms.ValidationError(NO_NAMES)
        return cleaned

    def matches(self) -> dict[str, str]:
        """Return the column of each field, by the names in the file."""
        return {name: self.cleaned_data[key] for key, name in self.names.items()}


class SystemForm(forms.Form):
    """Choose the coordinate system among those offered."""

    crs = forms.ChoiceField(
        label="坐标系",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择坐标系。"),
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["crs"].choices = choices  # type: ignore[attr-defined]
