"""The common way to process rows in everything that runs by itself.

Each row has its own transaction. A row that raises is logged with its reason and tried again after growing delays; the
other rows are processed in the same pass. The count is of rows that were done, not of rows that were looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import models, transaction

from common.privacy.log_masking import masked
from sweeps.models import Setback

log = structlog.get_logger(__name__)

PAGE = 200
MOST_IN_ONE_PASS = 5000
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)


@dataclass
class Pass:
    """The result of one pass: how many rows were done, and which were left because they raised or were locked."""

    done: int = 0
    left: set[Hashable] = field(default_factory=set)

    def add(self, other: Pass) -> None:
        """Add the result of another pass."""
        self.done += other.done
        self.left |= other.left


def sweep(
    name: str,
    keys: Iterable[Hashable],
    act: Callable[[Any], object],
    *,
    at: datetime,
    keeps_own_transactions: bool = False,
    are_all: bool = True,
) -> Pass:
    """Call ``act`` with every key, each in its own transaction.

    ``act`` returns whether something was done: for a row locked by another process it returns False, and the row stays
    for the next pass. A key that failed waits until its next attempt is due. ``keeps_own_transactions`` is for long
    work that must count its attempts before it begins. With ``are_all`` the keys are all that are due, and the setbacks
    of other keys are forgotten.
    """
    asked = list(keys)
    result = _each(name, asked, act, at=at, keeps_own_transactions=keeps_own_transactions)
    if are_all:
        forget_gone(name, asked)
    return result


def sweep_rows(
    name: str,
    rows: models.QuerySet[Any, Any],
    act: Callable[[Any], object],
    *,
    at: datetime,
    most: int = MOST_IN_ONE_PASS,
) -> Pass:
    """Sweep the primary keys of ``rows`` in their order, page by page, each once; at most ``most`` in one pass."""
    total = Pass()
    seen: set[Any] = set()
    while len(seen) < most:
        page = list(rows.exclude(pk__in=seen).values_list("pk", flat=True)[: min(PAGE, most - len(seen))])
        if not page:
            forget_gone(name, seen)
            break
        seen.update(page)
        total.add(_each(name, page, act, at=at))
    return total


def sweep_together(
    name: str,
    keys: Sequence[Hashable],
    act: Callable[[Sequence[Any]], object],
    *,
    at: datetime,
    size: int = PAGE,
    are_all: bool = True,
) -> Pass:
    """Call ``act`` with many keys at once where that is cheaper; a chunk that raises is repeated key by key.

    ``act`` returns how many it did.
    """
    total, waiting = Pass(), _waiting(name, at=at)
    ready = [key for key in keys if str(key) not in waiting and str(key) not in waiting.tried]
    alone = [key for key in keys if str(key) in waiting or str(key) in waiting.tried]
    for start in range(0, len(ready), size):
        chunk = ready[start : start + size]
        try:
            with transaction.atomic():
                done = act(chunk)
            total.done += int(done) if isinstance(done, int) else len(chunk)
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            alone += chunk
    total.add(_each(name, alone, lambda key: act([key]), at=at))
    if are_all:
        forget_gone(name, keys)
    return total


def _each(
    name: str,
    keys: Iterable[Hashable],
    act: Callable[[Any], object],
    *,
    at: datetime,
    keeps_own_transactions: bool = False,
) -> Pass:
    result, waiting = Pass(), _waiting(name, at=at)
    for key in keys:
        if str(key) in waiting:
            result.left.add(key)
            continue
        try:
            with nullcontext() if keeps_own_transactions else transaction.atomic():
                done = bool(act(key))
        except SoftTimeLimitExceeded:
            raise  # the time limit of the worker is over, which is not the fault of the row
        except Exception as error:
            _set_back(name, key, error, at=at)
            done = False
        else:
            if str(key) in waiting.tried:
                Setback.objects.filter(sweep=name, row=str(key)).delete()
        result.done += done
        if not done:
            result.left.add(key)
    return result


# --- Setbacks -------------------------------------------------------------------------------------------------


class _Waiting(set[str]):
    """The rows that wait for their next attempt; ``tried`` are those whose next attempt is due."""

    tried: set[str]


def forget_gone(name: str, due: Iterable[Hashable]) -> None:
    """Forget the setbacks of rows that are no longer due, for example because a person has done the work."""
    names = [str(key) for key in due]
    Setback.objects.filter(sweep=name).exclude(row__in=names).delete()


def _waiting(name: str, *, at: datetime) -> _Waiting:
    found = dict(Setback.objects.filter(sweep=name).values_list("row", "next_attempt_at"))
    waiting = _Waiting(row for row, moment in found.items() if moment > at)
    waiting.tried = set(found) - waiting
    return waiting


def _set_back(name: str, key: Hashable, error: Exception, *, at: datetime) -> None:
    """Store that a row raised, and when it is tried again: after 5 s, 10 s, 20 s … 10 minutes."""
    log.error("sweep_set_back", sweep=name, row=str(key), exc_info=error)
    reason = masked(f"{type(error).__name__}: {error}".splitlines()[0])[:300]
    setback = Setback.objects.filter(sweep=name, row=str(key)).first() or Setback(
        sweep=name, row=str(key), since=at
    )
    setback.attempts += 1
    setback.next_attempt_at = at + min(FIRST_WAIT * 2 ** min(setback.attempts - 1, 10), LONGEST_WAIT)
    setback.reason = reason
    setback.save()
