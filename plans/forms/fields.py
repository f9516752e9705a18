"""Fields that speak in sentences: texts with a limit, days, numbers, the version a page was made from."""

from __future__ import annotations

from typing import Any

from django import forms

NO_VERSION = "没有说明看到的是哪一版。请看过下面的最新情况，再提交一次。"


def text_field(label: str, *, limit: int, missing: str = "", **more: Any) -> forms.CharField:
    """One line; required when ``missing`` says what is asked for."""
    return forms.CharField(
        label=label,
        required=bool(missing),
        max_length=limit,
        error_messages={"required": missing, "max_length": f"最多 {limit} 字，您写了 %(show_value)s 字。"},
        **more,
    )


def area_field(label: str, *, limit: int, missing: str = "", rows: int = 3, **more: Any) -> forms.CharField:
    """Several lines; required when ``missing`` says what is asked for."""
    return text_field(
        label, limit=limit, missing=missing, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def day_field(label: str, *, missing: str, **more: Any) -> forms.DateField:
    """A day from the browser's own calendar, or typed as 2026-12-08."""
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing, "invalid": "日期应写成 2026-12-08 这样。"},
        **more,
    )


def number_field(
    label: str, *, least: int = 0, most: int, required: bool = True, **more: Any
) -> forms.IntegerField:
    """A whole number between two limits."""
    between = f"应为 {least}–{most} 的整数。"
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), between),
        **more,
    )


class VersionedForm(forms.Form):
    """A form made from one version of a plan; sending it without one is a decision to be made again."""

    version = forms.IntegerField(
        label="版本",
        widget=forms.HiddenInput,
        min_value=1,
        error_messages=dict.fromkeys(("required", "invalid", "min_value"), NO_VERSION),
    )

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen_version = version
        self.fields["version"].initial = version

    def clean(self) -> dict[str, Any]:
        """Without a version give the one now shown."""
        said: dict[str, Any] = super().clean() or {}
        if "version" in self.errors:
            self.carry(self.seen_version)
        return said

    def carry(self, version: int) -> None:
        """Let the form, as it was typed, carry another version when it is shown again."""
        self.data = self.data.copy()
        self.data["version"] = str(version)
