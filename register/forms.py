"""The register's form: a place and a day."""

from __future__ import annotations

from django import forms

from grids.api.views import COUNTRY

WEST, SOUTH, EAST, NORTH = COUNTRY


class PlaceAndDayForm(forms.Form):
    """A point in CGCS2000 degrees and a day, today by default."""

    lon = forms.FloatField(
        label="经度",
        min_value=WEST,
        max_value=EAST,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}),
        help_text="十进制度，例如 115.0321",
    )
    lat = forms.FloatField(
        label="纬度",
        min_value=SOUTH,
        max_value=NORTH,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}),
        help_text="十进制度，例如 35.7618",
    )
    on = forms.DateField(
        label="日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填就是今天。",
        error_messages={"invalid": "日期的写法应为 2026-11-30。"},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name, word, low, high in (("lon", "经度", WEST, EAST), ("lat", "纬度", SOUTH, NORTH)):
            limits = f"{word}应在 {low:g} 到 {high:g} 度之间，请核对两个数有没有写反。"
            field = self.fields[name]
            field.error_messages |= {
                "required": f"请填写{word}。",
                "invalid": f"{word}应是一个数，如 115.0321。",
            }
            for validator in field.validators:
                validator.message = limits
