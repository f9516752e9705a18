"""Courses laid into places become rows: cases, events, stays, effects, parts of units and chains, all by COPY."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, models

from audit.actions import PastAct, append_pasts, committed
from common.records.copying import copy_rows
from common.shapes import Columns
from demo.city.courses import Course, Told
from demo.city.places import Spot
from matters.models import Matter
from workflow.answers import checked_answers
from workflow.history import capacity
from workflow.models import Assignment, Case, CaseEvent, Stage, StageEffect, new_rating_code

ANSWERS = {"number": "3", "yes_no": "是", "text": "甲-03"}
SECRET = Case(confidential=True)
_committed = lru_cache(maxsize=4096)(committed)


class Posts:
    """The capacities in which people act on the cases of one township and one unit."""

    def __init__(self, case: Case) -> None:
        self.case, self.unit = case, case.unit
        self.known: dict[tuple[str, str, bool, str], str] = {}

    def of(self, told: Told) -> str:
        """Return the capacity in which the actor of an event acts."""
        if not told.who:
            return "系统"
        key = (told.verb, told.level, told.has_unit, told.handled_by)
        if key not in self.known:
            self.case.level, self.case.handled_by = told.level, told.handled_by
            self.case.unit = self.unit if told.has_unit else None
            self.known[key] = capacity(told.verb, self.case)[:120]
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

    def actor(self, told: Told) -> int | None:
        """Return the account that acted in an event; None for the clock."""
        who = f"desk of {_desk_level(told)}" if told.who == "desk" else told.who
        return self.people[who] if who else None


def _desk_level(told: Told) -> str:
    """The level of the desk that acted: an escalation is written at the level that it reaches."""
    if told.verb != "escalate":
        return told.level
    return {"county": "township", "city": "county"}[told.level]


def write(batch: Sequence[Laid]) -> int:
    """Write a batch of laid courses; returns how many cases."""
    numbered = list(zip(_take_numbers(Case, len(batch)), batch, strict=True))
    copy_rows(Case, [_case_row(pk, laid) for pk, laid in numbered])
    copy_rows(Assignment, [row for pk, laid in numbered for row in _part_rows(pk, laid)])
    stays = _take_numbers(Stage, sum(len(laid.course.stays) for laid in batch))
    stage_rows: list[Columns] = []
    effect_rows: list[Columns] = []
    for pk, laid in numbered:
        first = len(stage_rows)
        stage_rows += [
            _stay_row(stays[first + place], pk, laid, stay) for place, stay in enumerate(laid.course.stays)
        ]
        effect_rows += [
            {
                "stage_id": stays[first + effect.stay],
                "rule": effect.rule,
                "deadline_version": 1,
                "due_at": effect.due_at,
                "at": effect.at,
            }
            for effect in laid.course.effects
        ]
    copy_rows(Stage, stage_rows)
    copy_rows(StageEffect, effect_rows)
    copy_rows(CaseEvent, [row for pk, laid in numbered for row in _event_rows(pk, laid)])
    append_pasts({f"{Case.chain}:{pk}": _acts(laid) for pk, laid in numbered})
    return len(batch)


def _take_numbers(model: type[models.Model], count: int) -> list[int]:
    """Take the next ``count`` keys of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


# --- Rows -----------------------------------------------------------------------------------------------------


def _columns_of(row: models.Model) -> Columns:
    return {str(field.column): getattr(row, field.attname) for field in row._meta.concrete_fields}


def _case_row(pk: int, laid: Laid) -> Columns:
    course, spot = laid.course, laid.spot
    case = course.case
    lon, lat = spot.point
    return {
        **_columns_of(case),
        **_texts(case, description=laid.description, place=laid.place),
        "id": pk,
        "answers": [] if case.confidential else _answers(laid.matter),
        "matter_id": laid.matter.pk,
        "lon": lon,
        "lat": lat,
        "accuracy_m": 5 + pk % 36,
        "grid_id": spot.grid.pk,
        "village_id": spot.village.pk,
        "township_id": spot.township.pk,
        "county_id": spot.county.pk,
        "reporter_id": spot.worker,
        "caretaker_id": spot.worker,
        "rating_code": new_rating_code(),
        "unit_id": laid.unit_id if case.unit_id else None,
        "handler_id": laid.people.get(course.handled_by_part),
    }


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
    said = {
        question["key"]: ANSWERS.get(question["type"]) or next(iter(question.get("choices", ())), "")
        for question in matter.questions
    }
    return checked_answers(matter.questions, said, may_be_missing=False)


def _part_rows(pk: int, laid: Laid) -> list[Columns]:
    return [
        {
            "case_id": pk,
            "unit_id": laid.unit_id,
            "is_lead": True,
            "reason": part.reason,
            "assigned_at": part.assigned_at,
            "signed_at": part.signed_at,
            "ended_at": part.ended_at,
        }
        for part in laid.course.parts
    ]


def _stay_row(pk: int, case: int, laid: Laid, stay: Stage) -> Columns:
    unit = laid.unit_id if stay.organization_id else None
    return {**_columns_of(stay), "id": pk, "case_id": case, "organization_id": unit}


def _event_rows(pk: int, laid: Laid) -> list[Columns]:
    is_secret = laid.course.case.confidential
    return [
        {
            "case_id": pk,
            "seq": seq,
            "verb": told.verb,
            "actor_id": laid.actor(told),
            "post": laid.posts.of(told),
            "at": told.at,
            "from_status": told.from_status,
            "to_status": told.to_status,
            "level": told.level,
            "unit_id": laid.unit_id if told.has_unit else None,
            "note": _kept(CaseEvent(case=SECRET, note=note), "note") if is_secret else note,
        }
        for seq, told in enumerate(laid.course.told, start=1)
        for note in (_note_of(told, laid),)
    ]


def _note_of(told: Told, laid: Laid) -> str:
    return laid.description if told.verb == "report" else told.note


def _acts(laid: Laid) -> list[PastAct]:
    """What the links of the chain say, in the words of ``Case.linked`` and ``workflow.history.write_event``."""
    return [
        PastAct(told.verb, told.at, laid.actor(told), _linked(told, seq, laid))
        for seq, told in enumerate(laid.course.told, start=1)
    ]


def _linked(told: Told, seq: int, laid: Laid) -> dict[str, Any]:
    return {
        "seq": seq,
        "to": told.to_status,
        "note": _committed(_note_of(told, laid)),
        "level": told.level,
        "unit": laid.unit_id if told.has_unit else None,
        "from": told.from_status,
    }
