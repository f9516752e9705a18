"""Form fields with error messages in sentences: texts with a limit, published texts, days, numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from common.days import day_in
from common.initials import full_reading, initials
from common.phones import LONGEST_TYPED, normal_phone
from common.privacy.publishing import Permitted
from common.privacy.redaction import Found, find_personal, redacted, words_of
from common.shapes import FormArguments
from common.typed import code_in, identity_in, plain, reference_in

# The messages of a choice without an answer, or with one that is not offered.
CHOOSE = dict.fromkeys(("required", "invalid_choice"), "请选择一项。")


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


# --- Codes and telephones: one spelling, whatever was typed ---------------------------------------------------------


class CodeField(forms.CharField):
    """A code: stored in half-width characters without spaces. The page takes more letters than the code may have."""

    def to_python(self, value: Any) -> Any:
        """The code in its one spelling."""
        return code_in(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave room for the spaces with which codes are copied; the browser would cut the end off without a word."""
        attrs = super().widget_attrs(widget)
        if "maxlength" in attrs:
            attrs["maxlength"] = str(max(2 * int(attrs["maxlength"]), LONGEST_TYPED))
        return attrs


class IdentityField(CodeField):
    """An identity number."""

    def to_python(self, value: Any) -> str:
        """The number in its one spelling."""
        return identity_in(super().to_python(value))


class ReferenceField(forms.CharField):
    """The number of a document."""

    def to_python(self, value: Any) -> Any:
        """The number in its one spelling."""
        return reference_in(super().to_python(value) or "")


class PhoneField(CodeField):
    """A telephone number of any kind; the action says which kinds it takes."""

    def to_python(self, value: Any) -> str:
        """The number in its one spelling; a text that is no number stays for the sentence about it."""
        return normal_phone(forms.CharField.to_python(self, value) or "")


def code_field(label: str, *, limit: int, missing: str = "", **more: Any) -> CodeField:
    """A field for a code; it is required if ``missing`` is given, the message for an empty field."""
    return CodeField(label=label, required=bool(missing), **_bounded(limit, missing), **more)


def reference_field(label: str, *, limit: int, missing: str = "", **more: Any) -> ReferenceField:
    """A field for the number of a document; it is required if ``missing`` is given, the message for an empty field."""
    return ReferenceField(label=label, required=bool(missing), **_bounded(limit, missing), **more)


def identity_field(label: str, **more: Any) -> IdentityField:
    """A field for an identity number; it may stay empty."""
    return IdentityField(label=label, required=False, **_bounded(18, ""), **more)


def phone_field(label: str, *, missing: str = "", **more: Any) -> PhoneField:
    """A field for a telephone number; it is required if ``missing`` is given, the message for an empty field."""
    more.setdefault("widget", forms.TextInput(attrs={"type": "tel"}))
    return PhoneField(label=label, required=bool(missing), **_bounded(LONGEST_TYPED, missing), **more)


class Findable(forms.Widget):
    """A choice among many that is found by words, pinyin or initials; without scripts a plain list.

    The page loads js/find_option.js.
    """

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option with what it is found by: ``华龙区城市管理局|hua long qu …|hlqcsglj``."""
        option: dict[str, Any] = super().create_option(*args, **kwargs)  # type: ignore[misc]
        name = str(option["label"])
        if option["value"]:
            option["attrs"]["data-find"] = "|".join(self.found_by(name))
        return option

    def found_by(self, label: str) -> Sequence[str]:
        """What an option is found by."""
        return label, full_reading(label), initials(label)


class FindableSelect(Findable, forms.Select):
    """One of many."""

    def __init__(self, attrs: Mapping[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-find-option": "", **(attrs or {})}, choices)


class FindableChecks(Findable, forms.CheckboxSelectMultiple):
    """Several of many."""


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
        published = Published(text)
        published.shown = data.get(f"{name}_shown", "")
        published.may_publish = f"{name}_may_publish" in data
        return published


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


class DayField(forms.DateField):
    """A day, from the browser's calendar or typed as people write it."""

    def to_python(self, value: Any) -> Any:
        """The day; raises ValidationError with a sentence."""
        if value in self.empty_values or not isinstance(value, str):
            return super().to_python(value)
        try:
            return day_in(value)
        except ValueError as error:
            raise forms.ValidationError(str(error), code="invalid") from None


def day_field(label: str, *, missing: str, **more: Any) -> DayField:
    """A field for a day, from the browser's calendar or typed as people write it."""
    return DayField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing},
        **more,
    )


def _half_width(value: Any) -> Any:
    return plain(value) if isinstance(value, str) else value


class WholeNumberField(forms.IntegerField):
    """A whole number, in digits of either width."""

    def to_python(self, value: Any) -> Any:
        """The number."""
        return super().to_python(_half_width(value))


class DecimalField(forms.DecimalField):
    """A number with decimals, in digits of either width."""

    def to_python(self, value: Any) -> Any:
        """The number."""
        return super().to_python(_half_width(value))


class DegreesField(forms.FloatField):
    """A coordinate, in digits of either width."""

    def to_python(self, value: Any) -> Any:
        """The number."""
        return super().to_python(_half_width(value))


class KeyField(forms.UUIDField):
    """The form's own number; a missing or damaged one counts as a new form."""

    def clean(self, value: Any) -> UUID:
        """Return the number, or a new one."""
        try:
            return super().clean(value) or uuid4()
        except ValidationError:
            return uuid4()


def key_field() -> KeyField:
    """The hidden number of a form, by which a form that is sent again is known."""
    return KeyField(
        label="表单编号",
        required=False,
        widget=forms.HiddenInput,
        initial=uuid4,
        error_messages={"invalid": "表单编号不对，请刷新页面再填。"},
    )


def renew_key(form: forms.Form) -> None:
    """Make what was typed a form of its own, so that sending it again is another act."""
    data = cast(QueryDict, form.data).copy()
    data["key"] = str(uuid4())
    form.data = data


def number_field(
    label: str, *, least: int = 0, most: int, required: bool = True, **more: Any
) -> WholeNumberField:
    """A field for a whole number between two limits."""
    between = f"应为 {least}–{most} 的整数。"
    return WholeNumberField(
        label=label,
        required=required,
        min_value=least,
        max_value=most,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), between),
        **more,
    )
