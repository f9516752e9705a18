"""The fields of the form of a matter that stand together in one row."""

from __future__ import annotations

from dataclasses import dataclass

from django.forms.boundfield import BoundField


@dataclass(frozen=True, slots=True)
class LimitFields:
    """Amount and unit of the limit of one step."""

    word: str
    amount: BoundField
    unit: BoundField


@dataclass(frozen=True, slots=True)
class QuestionFields:
    """The fields of one question; it is folded if it and the one before are empty."""

    key: BoundField
    label: BoundField
    type: BoundField
    choices: BoundField
    required: BoundField
    is_folded: bool


@dataclass(frozen=True, slots=True)
class DepartmentFields:
    """The leading and the assisting departments of one level."""

    word: str
    lead: BoundField
    assist: BoundField
    is_open: bool
