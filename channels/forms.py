"""The forms of the channels outside. Forms translate; the actions decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from channels import states
from channels.actions.gateways import GatewayDraft
from channels.actions.preferences import Preference, field_of
from channels.models import Gateway, NoticeSettings, PersonalChannel
from common.privacy.masking import mask
from common.shapes import Cleaned
from common.web.form_fields import area_field, text_field
from common.web.versions import VersionedForm

NOT_A_TIME = {"invalid": "时间写成 22:00 这样。", "required": "请填写时间，写成 22:00 这样。"}


def secret_field(label: str, help_text: str) -> forms.CharField:
    """A field whose stored value is never shown again."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=500,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "最多 500 字，您写了 %(show_value)s 字。"},
    )


class _GatewayFields(forms.Form):
    name = text_field("名称", limit=40, missing="请填写名称。", help_text="大家在“消息设置”里看到的")
    url = secret_field("地址", "完整的网址；加密保存，以后只显示主机名，不改就留空")
    secret = secret_field("签名密钥", "加密保存，不再显示，不改就留空；没有就不签名")
    template = area_field(
        "正文模板",
        limit=2000,
        rows=4,
        help_text=f"JSON；{states.TEXT} 是消息，{states.ADDRESS} 是接收的号码，{states.KEY} 是编号。空着用该类别的",
    )

    def draft(self, kind: str) -> GatewayDraft:
        """Returns what was entered."""
        fields = {name: self.cleaned_data[name] for name in ("name", "url", "secret", "template")}
        return GatewayDraft(kind=kind, **fields)


class AddGatewayForm(_GatewayFields):
    """A new gateway."""

    kind = forms.ChoiceField(
        label="类别",
        choices=list(states.KINDS.items()),
        error_messages={"required": "请选择类别。", "invalid_choice": "请在这几类里选。"},
    )
    field_order = ("kind", "name", "url", "secret", "template")


class ChangeGatewayForm(_GatewayFields, VersionedForm):
    """A gateway that is changed; its kind stays."""

    def __init__(self, *args: Any, gateway: Gateway, **kwargs: Any) -> None:
        initial = {"name": gateway.name, "template": gateway.template}
        super().__init__(*args, initial=initial, **kwargs)
        self.kind = gateway.kind

    def arguments(self) -> Cleaned:
        """Returns the draft, as the verb takes it."""
        return {"draft": self.draft(self.kind), "version": self.cleaned_data["version"]}


class MyNoticesForm(forms.Form):
    """What a person wants to be told outside the platform."""

    ordinary = forms.ChoiceField(
        label="不紧急的消息",
        choices=list(states.ORDINARY.items()),
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项。", "invalid_choice": "请在这几项里选。"},
    )
    digest_hour = forms.TypedChoiceField(
        label="几点汇总",
        coerce=int,
        choices=[(hour, f"{hour:02d}:00") for hour in range(24)],
        error_messages={"required": "请选钟点。", "invalid_choice": "请选钟点。"},
    )
    quiet_from = forms.TimeField(
        label="安静时段从",
        error_messages=NOT_A_TIME,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label="到",
        help_text="安静时段里不紧急的不发，过后再发；紧急事项照样马上叫您。两个时间一样就是没有安静时段",
        error_messages=NOT_A_TIME,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(
        self,
        *args: Any,
        wants: NoticeSettings,
        channels: Sequence[tuple[str, str, Gateway | None]],
        mine: dict[str, PersonalChannel],
        **kwargs: Any,
    ) -> None:
        names = ("ordinary", "digest_hour", "quiet_from", "quiet_until")
        super().__init__(*args, initial={name: getattr(wants, name) for name in names}, **kwargs)
        self.channels = [name for name, _, _ in channels]
        for name, word, gateway in channels:
            row = mine.get(name)
            self.fields[self._on(name)] = forms.BooleanField(
                label=f"发到{word}", required=False, initial=row is not None and row.is_on
            )
            if gateway is None or gateway.needs_address:
                self.fields[field_of(name)] = forms.CharField(
                    label=f"{word}的{'地址' if gateway is None else '号码'}",
                    required=False,
                    max_length=200,
                    help_text=self._known(row, gateway),
                    error_messages={"max_length": "最多 200 字，您写了 %(show_value)s 字。"},
                )

    @staticmethod
    def _on(name: str) -> str:
        return f"on_{name.replace(':', '_')}"

    @staticmethod
    def _known(row: PersonalChannel | None, gateway: Gateway | None) -> str:
        if row is None or not row.address:
            return "加密保存，只用来发消息"
        shown = mask(row.unseal("address"), kind="phone" if gateway else "email")
        return f"现在是 {shown}，不改就留空"

    def preference(self) -> Preference:
        """Returns the whole page, as the action takes it."""
        sent = self.cleaned_data
        return Preference(
            ordinary=sent["ordinary"],
            quiet_from=sent["quiet_from"],
            quiet_until=sent["quiet_until"],
            digest_hour=sent["digest_hour"],
            channels={name: sent[self._on(name)] for name in self.channels},
            addresses={name: sent.get(field_of(name), "") for name in self.channels},
        )
