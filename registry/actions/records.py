"""A record is registered, ended and restored (Art. 9, 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.versions import append_link
from common.errors import RuleViolation
from grids.models import Division, Grid
from personnel.life import Life, write_step
from registry import policies, states
from registry.actions.values import Given, link_of, put_values, require_name
from registry.fields import BY_KEY
from registry.kinds import HEAD, KINDS, RELATIONS
from registry.models import Record, Relation
from sweeps.actions import sweep_rows
from worktime.clocks import day_of

LIFE = Life(Record.objects.with_place, policies.WHO_MAY, states.RECORD_MOVES)
begin, move = LIFE.begin, LIFE.move
GROWING = "registry.growing"
NOT_IN_FORCE = "这个网格已经停用，请选现在的网格。"


@dataclass(frozen=True)
class NewRecord:
    """What is registered: in which grid, with which values by field, and its point in degrees if it has one."""

    kind: str
    grid: Grid
    values: Mapping[str, str]
    point: tuple[float, float] | None = None
    given: Given = field(default_factory=Given)


@transaction.atomic
def register_record(new: NewRecord, *, by: User | None, at: datetime) -> Record:
    """Registers a record with its first values. Raises :class:`RuleViolation` that names the field.

    Whether something like it is held already is asked before (``registry.likeness``); a person decides.
    """
    policies.ENTER.require("register", by, policies.Spot(new.grid))
    for named in (BY_KEY[key] for key in new.values if key in BY_KEY and BY_KEY[key].verb):
        policies.WRITE_NAMED.require("register", by, policies.Sealed(named, new.grid.village))
    if new.kind not in KINDS:
        raise RuleViolation("请选择登记什么。", field="kind")
    if new.grid.status != "in_force":
        raise RuleViolation(NOT_IN_FORCE, field="grid")
    lon, lat = new.point or (None, None)
    record = Record(
        kind=new.kind, grid=new.grid, lon=lon, lat=lat, registered_by=by, registered_at=at, checked_at=at
    )
    settle(record, new.grid.village)
    require_name(record, new.values)
    record.save()
    outcome = put_values(record, new.values, new.given, by=by, at=at)
    record.save(update_fields=["guarded_until"])
    append_link(
        record,
        "register",
        by=by,
        at=at,
        record={"kind": new.kind, "grid": new.grid.pk, "values": link_of(new.values, outcome)},
        first=True,
    )
    return record


def settle(record: Record, village: Division) -> None:
    """Sets the divisions of a record by its village."""
    township = village.parent
    assert township is not None  # a village lies in a township of a county
    assert township.parent is not None
    record.village, record.township, record.county = village, township, township.parent


@transaction.atomic
def end_record(record: Record, *, ground: str, by: User, at: datetime) -> Record:
    """Ends a record that is no longer true, with its relations. Raises :class:`RuleViolation` without a ground."""
    record = begin(record, "end", by=by)
    if ground not in states.END_GROUNDS[record.kind]:
        raise RuleViolation("请选择注销原因。", field="ground")
    today = day_of(at)
    record.end_ground, record.ended_on = ground, today
    ended = [*record.relations.present(), *record.related.present()]
    Relation.objects.filter(pk__in=[each.pk for each in ended]).update(until=today, ended_with=record)
    move(record, "end", by=by, at=at, record={"ground": ground, "relations": len(ended)})
    link_sources([record], ended, "part", by=by, at=at)
    return record


@transaction.atomic
def restore_record(record: Record, *, by: User, at: datetime) -> Record:
    """Takes the end of a record back, with the relations that ended with it and that nothing has replaced since."""
    record = begin(record, "restore", by=by)
    ended_on = record.ended_on
    record.end_ground, record.ended_on = "", None
    ended = Relation.objects.filter(ended_with=record).select_related("source", "target").order_by("pk")
    again = [each for each in ended if can_stand(each)]
    for relation in again:
        relation.until, relation.ended_with = None, None
        relation.save(update_fields=["until", "ended_with"])
    restored = {"ended_on": str(ended_on), "relations": len(again)}
    move(record, "restore", by=by, at=at, record=restored)
    link_sources([record], again, "relate", by=by, at=at)
    return record


def release_grown_ups(*, at: datetime) -> int:
    """Ends the guard of those who are no children any more; returns how many."""
    rows = Record.objects.filter(guarded_until__lte=day_of(at)).order_by("pk")
    return sweep_rows(GROWING, rows, lambda pk: _release(pk, at=at), at=at).done


def _release(pk: int, *, at: datetime) -> bool:
    record = Record.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if record is None:
        return False
    record.guarded_until = None
    write_step(record, "grow_up", by=None, at=at)
    return True


def can_stand(relation: Relation) -> bool:
    """Whether an ended relation can hold again: nothing that excludes it has begun since."""
    present, declared = Relation.objects.present(), RELATIONS[relation.kind]
    others = Q(source=relation.source_id, target=relation.target_id, kind=relation.kind)
    if declared.is_single:
        others |= Q(source=relation.source_id, kind=relation.kind)
    if relation.role == HEAD:
        others |= Q(target=relation.target_id, role=HEAD)
    return not present.filter(others).exclude(pk=relation.pk).exists()


def link_sources(
    records: Sequence[Record], relations: Sequence[Relation], verb: str, *, by: User, at: datetime
) -> None:
    """Writes a link to the chains of the other records from which the relations run: those vouch for them.

    ``records`` have their own link already.
    """
    numbers = {each.source_id for each in relations} - {each.pk for each in records}
    for source in Record.objects.select_for_update().filter(pk__in=numbers).order_by("pk"):
        write_step(source, verb, by=by, at=at, record={"with": records[0].pk})
