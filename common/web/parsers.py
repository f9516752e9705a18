"""How the API parses a JSON body, and moments, days and codes in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import IO, Any

from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.fields import CharField, DateField, DateTimeField
from rest_framework.parsers import JSONParser

from common.days import day_in
from common.typed import code_in

DEEPEST = 20
WRONG_MOMENT = "时间不对，请重新选择。"


class ShallowJSONParser(JSONParser):
    """Parses JSON with limited nesting; a deeper body is answered with 400, not with an error 500."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Parse the body, and refuse it when it is nested too deeply."""
        try:
            read = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
        if is_deeper(read, DEEPEST):
            raise ParseError
        return read


class MomentField(DateTimeField):
    """A moment; refuses the ends of the calendar, where time zones cannot be computed."""

    default_error_messages = {"invalid": WRONG_MOMENT, "date": WRONG_MOMENT, "make_aware": WRONG_MOMENT}

    def to_internal_value(self, value: Any) -> datetime:
        """Parse the moment."""
        try:
            return super().to_internal_value(value)
        except OverflowError as error:
            raise ValidationError(WRONG_MOMENT) from error


class DayField(DateField):
    """A day, as people and programs write it."""

    def to_internal_value(self, value: Any) -> date:
        """Parse the day; the sentence shows what was sent."""
        if not isinstance(value, str):
            return super().to_internal_value(value)
        try:
            return day_in(value)
        except ValueError as error:
            raise ValidationError(str(error)) from None


class CodeField(CharField):
    """A code: read in half-width characters without spaces."""

    def to_internal_value(self, data: Any) -> str:
        """Parse the code."""
        return code_in(super().to_internal_value(data))


def is_deeper(value: Any, limit: int) -> bool:
    """Whether lists and objects are nested more than ``limit`` levels deep."""
    layer = [value]
    for _ in range(limit + 1):
        layer = [
            part
            for outer in layer
            if isinstance(outer, dict | list)
            for part in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(layer)
