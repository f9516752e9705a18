"""The nightly erasure of expired data, data set by data set; each leaves an :class:`ErasureProof` (Art. 20, 26)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from audit.actions import append_entry
from retention.models import ErasureProof
from retention.rules import Due, due_sets
from sweeps.actions import forget_gone, sweep, sweep_together

AT_ONCE = 5000


def erase_what_is_over(*, at: datetime) -> int:
    """Erase everything that is expired and not held; returns how many rows. May run twice.

    If one data set raises, the others are still erased.
    """
    due = {each.dataset.key: each for each in due_sets(at)}
    erased: list[int] = []

    def erase(key: str) -> bool:
        erased.append(_erase(due[key], at=at))
        return True

    sweep("retention", list(due), erase, at=at, keeps_own_transactions=True)
    return sum(erased)


def _erase(due: Due, *, at: datetime) -> int:
    done: list[Any] = []
    left: set[Any] = set()
    held = due.held().count()
    name = f"retention.{due.dataset.key}"

    def erase(numbers: Sequence[Any]) -> int:
        found = due.dataset.erase(numbers, at)
        done.extend(found)
        return len(found)

    while numbers := list(due.rows().exclude(pk__in=left).values_list("pk", flat=True)[:AT_ONCE]):
        before = len(done)
        sweep_together(name, numbers, erase, at=at, are_all=False)
        left.update(set(numbers) - set(done[before:]))
    forget_gone(name, left)
    _prove(due, done, held=held, left=len(left), at=at)
    return len(done)


@transaction.atomic
def _prove(due: Due, done: Collection[Any], *, held: int, left: int, at: datetime) -> ErasureProof:
    numbers = "\n".join(map(str, sorted(done)))
    proof = ErasureProof.objects.create(
        dataset=due.dataset.key,
        rule=due.rule,
        at=at,
        before=due.before,
        erased=len(done),
        held=held,
        left=left,
        digest=hashlib.sha256(numbers.encode()).hexdigest(),
    )
    append_entry(f"erasure:{proof.pk}", verb="erase", at=at, actor_id=None, record={}, first=True)
    return proof
