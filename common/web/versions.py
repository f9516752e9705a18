"""A form that knows the version of the record it was made from."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict

from common.shapes import Cleaned

NO_VERSION = "没有说明看到的是哪一版。请看过下面的最新情况，再提交一次。"


class VersionedForm(forms.Form):
    """A form made from one version of a record; without a version the user has to decide again."""

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

    def clean(self) -> Cleaned:
        """If the version is missing, the form gets the current one, for showing it again."""
        cleaned: Cleaned = super().clean() or {}
        if "version" in self.errors:
            self.carry(self.seen_version)
        return cleaned

    def carry(self, version: int) -> None:
        """Give the form, with what was typed, another version for showing it again."""
        data = cast(QueryDict, self.data).copy()
        data["version"] = str(version)
        self.data = data
