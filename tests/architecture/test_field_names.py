"""No field is shown under the name that the code gives it: every field of every form has a Chinese label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

from django import forms

from tests.architecture.sources import PRODUCT, named
from tests.faults import assert_none

CHINESE = re.compile("[\u4e00-\u9fff]")


def modules_with_forms() -> Iterator[str]:
    for path in PRODUCT:
        if "forms.Form" in path.read_text(encoding="utf-8") or "Form)" in path.read_text(encoding="utf-8"):
            yield named(path).removesuffix(".py").replace("/", ".")


def forms_of(kind: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for each in kind.__subclasses__():
        yield each
        yield from forms_of(each)


def nameless(form: type[forms.BaseForm]) -> Iterator[str]:
    for name, field in getattr(form, "base_fields", {}).items():
        if not CHINESE.search(str(field.label or "")):
            yield f"{form.__module__}.{form.__name__}: {name}"


def test_every_field_of_every_form_has_a_chinese_label() -> None:
    for module in modules_with_forms():
        import_module(module)
    ours = {form for form in forms_of(forms.Form) if not form.__module__.startswith(("django", "tests"))}
    assert len(ours) > 60
    assert_none(sorted(fault for form in ours for fault in nameless(form)))


def test_a_field_without_a_label_is_noticed() -> None:
    class Nameless(forms.Form):
        key = forms.CharField()
        place = forms.CharField(label="地点")

    assert [fault.rpartition(" ")[2] for fault in nameless(Nameless)] == ["key"]
