"""Names for the shapes that pages share: what Django gives and takes as dicts, and the links and buttons of a page.

The three aliases are dicts because Django makes them so: their keys are named by a template or by a form's fields. A
row, a part of a page, or anything else with keys of its own is a frozen dataclass beside the function that builds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

Context = dict[str, Any]  # the context of a template, or the part of one that a page merges into its own
Cleaned = dict[str, Any]  # the cleaned fields of a form or serializer, by name: the arguments of an action
FormArguments = dict[str, Any]  # the keyword arguments with which a form is made, ``initial`` among them


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another view of the same page: a tab, a pile, a sort, a kind."""

    url: str
    name: str
    is_current: bool
    key: str = ""
    count: int | str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A link that looks like a button; ``kind`` is ``primary`` for the next step."""

    word: str
    url: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stat:
    """A number with the list behind it, as templates/parts/stat.html shows it."""

    name: str
    value: int
    unit: str
    url: str
    definition: str
    light: str = ""
    compared: str = ""  # with the period before, in words


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one column of a line that was read from a file."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ParcelStep:
    """One station of templates/parts/parcel.html; ``state`` is ``done``, ``now``, ``next`` or ``stopped``."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One event as templates/parts/timeline.html shows it."""

    at: datetime
    sentence: str
    note: str
    is_system: bool
    is_now: bool = False  # see :func:`timeline`
    lasted: str = ""  # how long after the step before, in words
    photos: Sequence[Any] = ()


def timeline(steps: Sequence[TimelineStep]) -> list[TimelineStep]:
    """The steps, the last of which is where things stand."""
    return [*steps[:-1], *(replace(step, is_now=True) for step in steps[-1:])]
