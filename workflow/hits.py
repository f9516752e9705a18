"""What a search finds: how many, counted up to a ceiling, and the newest, without sorting all that a word has.

A frequent word is in tens of thousands of cases of a city. The index of the texts names them in a few milliseconds;
reading and sorting all of them takes a hundred. So counting stops at ``CEILING``, and the page says that it did; and
the newest are looked for among those of the last days first (``WINDOWS``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, F, Q, Value

from accounts.models import User
from common.records.keyset import after_cursor, decode_cursor
from common.records.statements import Statement, compiled, rows_of
from personnel.scopes import Authority, authority_of
from workflow.models import Case
from workflow.querysets import CaseQuerySet, IsAnyOf, sees_now
from workflow.queues import BY_RECENCY, WITHOUT_PLACE, Queue

CEILING = 1000
WINDOWS = (timedelta(days=1), timedelta(days=30))
NO_CASES = [0]  # stands in the compiled statement where the numbers of cases go


@dataclass(frozen=True)
class Hits:
    """The hits of a search in sight: how many, how many of them each queue holds, and all of them if they are few.

    ``found`` are all hits, each as the moment of its report and its number, newest first. ``is_cut`` says that
    ``total`` is only the ceiling and that ``found`` is empty, ``cut`` of which queues the number is the least.
    """

    total: int
    by_queue: dict[str, int]
    found: tuple[tuple[datetime, int], ...] = ()
    is_cut: bool = False
    cut: frozenset[str] = frozenset()

    def total_words(self) -> int | str:
        """Returns the number of all hits; ``1,000+`` if counting stopped there."""
        return f"{self.total:,}+" if self.is_cut else self.total

    def words_of(self, queue: Queue) -> int | str:
        """Returns the number of hits in a queue; ``12+`` if it is the least, and nothing if none was met by then."""
        number = self.by_queue[queue.key]
        if queue.key not in self.cut:
            return number
        return f"{number:,}+" if number else "?"

    def page(self, *, cursor: str, size: int) -> CaseQuerySet:
        """Returns the cases of one page of all hits, and the one after them, if they are not cut."""
        after = tuple(decode_cursor(cursor, order=BY_RECENCY)) if cursor else None
        pks = [pk for at, pk in self.found if after is None or (at, pk) < after]
        return Case.objects.filter(pk__in=pks[: size + 1])

    def may_be_in(self, queue: Queue) -> bool:
        """Whether the queue holds a hit, or may hold one that was not counted."""
        return queue.key in self.cut or self.by_queue[queue.key] > 0


def hits_of(user: User, queues: Sequence[Queue], wanted: Q) -> Hits:
    """Returns how many cases that meet ``wanted`` the user may see, and how many of them each queue holds.

    Most queues hold open cases only. Where all hits are above the ceiling, the open ones are counted, up to it again.
    Two statements, or three above the ceiling.
    """
    seen = Case.objects.visible_to(user).filter(wanted).order_by()
    found = list(seen.values_list("reported_at", "pk")[: CEILING + 1])
    is_cut = len(found) > CEILING
    opened = list(seen.open().values_list("pk", flat=True)[: CEILING + 1]) if is_cut else []
    cut = {each.key for each in queues if is_cut and (len(opened) > CEILING or not each.counted)}
    is_of_all = not is_cut or any(not each.counted for each in queues)
    looked_at = {*opened, *(pk for _, pk in found if is_of_all)}
    numbers = _numbers(user, queues, sorted(looked_at))
    return Hits(
        total=min(len(found), CEILING),
        by_queue={key: min(number, CEILING) if key in cut else number for key, number in numbers.items()},
        found=() if is_cut else tuple(sorted(found, reverse=True)),
        is_cut=is_cut,
        cut=frozenset(cut),
    )


def _numbers(user: User, queues: Sequence[Queue], pks: list[int]) -> dict[str, int]:
    """Returns how many of these cases each queue holds; one statement, or none without queues."""
    if not queues:
        return {}
    sql, values = _counting(user, authority_of(user), tuple(queues))
    rows = rows_of((sql, tuple(pks if value == NO_CASES else value for value in values)))
    numbers = rows[0] if rows else [0] * len(queues)  # no row: there are no cases
    return {queue.key: number for queue, number in zip(queues, numbers, strict=True)}


@lru_cache(maxsize=1024)
def _counting(user: User, authority: Authority, queues: tuple[Queue, ...]) -> Statement:
    """Returns the statement that counts the queues among ``NO_CASES``, compiled once for the same authority."""
    assert authority_of(user) == authority
    now = sees_now(user)
    counts = {
        queue.key: Count(
            "pk", filter=queue.condition(authority) & (now if queue.condition in WITHOUT_PLACE else Q())
        )
        for queue in queues
    }
    cases = Value(NO_CASES, output_field=ArrayField(BigIntegerField()))
    whole = Case.objects.filter(IsAnyOf(F("pk"), cases)).order_by().values(whole=Value(1)).annotate(**counts)
    return compiled(whole.values_list(*counts))


def newest_of(found: CaseQuerySet, *, cursor: str, size: int, at: datetime) -> CaseQuerySet:
    """Returns the cases of one page of ``found``, newest first, and the one after them: one to three statements.

    The cases of each of the ``WINDOWS`` before the cursor, or before ``at``, are asked first: of a county's name a day
    has enough. A word that is frequent and not among them, as 暖气 in summer, is then looked for among all.
    """
    after = after_cursor(cursor, order=BY_RECENCY) if cursor else Q()
    start = decode_cursor(cursor, order=BY_RECENCY)[0] if cursor else at
    rows = found.filter(after).order_by(*BY_RECENCY).values_list("pk", flat=True)
    for window in WINDOWS:
        pks = list(rows.filter(reported_at__gte=start - window)[: size + 1])
        if len(pks) > size:
            return Case.objects.filter(pk__in=pks)
    return Case.objects.filter(pk__in=list(rows[: size + 1]))
