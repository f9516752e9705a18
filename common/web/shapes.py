"""The small shapes that pages share: links, buttons, numbers, steps. Each is what one template in parts/ shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from common.shapes import Shown


@dataclass(frozen=True, slots=True)
class Link(Shown):
    """A link to another view of the same page: a tab, a pile, a sort, a kind."""

    url: str
    name: str
    is_current: bool = False
    key: str = ""
    count: int | str | None = None


@dataclass(frozen=True, slots=True)
class Crumb(Shown):
    """A place above the page, with its own page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Button(Shown):
    """A link that looks like a button; ``kind`` is ``primary`` for the next step."""

    word: str
    url: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stat(Shown):
    """A number with the list behind it, as templates/parts/stat.html shows it."""

    name: str
    value: int | str | None  # a share is given in words; None while too little is known
    definition: str
    unit: str = ""
    url: str = ""
    light: str = ""
    compared: str = ""  # with the period before, in words
    beside: Link | None = None  # what it is a share of


@dataclass(frozen=True, slots=True)
class MaskedPiece(Shown):
    """A masked text with the key and the field under which templates/parts/masked.html opens it."""

    label: str
    masked: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class FieldFault(Shown):
    """What is wrong with one column of a line that was read from a file."""

    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ParcelStep(Shown):
    """One station of templates/parts/parcel.html; ``state`` is ``done``, ``now``, ``next`` or ``stopped``."""

    name: str
    state: str


@dataclass(frozen=True, slots=True)
class TimelineStep(Shown):
    """One event as templates/parts/timeline.html shows it."""

    at: datetime
    sentence: str
    note: str = ""
    is_system: bool = False
    is_now: bool = False  # see :func:`timeline`
    lasted: str = ""  # how long after the step before, in words
    photos: Sequence[Any] = ()


def event_steps(events: Iterable[Any], verbs: Mapping[str, str]) -> list[TimelineStep]:
    """The events of a record (:class:`audit.events.Event`, with their actors), oldest first, as a timeline."""
    return timeline(
        [
            TimelineStep(
                at=event.at,
                sentence=f"{event.actor.name if event.actor else '系统'}"
                f"{f'（{event.post}）' if event.post else ''}{verbs[event.verb]}",
                note=event.note,
                is_system=event.actor is None,
            )
            for event in events
        ]
    )


def timeline(steps: Sequence[TimelineStep]) -> list[TimelineStep]:
    """The steps, the last of which is where things stand."""
    return [*steps[:-1], *(replace(step, is_now=True) for step in steps[-1:])]
