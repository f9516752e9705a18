"""Courses laid into places become rows: cases, events, stays, effects, parts of units and chains, all by COPY."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection, models

from audit.actions import PastAct, append_pasts, committed
from common.records.copying import as_line, copy_text
from common.shapes import Columns
from demo.city.courses import Course, PastEvent
from demo.city.places import Spot
from matters.models import Matter
from workflow.answers import checked_answers
from workflow.history import capacity
from workflow.models import Assignment, Case, CaseEvent, Stage, StageEffect, rating_codes

ANSWERS = {"number": "3", "yes_no": "是", "text": "甲-03"}
SECRET = Case(confidential=True)
_committed = lru_cache(maxsize=4096)(committed)


class Posts:
    """The capacities in which people act on the cases of one township and one unit."""

    def __init__(self, case: Case) -> None:
        self.case, self.unit = case, case.unit
        self.known: dict[tuple[str, str, bool, str], str] = {}

    def of(self, event: PastEvent) -> str:
        """Return the capacity in which the actor of an event acts."""
        if not event.who:
            return "系统"
        key = (event.verb, event.level, event.has_unit, event.handled_by)
        if key not in self.known:
            self.case.level, self.case.handled_by = event.level, event.handled_by
            self.case.unit = self.unit if event.has_unit else None
            self.known[key] = capacity(event.verb, self.case)[:120]
        return self.known[key]


@dataclass(frozen=True)
class Laid:
    """One course in one place."""

    course: Course
    spot: Spot
    matter: Matter
    unit_id: int
    people: Mapping[str, int]
    posts: Posts
    description: str
    place: str

    def actor(self, event: PastEvent) -> int | None:
        """Return the account that acted in an event; None for the clock."""
        who = f"desk of {_desk_level(event)}" if event.who == "desk" else event.who
        return self.people[who] if who else None


def _desk_level(event: PastEvent) -> str:
    """The level of the desk that acted: an escalation is written at the level that it reaches."""
    if event.verb != "escalate":
        return event.level
    return {"county": "township", "city": "county"}[event.level]


# --- Tables: what differs from place to place stands first, then what all copies of a course share ---------------


@dataclass(frozen=True, eq=False)
class Table:
    """A table with the columns that differ from place to place and those that all copies of a course share."""

    model: type[models.Model]
    of_place: tuple[str, ...]
    shared: tuple[str, ...]

    def tail(self, row: Columns) -> str:
        """The shared part of a line."""
        return as_line([row[column] for column in self.shared])

    def copy(self, lines: Iterable[str]) -> None:
        """Copy lines, each the columns of a place and a tail."""
        if text := "".join(lines):
            copy_text(self.model, (*self.of_place, *self.shared), text)


def _table(model: type[models.Model], *of_place: str) -> Table:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    return Table(model, of_place, tuple(column for column in columns if column not in of_place))


CASES = _table(
    Case, "id", "description", "place", "answers", "matter_id", "lon", "lat", "accuracy_m", "grid_id", "village_id",
    "township_id", "county_id", "reported_township_id", "reported_county_id", "reporter_id", "caretaker_id",
    "rating_code", "unit_id", "handler_id",
)  # fmt: skip
STAYS = _table(Stage, "id", "case_id", "organization_id")
PARTS = Table(
    Assignment,
    ("case_id", "unit_id"),
    ("is_lead", "reason", "version", "assigned_at", "signed_at", "ended_at"),
)
EFFECTS = Table(StageEffect, ("stage_id",), ("rule", "deadline_version", "due_at", "at"))
EVENTS = Table(
    CaseEvent,
    ("case_id", "actor_id", "post", "unit_id", "note"),
    ("seq", "verb", "at", "from_status", "to_status", "level"),
)


class Shared:
    """The tails of the lines of a course, made once for all its copies."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.case = CASES.tail(_columns_of(course.case))
        self.stays = [STAYS.tail(_columns_of(stay)) for stay in course.stays]
        self.parts = [PARTS.tail({"is_lead": True, "version": 1, **vars(part)}) for part in course.parts]
        self.effects = [EFFECTS.tail({"deadline_version": 1, **vars(effect)}) for effect in course.effects]
        self.events = [
            EVENTS.tail({"seq": seq, **vars(event)}) for seq, event in enumerate(course.events, start=1)
        ]


class Lines:
    """The lines of a batch, table by table in the order in which they are copied."""

    def __init__(self) -> None:
        self.of: dict[Table, list[str]] = {table: [] for table in (CASES, PARTS, STAYS, EFFECTS, EVENTS)}

    def add(self, table: Table, tail: str, *of_place: object) -> None:
        """Add the line of one row."""
        self.of[table].append(f"{as_line(of_place)}\t{tail}\n")

    def copy(self) -> None:
        """Copy everything."""
        for table, lines in self.of.items():
            table.copy(lines)


def write(numbers: Sequence[int], batch: Sequence[Laid]) -> int:
    """Write a batch of laid courses, cases with these numbers; returns how many."""
    lines, shared = Lines(), None
    codes = rating_codes(len(batch))
    stays = iter(take_numbers(Stage, sum(len(laid.course.stays) for laid in batch)))
    for pk, code, laid in zip(numbers, codes, batch, strict=True):
        if shared is None or shared.course is not laid.course:
            shared = Shared(laid.course)
        lines.add(CASES, shared.case, pk, *_of_place(pk, code, laid))
        _add_lines(lines, pk, laid, shared, list(islice(stays, len(shared.stays))))
    lines.copy()
    append_pasts({f"{Case.chain}:{pk}": _acts(laid) for pk, laid in zip(numbers, batch, strict=True)})
    return len(batch)


def take_numbers(model: type[models.Model], count: int) -> list[int]:
    """Take the next ``count`` keys of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def _add_lines(lines: Lines, pk: int, laid: Laid, shared: Shared, stays: Sequence[int]) -> None:
    course, unit = laid.course, laid.unit_id
    for tail in shared.parts:
        lines.add(PARTS, tail, pk, unit)
    for number, stay, tail in zip(stays, course.stays, shared.stays, strict=True):
        lines.add(STAYS, tail, number, pk, unit if stay.organization_id else None)
    for effect, tail in zip(course.effects, shared.effects, strict=True):
        lines.add(EFFECTS, tail, stays[effect.stay])
    for event, tail in zip(course.events, shared.events, strict=True):
        note = _note_of(event, laid)
        if course.case.confidential:
            note = _kept(CaseEvent(case=SECRET, note=note), "note")
        of_unit = unit if event.has_unit else None
        lines.add(EVENTS, tail, pk, laid.actor(event), laid.posts.of(event), of_unit, note)


def _of_place(pk: int, code: str, laid: Laid) -> tuple[object, ...]:
    """The columns of a case that differ from place to place, after its number."""
    case, spot = laid.course.case, laid.spot
    texts = {"description": laid.description, "place": laid.place}
    return (
        *(_texts(case, **texts).values()),
        [] if case.confidential else _answers(laid.matter),
        laid.matter.pk,
        *spot.point,
        5 + pk % 36,
        *(spot.grid.pk, spot.village.pk, spot.township.pk, spot.county.pk, spot.township.pk, spot.county.pk),
        *(spot.worker, spot.worker),
        code,
        laid.unit_id if case.unit_id else None,
        laid.people.get(laid.course.handled_by_part),
    )


def _columns_of(row: models.Model) -> Columns:
    return {str(field.column): getattr(row, field.attname) for field in row._meta.concrete_fields}


def _texts(case: Case, **texts: str) -> Columns:
    """The texts as their columns keep them: sealed in a clue."""
    if not case.confidential:
        return dict(texts)
    secret = Case(confidential=True, **texts)
    return {name: _kept(secret, name) for name in texts}


def _kept(row: models.Model, name: str) -> str:
    """The value that a column of a secret row keeps."""
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)
    return str(field.pre_save(row, add=True))


def _answers(matter: Matter) -> list[list[str]]:
    answers = {
        question["key"]: ANSWERS.get(question["type"]) or next(iter(question.get("choices", ())), "")
        for question in matter.questions
    }
    return checked_answers(matter.questions, answers, may_be_missing=False)


# --- Chains -------------------------------------------------------------------------------------------------


def _note_of(event: PastEvent, laid: Laid) -> str:
    return laid.description if event.verb == "report" else event.note


def _acts(laid: Laid) -> list[PastAct]:
    """What the links of the chain say, in the words of ``Case.linked`` and ``workflow.history.write_event``."""
    return [
        PastAct(event.verb, event.at, laid.actor(event), _linked(event, seq, laid))
        for seq, event in enumerate(laid.course.events, start=1)
    ]


def _linked(event: PastEvent, seq: int, laid: Laid) -> dict[str, Any]:
    return {
        "seq": seq,
        "to": event.to_status,
        "note": _committed(_note_of(event, laid)),
        "level": event.level,
        "unit": laid.unit_id if event.has_unit else None,
        "from": event.from_status,
        **({} if event.before is None else {"before": event.before}),
    }
