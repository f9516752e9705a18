"""The forms of the board pages."""

from __future__ import annotations

from django import forms

from boards.actions.posting import LONGEST_PLACE
from boards.states import CONDITIONS
from common.web.form_fields import text_field
from common.web.versions import VersionedForm


class PostForm(VersionedForm):
    """Where the board hangs, and a photo of it."""

    edition = forms.IntegerField(label="公示内容版次", widget=forms.HiddenInput, min_value=1)
    place = text_field(
        "张贴地点",
        limit=LONGEST_PLACE,
        missing="请写明张贴在哪里。",
        help_text="例如：社区党群服务中心门口、3 号楼一单元入口。同一地点再次张贴就是更换。",
    )
    photo = forms.FileField(
        label="照片",
        help_text="拍下贴好的公示牌，字要看得清；照片里的位置信息会去掉。",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "capture": "environment"}),
        error_messages={"required": "请拍一张贴好的公示牌。", "empty": "这个照片是空文件。"},
    )


class CheckForm(VersionedForm):
    """The condition of the board at a check."""

    condition = forms.ChoiceField(
        label="状况",
        choices=list(CONDITIONS.items()),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请选择公示牌的状况。"),
    )
    note = text_field("说明", limit=200)
