"""Form fields with error messages in sentences: texts with a limit, published texts, days, numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django import forms

from common.privacy.publishing import Permitted
from common.privacy.redaction import Found, find_personal, redacted, words_of
from common.shapes import FormArguments


def text_field(label: str, *, limit: int, missing: str = "", **more: Any) -> forms.CharField:
    """A field of one line; it is required if ``missing`` is given, the message for an empty field."""
    return forms.CharField(label=label, required=bool(missing), **_bounded(limit, missing), **more)


def _bounded(limit: int, missing: str) -> FormArguments:
    too_long = f"最多 {limit} 字，您写了 %(show_value)s 字。"
    return {"max_length": limit, "error_messages": {"required": missing, "max_length": too_long}}


def area_field(label: str, *, limit: int, missing: str = "", rows: int = 3, **more: Any) -> forms.CharField:
    """A field of several lines; it is required if ``missing`` is given, the message for an empty field."""
    return text_field(
        label, limit=limit, missing=missing, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


# --- Texts that are published -------------------------------------------------------------------------------------

SHOWN = "{words}。这段文字要公布：不勾选就再次提交，保存时隐去；确需公布的，勾选“可以公布”。"


class Published(str):
    """The input of a field whose text is published, with the numbers shown to its author and the author's tick."""

    shown: str = ""
    may_publish: bool = False


class PublishedInput(forms.Widget):
    """A text box with the tick; ``found`` are the numbers that the author is shown beside it (parts/field.html)."""

    found: tuple[Found, ...] = ()
    shown = ""
    may_publish = False

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The text, together with the two small fields below it."""
        text = super().value_from_datadict(data, files, name)
        if text is None:
            return None
        said = Published(text)
        said.shown = data.get(f"{name}_shown", "")
        said.may_publish = f"{name}_may_publish" in data
        return said


class PublishedLine(PublishedInput, forms.TextInput):
    """A published text of one line."""


class PublishedArea(PublishedInput, forms.Textarea):
    """A published text of several lines."""


class PublishedField(forms.CharField):
    """A text that is published. Before it is saved, its author is shown the personal numbers in it.

    If it is sent again without the tick, the numbers are masked. With the tick it becomes a :class:`Permitted` text,
    which the trace records.
    """

    widget: PublishedInput

    def clean(self, value: Any) -> Any:
        """Return the text to be saved."""
        text: str = super().clean(value)
        found = find_personal(text)
        if not found:
            return text
        seen = hashlib.sha256(repr([text[each.start : each.end] for each in found]).encode()).hexdigest()
        self.widget.found, self.widget.shown = found, seen
        if not isinstance(value, Published) or value.shown != seen:
            raise forms.ValidationError(SHOWN.format(words=f"有{words_of(found)}"), code="personal")
        self.widget.may_publish = value.may_publish
        return Permitted(text) if value.may_publish else redacted(text)


def published_line(label: str, *, limit: int, missing: str = "", **more: Any) -> PublishedField:
    """A field of one line that is published."""
    return _published(label, limit, missing, PublishedLine(), **more)


def published_area(
    label: str, *, limit: int, missing: str = "", rows: int = 3, **more: Any
) -> PublishedField:
    """A field of several lines that is published."""
    return _published(label, limit, missing, PublishedArea(attrs={"rows": rows}), **more)


def _published(label: str, limit: int, missing: str, widget: PublishedInput, **more: Any) -> PublishedField:
    return PublishedField(
        label=label, required=bool(missing), widget=widget, **_bounded(limit, missing), **more
    )


# --- Days and numbers ---------------------------------------------------------------------------------------------


def day_field(label: str, *, missing: str, **more: Any) -> forms.DateField:
    """A field for a day, from the browser's calendar or typed as 2026-12-08."""
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
    """A field for a whole number between two limits."""
    between = f"应为 {least}–{most} 的整数。"
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), between),
        **more,
    )
