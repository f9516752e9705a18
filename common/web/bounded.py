"""Serializer fields that check the number of items first: a thousand wrong items cost no more than one.

With ``many=True`` the framework counts the items itself if ``max_length`` is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.utils import html

from common.shapes import Json

MANY = "最多 {most} 项，您给了 {count} 项。"
LONG_NAME = "项的名称最多 {most} 个字符。"
LARGE = "内容太多：最多 {most} 个数和词。"


class BoundedListField(serializers.ListField):
    """A list of at most ``max_length`` items, counted before any item is read."""

    def __init__(self, *, max_length: int, **more: Any) -> None:
        super().__init__(max_length=max_length, **more)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Count the items, then read them."""
        items: Any = html.parse_html_list(data, default=[]) if html.is_html_input(data) else data
        if isinstance(items, list | tuple):
            require_at_most(len(items), self.max_length or 0)
        return super().to_internal_value(items)


class BoundedDictField(serializers.DictField):
    """An object of at most ``max_length`` members, counted before any is read; the length of names is limited too."""

    def __init__(self, *, max_length: int, max_name: int = 64, **more: Any) -> None:
        super().__init__(**more)
        self.max_length, self.max_name = max_length, max_name

    def to_internal_value(self, data: Any) -> Json:
        """Count the members, then read them."""
        if isinstance(data, Mapping):
            require_at_most(len(data), self.max_length)
            if any(len(str(name)) > self.max_name for name in data):
                raise serializers.ValidationError(LONG_NAME.format(most=self.max_name))
        return super().to_internal_value(data)


class BoundedJSONField(serializers.JSONField):
    """Any JSON of at most ``max_values`` values and members, in which no text is longer than ``max_text``.

    ``sentence`` replaces the sentence about the number of values.
    """

    def __init__(self, *, max_values: int, max_text: int = 200, sentence: str = "", **more: Any) -> None:
        super().__init__(**more)
        self.max_values, self.max_text = max_values, max_text
        self.sentence = sentence or LARGE.format(most=max_values)

    def to_internal_value(self, data: Any) -> Any:
        """Count the values, then return the JSON unchanged."""
        waiting, count = [data], 0
        while waiting:
            value = waiting.pop()
            count += 1
            if isinstance(value, dict):
                value = [*value, *value.values()]
            if isinstance(value, list):
                waiting += value
            if count + len(waiting) > self.max_values or (
                isinstance(value, str) and len(value) > self.max_text
            ):
                raise serializers.ValidationError(self.sentence)
        return super().to_internal_value(data)


def require_at_most(count: int, most: int) -> None:
    """Raise a ValidationError if there are more than ``most`` items."""
    if count > most:
        raise serializers.ValidationError(MANY.format(most=most, count=count))
