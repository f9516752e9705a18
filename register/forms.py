"""The register's form: a place and a day."""

from __future__ import annotations

from django import forms

from common.web.form_fields import DegreesField, day_field
from grids.api.views import COUNTRY

WEST, SOUTH, EAST, NORTH = COUNTRY


class PlaceAndDayForm(forms.Form):
    """A point in CGCS2000 degrees and a day, today by default."""

    lon = DegreesField(
        label="经度",
        min_value=WEST,
        max_value=EAST,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}),
        help_text="十进制度，例如 115.0321",
    )
    lat = DegreesField(
        label="纬度",
        min_value=SOUTH,
        max_value=NORTH,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}),
        help_text="十进制度，例如 35.7618",
    )
    on = day_field("日期", missing="", required=False, help_text="不填就是今天。")

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
