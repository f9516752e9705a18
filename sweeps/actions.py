"""The common way to process rows in everything that runs by itself.

Each row has its own transaction, or many rows have one where that is cheaper; a batch that raises is taken apart. A row
that raises is logged with its reason and tried again after growing delays; the other rows are processed in the same
pass. The count is of rows that were done, not of rows that were looked at.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, models, transaction

from common.privacy.log_masking import masked
from sweeps.models import Setback

log = structlog.get_logger(__name__)

Row = TypeVar("Row", bound=models.Model)
PAGE = 200
FEW = 10  # keys of a chunk that raised: so few are done one by one
MOST_IN_ONE_PASS = 5000
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)


class AtFault(Exception):
    """Raised by an act on many rows where it knows the key of the row at fault, which is then not searched for."""

    def __init__(self, key: Hashable) -> None:
        super().__init__(key)
        self.key = key


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
    side_by_side: int = 1,
) -> Pass:
    """Call ``act`` with many keys at once where that is cheaper; a chunk that raises is halved, few go key by key.

    ``act`` returns how many it did. So many chunks are worked on ``side_by_side``, each by a thread with a connection
    of its own; within a transaction of the caller, which other connections do not see into, one after the other.
    """
    total, waiting = Pass(), _waiting(name, at=at)
    ready = [key for key in keys if str(key) not in waiting and str(key) not in waiting.tried]
    alone = [key for key in keys if str(key) in waiting or str(key) in waiting.tried]
    chunks = _Chunks(act, deque(ready[start : start + size] for start in range(0, len(ready), size)), alone)
    threads = 0 if connection.in_atomic_block else min(side_by_side, len(chunks.left)) - 1
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        others = [pool.submit(chunks.work_apart) for _ in range(threads)]
        try:
            total.done += chunks.work()
        except BaseException:
            chunks.left.clear()  # the others end with the chunk that they have
            raise
        total.done += sum(other.result() for other in others)
    total.add(_each(name, alone, lambda key: act([key]), at=at))
    if are_all:
        forget_gone(name, keys)
    return total


@dataclass(frozen=True)
class _Chunks:
    """Chunks of keys that are ``left`` to be done, each in one transaction; ``alone`` are to be done key by key."""

    act: Callable[[Sequence[Any]], object]
    left: deque[Sequence[Hashable]]
    alone: list[Hashable]

    def work(self) -> int:
        """Work on chunks until none is left. Returns how many rows were done."""
        total = 0
        while self.left:
            try:
                chunk = self.left.popleft()
            except IndexError:
                break  # another thread took it
            try:
                with transaction.atomic():
                    done = self.act(chunk)
                total += int(done) if isinstance(done, int) else len(chunk)
            except SoftTimeLimitExceeded:
                raise
            except Exception:
                if len(chunk) <= FEW:
                    self.alone.extend(chunk)
                else:
                    self.left.extend((chunk[: len(chunk) // 2], chunk[len(chunk) // 2 :]))
        return total

    def work_apart(self) -> int:
        """As :meth:`work`, in a thread whose connection is closed at the end."""
        try:
            return self.work()
        finally:
            connection.close()


def sweep_claimed(
    name: str,
    rows: models.QuerySet[Row],
    act: Callable[[Sequence[Row]], int],
    *,
    locks: Sequence[str] = ("self",),
    at: datetime,
    most: int = MOST_IN_ONE_PASS,
    size: int = PAGE,
) -> Pass:
    """Claim the due ``rows`` in batches and call ``act`` with each batch, in one transaction a batch.

    A claim locks ``locks``, the rows themselves and relations that they are selected with, and passes over what another
    process has locked, so that sweepers beside each other share the work. ``act`` returns how many it did; what it did
    is not among ``rows`` any more. A batch that raises is taken apart until the rows at fault are found, which are set
    back; :class:`AtFault` shortens the search.
    """
    waiting = _waiting(name, at=at)
    known = waiting | waiting.tried
    claims, total, claimed = _Claims(name, rows, act, locks, at), Pass(), 0
    apart: set[Hashable] = set(known)
    for key in map(rows.model._meta.pk.to_python, sorted(waiting.tried)):
        total.add(claims.these([key]))
    while claimed < most:
        wanted = min(size, most - claimed)
        keys, result = claims.first_of(rows.exclude(pk__in=apart), wanted)
        total.add(result)
        apart |= result.left
        claimed += len(keys)
        if len(keys) < wanted:
            break
    if known:
        still_due = {str(pk) for pk in rows.filter(pk__in=known).values_list("pk", flat=True)}
        Setback.objects.filter(sweep=name, row__in=known - still_due).delete()
    total.left |= waiting
    return total


@dataclass(frozen=True)
class _Claims(Generic[Row]):
    """Batches of one sweep, each claimed and worked on in a transaction of its own."""

    name: str
    rows: models.QuerySet[Row]
    act: Callable[[Sequence[Row]], int]
    locks: Sequence[str]
    at: datetime

    def first_of(self, rows: models.QuerySet[Row], size: int) -> tuple[list[Any], Pass]:
        """Work on the first ``size`` of ``rows`` that nobody has locked; returns their keys too."""
        keys: list[Any] = []
        try:
            with transaction.atomic():
                # PostgreSQL asks the conditions again of the newest version of each row that it locks.
                claimed = list(rows.select_for_update(of=self.locks, skip_locked=True)[:size])
                keys = [row.pk for row in claimed]
                return keys, Pass(self.act(claimed) if claimed else 0)
        except SoftTimeLimitExceeded:
            raise
        except Exception as caught:
            if not keys:
                raise  # no row is at fault
            error = caught
        return keys, self._apart(keys, error)

    def these(self, keys: Sequence[Any]) -> Pass:
        """Work on the rows with these keys, but for those that are locked or no longer due."""
        held, result = self.first_of(self.rows.filter(pk__in=keys), len(keys))
        result.left |= set(keys) - set(held)
        return result

    def _apart(self, keys: Sequence[Any], error: Exception) -> Pass:
        """Take a batch that raised apart: the row at fault and the others, or its halves. One row alone is set back."""
        if len(keys) == 1:
            _set_back(self.name, keys[0], error, at=self.at)
            return Pass(left=set(keys))
        middle, result = len(keys) // 2, Pass()
        parts = [keys[:middle], keys[middle:]]
        if isinstance(error, AtFault) and error.key in keys:
            parts = [[error.key], [key for key in keys if key != error.key]]
        for part in parts:
            result.add(self.these(part))
        return result


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
