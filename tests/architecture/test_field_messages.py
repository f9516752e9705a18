"""What every field of every form and API input says to people is Chinese and holds no name of the code.

Each field is asked for its label, hint, options and messages, and is then given bad input: what it answers is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from inspect import signature
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import override
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as RefusedInput

from puyang_grid.addresses import BASE_DIR
from tests.architecture.sources import PRODUCT, named
from tests.architecture.test_field_names import CHINESE, FILLED_IN, forms_of
from tests.faults import assert_none

API = (BASE_DIR / "docs/api.yml").read_text(encoding="utf-8")
WORD = re.compile(r"[A-Za-z_]{2,}")
# Words that people know: kinds of files, units, coordinate systems.
KNOWN = re.compile(
    r"(?i)(?<![a-z])(?:excel|xlsx|csv|zip|geojson|json|shapefile|shp|kml|gbk|utf|jpeg|jpg|png|webp|heic|[kmg]b|cgcs|wgs|gcj|epsg"
    r"|dbf|cpg|prj|qr|app|bd)(?![a-z])"
)
QUOTED_OR_LAID_OUT = re.compile(
    r"x{9,}|</?(?:ul|li)>"
)  # the long text below, cut short; the rules of passwords
BAD: tuple[Any, ...] = (
    *("", " ", "x", "x" * 5001, "0", "-1", "99999999999999999999", "1e999", "nan", "2026-02-30", "没有这个"),
    *("\x00", "二", "[]", "\u202e", "+", "%", "a@b"),
)
# What programs alone send: no person types a list, and a program is told the type that it sent.
OF_PROGRAMS = (
    serializers.ListField,
    serializers.DictField,
    serializers.BaseSerializer,
    serializers.JSONField,
)


def import_all(marks: tuple[str, ...]) -> None:
    for path in PRODUCT:
        if any(mark in path.read_text(encoding="utf-8") for mark in marks):
            import_module(named(path).removesuffix(".py").replace("/", "."))


def our_forms() -> list[type[forms.BaseForm]]:
    import_all(("forms.Form", "Form)"))
    found = {form for form in forms_of(forms.Form) if not form.__module__.startswith(("django", "tests"))}
    return sorted(found, key=lambda form: f"{form.__module__}.{form.__qualname__}")


def fields_of(form: type[forms.BaseForm]) -> dict[str, forms.Field]:
    """The fields of a form; those that it makes for itself too, if it can be made from nothing."""
    wanted = list(signature(form).parameters.values())
    if all(
        each.default is not each.empty or each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
        for each in wanted
    ):
        try:
            return dict(form().fields)
        except TypeError:  # it asks for more than its signature shows
            pass
    return dict(form.base_fields)  # type: ignore[attr-defined]


def serializers_of(kind: type[serializers.Serializer[Any]]) -> Iterator[type[serializers.Serializer[Any]]]:
    for each in kind.__subclasses__():
        yield each
        yield from serializers_of(each)


def our_inputs() -> list[type[serializers.Serializer[Any]]]:
    """What the API takes: the shapes of its requests, as its description names them."""
    import_all(("serializers.Serializer",))
    bodies = re.findall(r"requestBody:(.*?)\n      (?:security|responses)", API, re.DOTALL)
    taken = {
        name for body in bodies for name in re.findall(r"#/components/schemas/(\w+?)(?:Request)?'", body)
    }
    named_so = {
        each.__name__.removesuffix("Serializer"): each for each in serializers_of(serializers.Serializer)
    }
    assert taken <= set(named_so), taken - set(named_so)
    return [named_so[name] for name in sorted(taken)]


def is_wrong(sentence: str, sent: Any = "") -> bool:
    """Whether a sentence is not Chinese or holds a word that is no word of people; what was sent may be quoted."""
    plain = QUOTED_OR_LAID_OUT.sub("", FILLED_IN.sub("", sentence))
    if isinstance(sent, str) and sent.strip():
        plain = plain.replace(sent.strip(), "")
    is_of_letters = re.search("[A-Za-z]", plain) is not None
    return (is_of_letters and not CHINESE.search(plain)) or WORD.search(KNOWN.sub("", plain)) is not None


def messages_of(field: forms.Field) -> Iterator[str]:
    yield from filter(None, map(str, field.error_messages.values()))
    for validator in field.validators:
        if words := str(getattr(validator, "message", "")):
            yield words


def words_of(field: forms.Field) -> Iterator[str]:
    """What a field shows before anything is filled in."""
    yield str(field.label or "nameless")
    yield from (str(words) for words in (field.help_text, getattr(field, "empty_label", "")) if words)
    shown = getattr(field.widget, "attrs", {})
    yield from (str(shown[name]) for name in ("placeholder", "aria-label", "title") if shown.get(name))
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        yield from (str(word) for _, word in field.choices if WORD.search(str(word)))


def answers_of(field: forms.Field) -> Iterator[tuple[Any, str]]:
    """What a field answers to bad input."""
    for sent in BAD:
        try:
            with transaction.atomic():
                field.clean(sent if not isinstance(field, forms.MultipleChoiceField) else [sent])
        except ValidationError as error:
            yield from ((sent, words) for words in error.messages)
        except (AttributeError, TypeError, ValueError):
            continue  # no text is ever sent to it: files


def faults_of_form(form: type[forms.BaseForm]) -> Iterator[str]:
    where = f"{form.__module__}.{form.__name__}"
    for name, field in fields_of(form).items():
        for words in (*words_of(field), *messages_of(field)):
            if is_wrong(words):
                yield f"{where}.{name}: {words!r}"
        yield from (
            f"{where}.{name} <- {str(sent)[:20]!r}: {words!r}"
            for sent, words in answers_of(field)
            if is_wrong(words, sent)
        )


def flat(detail: Any) -> Iterator[str]:
    if isinstance(detail, dict | list):
        for each in detail.values() if isinstance(detail, dict) else detail:
            yield from flat(each)
    else:
        yield str(detail)


def faults_of_input(kind: type[serializers.Serializer[Any]]) -> Iterator[str]:
    where = f"{kind.__module__}.{kind.__name__}"
    for name, field in kind().fields.items():
        if field.read_only or isinstance(field, OF_PROGRAMS):
            continue
        for sent in BAD:
            try:
                with transaction.atomic():
                    field.run_validation(sent)
            except RefusedInput as error:
                yield from (
                    f"{where}.{name} <- {str(sent)[:20]!r}: {words!r}"
                    for words in flat(error.detail)
                    if is_wrong(words, sent)
                )
            except (AttributeError, TypeError, ValueError, KeyError):
                continue


@pytest.mark.django_db
def test_no_field_of_a_form_says_a_word_of_the_code() -> None:
    with override("zh-hans"):
        ours = our_forms()
        assert len(ours) > 60
        assert_none(sorted({fault for form in ours for fault in faults_of_form(form)}))


@pytest.mark.django_db
def test_no_field_of_an_api_input_says_a_word_of_the_code() -> None:
    with override("zh-hans"):
        ours = our_inputs()
        assert len(ours) >= 12
        assert_none(sorted({fault for kind in ours for fault in faults_of_input(kind)}))


@pytest.mark.django_db
def test_what_says_a_word_of_the_code_is_noticed() -> None:
    class Wrong(forms.Form):
        lat = forms.FloatField()
        place = forms.CharField(label="地点", error_messages={"required": "缺少 place_name"})
        day = forms.DateField(label="日期", help_text="YYYY-MM-DD")
        kind = forms.ChoiceField(label="类别", choices=[("a", "some_code")])

    class WrongInput(serializers.Serializer[Any]):
        place = serializers.CharField(error_messages={"blank": "place may not be blank"})

    found = [fault for fault in faults_of_form(Wrong) if "<-" not in fault]
    assert {fault.split(":")[0].rpartition(".")[2] for fault in found} == {"lat", "place", "day", "kind"}
    assert any("place may not be blank" in fault for fault in faults_of_input(WrongInput))
