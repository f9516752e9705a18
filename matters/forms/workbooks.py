"""One workbook of matters."""

from __future__ import annotations

from django import forms


class WorkbookForm(forms.Form):
    """The file to compare with the draft."""

    file = forms.FileField(
        label="文件",
        help_text="Excel 工作簿 .xlsx，不超过 5 MB、2000 项。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages=dict.fromkeys(("required", "missing", "invalid"), "请选择文件。")
        | {"empty": "文件是空的。请重新导出后再上传。"},
    )
