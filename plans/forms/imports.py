"""The forms of the pages of an import: a file and its coordinate system."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from exchange.limits import FILE_BYTES, MEGABYTE
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
