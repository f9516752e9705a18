"""Two records that are one become one, by a person, and can be taken apart again; "not the same" is remembered.

Nothing is thrown away: the merged record keeps its values, which are read beside those of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from accounts.models import User
from common.errors import IllegalMove, RuleViolation
from grids.models import Division
from personnel.life import write_step
from registry import policies
from registry.actions.records import begin, can_stand, link_sources, move
from registry.doubles import doubles_in
from registry.models import Merger, Pair, Record, Relation
from sweeps.actions import sweep
from worktime.clocks import day_of

BATCH, DOUBLES = 500, "registry.doubles"


@transaction.atomic
def merge_records(record: Record, into: Record, *, by: User, at: datetime) -> Merger:
    """Merges a record into another of its kind. Raises :class:`RuleViolation` for two kinds or for itself.

    A relation that the other has already, and one between the two, ends and comes back when the merger is undone.
    """
    if record.pk == into.pk:
        raise RuleViolation("不能并到自己。", field="into")
    if record.kind != into.kind:
        raise RuleViolation("只有同一种登记才能合并。", field="into")
    first, second = sorted((record, into), key=lambda each: each.pk)
    locked = {each.pk: begin(each, "merge", by=by) for each in (first, second)}
    record, into = locked[record.pk], locked[into.pk]
    moved, touched = _move_relations(record, into, at=at)
    merger = Merger.objects.create(record=record, into=into, moved=moved, by=by, at=at)
    record.merged_into = into
    move(record, "merge", by=by, at=at, record={"into": into.pk, "relations": len(moved)})
    write_step(into, "absorb", by=by, at=at, record={"record": record.pk})
    link_sources((record, into), touched, "relate", by=by, at=at)
    _decide((record, into), Pair.Status.MERGED, by=by, at=at)
    return merger


def _move_relations(
    record: Record, into: Record, *, at: datetime
) -> tuple[list[list[object]], list[Relation]]:
    moved: list[list[object]] = []
    touched: list[Relation] = []
    ends = (("source", record.relations.present()), ("target", record.related.present()))
    for end, rows in ends:
        for relation in rows.select_for_update().order_by("pk"):
            touched.append(Relation.objects.get(pk=relation.pk))
            other = relation.target_id if end == "source" else relation.source_id
            setattr(relation, end, into)
            if other == into.pk or not can_stand(relation):
                _end(relation.pk, record, at=at)
                continue
            relation.save(update_fields=[end])
            moved.append([relation.pk, end])
    return moved, touched


def _end(pk: int, record: Record, *, at: datetime) -> None:
    Relation.objects.filter(pk=pk).update(until=day_of(at), ended_with=record)


@transaction.atomic
def unmerge_records(record: Record, *, by: User, at: datetime) -> Record:
    """Takes a merger back: every relation goes to where it was. Raises :class:`IllegalMove` if it is not merged."""
    record = begin(record, "unmerge", by=by)
    merger = Merger.objects.select_for_update().filter(record=record, undone_at=None).first()
    if merger is None:
        raise IllegalMove("没有可以撤销的合并。")
    into = Record.objects.select_for_update().get(pk=merger.into_id)
    touched: list[Relation] = []
    for pk, end in merger.moved:
        relation = Relation.objects.select_for_update().get(pk=pk)
        setattr(relation, end, record)
        relation.save(update_fields=[end])
        touched.append(relation)
    for relation in Relation.objects.filter(ended_with=record).order_by("pk"):
        relation.until, relation.ended_with = None, None
        relation.save(update_fields=["until", "ended_with"])
        touched.append(relation)
    merger.undone_by, merger.undone_at = by, at
    merger.save(update_fields=["undone_by", "undone_at"])
    record.merged_into = None
    move(record, "unmerge", by=by, at=at, record={"from": into.pk})
    write_step(into, "release", by=by, at=at, record={"record": record.pk})
    link_sources((record, into), touched, "relate", by=by, at=at)
    return record


@transaction.atomic
def tell_apart(first: Record, second: Record, *, by: User, at: datetime) -> Pair:
    """Remembers that two records are not the same; nobody proposes them again."""
    for record in (first, second):
        policies.WHO_MAY.require("merge", by, record)
    return _decide((first, second), Pair.Status.DISTINCT, by=by, at=at)


def _decide(records: Sequence[Record], status: str, *, by: User, at: datetime) -> Pair:
    first, second = sorted(records, key=lambda each: each.pk)
    pair, _ = Pair.objects.update_or_create(
        first=first,
        second=second,
        defaults={"status": status, "decided_by": by, "decided_at": at},
        create_defaults={
            "status": status,
            "decided_by": by,
            "decided_at": at,
            "at": at,
            "weight": 0.0,
            "words": "",
        },
    )
    return pair


def propose_all_doubles(*, at: datetime) -> int:
    """Proposes doubles in every township that has records, each in its own transaction; returns how many townships."""
    held = Record.objects.current().filter(township=OuterRef("pk"))
    townships = Division.objects.filter(Exists(held), level="township").order_by("code")
    keys = list(townships.values_list("pk", flat=True))
    return sweep(DOUBLES, keys, lambda township: propose_doubles(township, at=at) >= 0, at=at).done


def propose_doubles(township: int, *, at: datetime) -> int:
    """Proposes the pairs of a township that look like one person; returns how many are new."""
    found = [
        Pair(first_id=first, second_id=second, weight=like.weight, words=like.words[:120], at=at)
        for first, second, like in doubles_in(township)
    ]
    return len(Pair.objects.bulk_create(found, batch_size=BATCH, ignore_conflicts=True))
