"""Fields of forms that speak in sentences: texts with a limit, days, numbers."""

from __future__ import annotations

from typing import Any

from django import forms


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
