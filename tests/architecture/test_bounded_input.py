"""All input of the API has limits: no list, object or text may be of any length."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from django.urls import get_resolver
from rest_framework import relations, serializers
from rest_framework.views import APIView

from common.web.bounded import BoundedDictField, BoundedJSONField, BoundedListField
from puyang_grid.addresses import BASE_DIR
from tests.architecture.sources import ON_ONE_WORKER, PRODUCT, nodes_of, text_of
from tests.faults import assert_none
from workflow.share_verbs import SHARE_VERBS
from workflow.verbs import CASE_VERBS

pytestmark = ON_ONE_WORKER

Nodes = tuple[ast.AST, ...]
Field = serializers.Field[Any, Any, Any, Any]


def modules() -> Iterator[tuple[str, Nodes]]:
    for path in PRODUCT:
        if "rest_framework" in text_of(path) or "api" in path.parts:
            yield ".".join(path.relative_to(BASE_DIR).with_suffix("").parts), nodes_of(path)


def calls_with_data(nodes: Nodes) -> Iterator[ast.Call]:
    for node in nodes:
        if isinstance(node, ast.Call) and any(word.arg == "data" for word in node.keywords):
            yield node


@cache
def shapes_in() -> set[type[serializers.Serializer[Any]]]:
    """Every shape that is filled with what was sent."""
    found: set[type[serializers.Serializer[Any]]] = {
        verb.input for verb in (*CASE_VERBS.values(), *SHARE_VERBS.values())
    }
    for name, nodes in modules():
        for call in calls_with_data(nodes):
            if isinstance(call.func, ast.Name):
                shape = getattr(importlib.import_module(name), call.func.id)
                if issubclass(shape, serializers.BaseSerializer):
                    found.add(shape)
    return found


def fields_of(field: Any, path: str) -> Iterator[tuple[str, Any]]:
    """A field and all within it."""
    yield path, field
    child = getattr(field, "child", None)
    if child is not None:
        yield from fields_of(child, f"{path}[]")
    if isinstance(field, serializers.Serializer):
        for name, inner in field.fields.items():
            yield from fields_of(inner, f"{path}.{name}")


def why_unbounded(field: Any) -> str:
    """Why a field has no limit; empty if it has one."""
    if field.read_only:
        return ""
    if isinstance(field, serializers.ListSerializer | serializers.CharField):
        return "" if field.max_length else "has no max_length"
    for kind, counted in (
        (serializers.ListField, BoundedListField),
        (serializers.DictField, BoundedDictField),
        (serializers.JSONField, BoundedJSONField),
    ):
        if isinstance(field, kind):
            return "" if isinstance(field, counted) else f"is no {counted.__name__}"
    several = (relations.ManyRelatedField, serializers.MultipleChoiceField, serializers.ModelField)
    return "takes any number" if isinstance(field, several) else ""


def test_every_shape_that_the_api_takes_is_known() -> None:
    names = {shape.__name__ for shape in shapes_in()}
    assert {"ChangeIn", "ReportIn", "PhotoIn", "ReadIn", "PointIn", "PointAndDayIn"} <= names
    assert len(names) >= 13


def test_nothing_that_is_sent_is_without_an_end() -> None:
    assert_none(
        f"{path} {why}"
        for shape in shapes_in()
        for path, field in fields_of(shape(), shape.__name__)
        if (why := why_unbounded(field))
    )


@pytest.mark.parametrize(
    ("field", "is_bounded"),
    [
        (serializers.ListField(child=serializers.IntegerField(), max_length=3), False),
        (BoundedListField(child=serializers.IntegerField(), max_length=3), True),
        (serializers.DictField(), False),
        (BoundedDictField(max_length=3), True),
        (serializers.JSONField(), False),
        (BoundedJSONField(max_values=3), True),
        (serializers.CharField(), False),
        (serializers.CharField(max_length=3), True),
        (serializers.Serializer(many=True), False),
        (serializers.Serializer(many=True, max_length=3), True),
        (serializers.MultipleChoiceField(choices=["a"]), False),
    ],
)
def test_the_rule_itself_tells_them_apart(field: Any, is_bounded: bool) -> None:
    assert (why_unbounded(field) == "") is is_bounded


def test_what_was_sent_is_read_through_a_shape_alone() -> None:
    """``request.data`` is used only to fill a shape or to recognise a repeated write."""
    for name, nodes in modules():
        filled = {
            id(word.value) for call in calls_with_data(nodes) for word in call.keywords if word.arg == "data"
        }
        for node in nodes:
            if isinstance(node, ast.Attribute) and node.attr == "data" and isinstance(node.value, ast.Name):
                is_sent = node.value.id == "request"
                assert not is_sent or id(node) in filled or name == "accounts.keyed_requests", (
                    name,
                    node.lineno,
                )


def test_every_address_of_the_api_is_a_view_whose_shapes_were_looked_at() -> None:
    seen = {name for name, _ in modules()}
    views = {
        pattern.callback.cls.__module__
        for pattern in patterns(get_resolver().url_patterns)
        if hasattr(pattern.callback, "cls") and issubclass(pattern.callback.cls, APIView)
    }
    assert {view for view in views if not view.startswith("drf_spectacular")} <= seen


def patterns(found: list[Any]) -> Iterator[Any]:
    for each in found:
        yield from patterns(each.url_patterns) if hasattr(each, "url_patterns") else [each]
