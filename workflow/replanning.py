"""Which running deadlines follow the settings in force, and when they are due by them (Art. 18).

A stay keeps what it was given: what was left of an interrupted stay and the day of review of a shelved case do not
change. What the clock has done already is never undone and never done twice. Of a stay only the columns are read that
its plan is made from: a preview looks at every running stay of the city.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from common.records.among import among
from matters.models import Matter
from workflow.deadlines import OVERDUE, StagePlan, limit_of, plan_alarms, rung_of
from workflow.models import Stage, StageEffect
from workflow.querysets import URGENT, StageQuerySet
from workflow.rulebook import Rulebook, current_rulebook, finish_limit, forget_rulebook, own_limit
from workflow.states import CLOCKS
from worktime.clocks import Clock, Limit, due, with_office_time

AT_ONCE = 1000
SHOWN = 50
MINUTE = timedelta(minutes=1)
NOTHING: frozenset[str] = frozenset()


class Stay(NamedTuple):
    """A running stay of a case, as far as its plan depends on it; ``alarms`` are ``[[rule, moment], …]``."""

    pk: int
    case_id: int
    status: str
    started_at: datetime
    counted_from: datetime | None
    is_rest: bool
    due_at: datetime
    is_provisional: bool
    clock: str
    amount: int
    explanation: str
    deadline_version: int
    alarms: list[tuple[str, str]]
    taken_at: datetime | None
    matter_id: int | None
    urgency: int
    confidential: bool


COLUMNS = (*Stay._fields[:-3], *(f"case__{name}" for name in Stay._fields[-3:]))


@dataclass(frozen=True, slots=True)
class Change:
    """A running stay and its plan by the settings in force; ``alarms`` are those that have not rung."""

    stay: Stay
    plan: StagePlan
    alarms: tuple[tuple[str, datetime], ...]

    @property
    def is_earlier(self) -> bool:
        """Whether it is due earlier than before."""
        return self.plan.deadline.due_at < self.stay.due_at

    @property
    def is_later(self) -> bool:
        """Whether it is due later than before."""
        return self.plan.deadline.due_at > self.stay.due_at


@dataclass
class Preview:
    """What a re-planning would do now: how many stays it looked at, how many move which way, and the first of them.

    ``first`` are stays with the moment when they would be due. Clues are counted and not shown: who keeps the calendar
    may not read them (Art. 20).
    """

    looked_at: int = 0
    earlier: int = 0
    later: int = 0
    confirmed: int = 0
    left_provisional: int = 0
    first: tuple[tuple[Stage, datetime], ...] = ()

    @property
    def total(self) -> int:
        """How many deadlines get a new version; ``confirmed`` ones are due when they were, for good now."""
        return self.earlier + self.later + self.confirmed


def preview() -> Preview:
    """Returns what a re-planning would do now, by settings that are read afresh. It writes nothing."""
    found, first = Preview(), dict[int, datetime]()
    for stays, changes in _looked_through():
        found.looked_at += len(stays)
        moved = {change.stay.pk for change in changes}
        found.left_provisional += sum(stay.is_provisional for stay in stays if stay.pk not in moved)
        for change in changes:
            found.left_provisional += change.plan.deadline.provisional
            found.earlier += change.is_earlier
            found.later += change.is_later
            found.confirmed += not (change.is_earlier or change.is_later)
            if len(first) < SHOWN and not change.stay.confidential:
                first[change.stay.pk] = change.plan.deadline.due_at
    shown = Stage.objects.filter(pk__in=first).select_related("case").order_by("pk")
    found.first = tuple((stage, first[stage.pk]) for stage in shown)
    return found


def would_move() -> bool:
    """Returns whether a re-planning would move any deadline; it looks no further than the first."""
    return any(changes for _, changes in _looked_through())


def _looked_through() -> Iterator[tuple[list[Stay], list[Change]]]:
    """Yields all running stays in pieces, with what would change of them, by settings that are read afresh."""
    forget_rulebook()
    planner = Planner(current_rulebook())
    stays = running_stays().order_by("pk").values_list(*COLUMNS).iterator(chunk_size=AT_ONCE)
    while piece := list(map(Stay._make, islice(stays, AT_ONCE))):
        yield piece, planner.changes_of(piece)


def running_stays() -> StageQuerySet:
    """Returns the running stays of cases."""
    return Stage.objects.of_case().running()


def stays_of(keys: Collection[int]) -> list[Stay]:
    """Returns the stays with these numbers that are still running, in the order of their numbers."""
    rows = running_stays().filter(among("pk", keys)).order_by("pk")
    return list(map(Stay._make, rows.values_list(*COLUMNS)))


@dataclass
class Planner:
    """Plans stays by the settings in force; what many stays have in common is looked up once."""

    rulebook: Rulebook
    matters: dict[int | None, Matter | None] = field(default_factory=lambda: {None: None})
    limits: dict[tuple[int | None, str, bool], Limit] = field(default_factory=dict)

    def changes_of(self, stays: Sequence[Stay]) -> list[Change]:
        """Returns the stays whose due time, alarms or provisional mark differ; one statement, one for new matters."""
        rung: dict[int, set[str]] = {}
        effects = StageEffect.objects.filter(among("stage_id", [stay.pk for stay in stays]))
        for stage_id, rule in effects.values_list("stage", "rule"):
            rung.setdefault(stage_id, set()).add(rule)
        unknown = {stay.matter_id for stay in stays} - self.matters.keys()
        if unknown:
            self.matters |= Matter.objects.in_bulk(unknown)
        changes = (self._change_of(stay, rung.get(stay.pk, NOTHING)) for stay in stays)
        return [change for change in changes if change is not None]

    def _change_of(self, stay: Stay, rung: Collection[str]) -> Change | None:
        if stay.status == "shelved" or (stay.is_rest and not stay.amount) or OVERDUE in rung:
            return None  # the day is agreed, or nothing was left, or the clock has found it overdue already
        plan = self._plan_of(stay)
        left = _not_rung(plan.alarms, rung)
        deadline = plan.deadline
        if deadline.provisional == stay.is_provisional:
            kept = [(rule, datetime.fromisoformat(moment)) for rule, moment in stay.alarms]
            before = (*_not_rung(kept, rung), ("due", stay.due_at))
            if _are_close((*left, ("due", deadline.due_at)), before):
                return None
        return Change(stay, plan, left)

    def _plan_of(self, stay: Stay) -> StagePlan:
        step, calendar, urgent = CLOCKS[stay.status] or "", self.rulebook.calendar, stay.urgency == URGENT
        deadline = due(stay.counted_from or stay.started_at, self._limit_of(stay), calendar=calendar)
        if step == "self_handling" and deadline.limit.clock == Clock.NATURAL_DAYS:
            deadline = with_office_time(deadline, calendar=calendar)
        if stay.is_rest:
            deadline = replace(deadline, is_rest=True)
        alarms = plan_alarms(step, deadline, urgent=urgent, book=self.rulebook.book, calendar=calendar)
        if stay.taken_at is not None:  # somebody has taken it, so nobody is called any more
            alarms = tuple(alarm for alarm in alarms if not rung_of(alarm[0]))
        return StagePlan(deadline, alarms)

    def _limit_of(self, stay: Stay) -> Limit:
        """The limit by the settings in force; what was left of a stay stays as it is."""
        if stay.is_rest:
            return Limit(Clock(stay.clock), stay.amount)
        matter_id, step, urgent = stay.matter_id, stay.status, stay.urgency == URGENT
        limit = self.limits.get((matter_id, step, urgent))
        if limit is None:
            matter, book = self.matters[matter_id], self.rulebook.book
            limit = own_limit(matter, step) or limit_of(
                CLOCKS[step] or "", urgent=urgent, matter_limit=finish_limit(matter), book=book
            )
            self.limits[matter_id, step, urgent] = limit
        return limit


def _are_close(ones: Sequence[tuple[str, datetime]], others: Sequence[tuple[str, datetime]]) -> bool:
    """Whether these are the same moments: what was left of a stay is kept in whole minutes."""
    if [rule for rule, _ in ones] != [rule for rule, _ in others]:
        return False
    return all(abs(one - other) < MINUTE for (_, one), (_, other) in zip(ones, others, strict=True))


def _not_rung(
    alarms: Iterable[tuple[str, datetime]], rung: Collection[str]
) -> tuple[tuple[str, datetime], ...]:
    return tuple(alarm for alarm in alarms if alarm[0] not in rung)
