"""Which running deadlines follow the settings in force, and when they are due by them (Art. 18).

A stay keeps what it was given: what was left of an interrupted stay and the day of review of a shelved case do not
change. What the clock has done already is never undone and never done twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from workflow.deadlines import OVERDUE, StagePlan, limit_of, plan_alarms, rung_of
from workflow.models import Stage, StageEffect
from workflow.querysets import StageQuerySet
from workflow.rulebook import Rulebook, current_rulebook, finish_limit, forget_rulebook, own_limit
from workflow.states import CLOCKS
from worktime.clocks import Clock, Limit, due, with_office_time

AT_ONCE = 500
SHOWN = 50
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A running stay and its plan by the settings in force; ``alarms`` are those that have not rung."""

    stage: Stage
    plan: StagePlan
    alarms: tuple[tuple[str, datetime], ...]

    @property
    def is_earlier(self) -> bool:
        """Whether it is due earlier than before."""
        return self.plan.deadline.due_at < self.stage.due_at

    @property
    def is_later(self) -> bool:
        """Whether it is due later than before."""
        return self.plan.deadline.due_at > self.stage.due_at


@dataclass
class Preview:
    """What a re-planning would do now: how many stays it looked at, how many move which way, and the first of them.

    Clues are counted and not shown: who keeps the calendar may not read them (Art. 20).
    """

    looked_at: int = 0
    earlier: int = 0
    later: int = 0
    confirmed: int = 0
    left_provisional: int = 0
    first: tuple[Change, ...] = ()

    @property
    def total(self) -> int:
        """How many deadlines get a new version; ``confirmed`` ones are due when they were, for good now."""
        return self.earlier + self.later + self.confirmed


def preview() -> Preview:
    """Returns what a re-planning would do now, by settings that are read afresh. It writes nothing."""
    forget_rulebook()
    rulebook, found, first = current_rulebook(), Preview(), []
    stages = running_stays().order_by("pk").iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(stages, AT_ONCE)):
        changes = {change.stage.pk: change for change in changes_of(chunk, rulebook)}
        found.looked_at += len(chunk)
        for stage in chunk:
            change = changes.get(stage.pk)
            provisional = change.plan.deadline.provisional if change else stage.is_provisional
            found.left_provisional += provisional
            if change is not None:
                found.earlier += change.is_earlier
                found.later += change.is_later
                found.confirmed += not (change.is_earlier or change.is_later)
        shown = [change for change in changes.values() if not change.stage.case.confidential]
        first += shown[: SHOWN - len(first)]
    found.first = tuple(first)
    return found


def running_stays() -> StageQuerySet:
    """Returns the running stays of cases, with what their plans are made from."""
    return Stage.objects.of_case().running().select_related("case__matter")


def changes_of(stages: Collection[Stage], rulebook: Rulebook) -> Iterator[Change]:
    """Yields the stays whose due time, alarms or provisional mark differ by the settings in force; one statement."""
    effects = StageEffect.objects.filter(stage__in=[stage.pk for stage in stages])
    rung: dict[int, set[str]] = {}
    for stage_id, rule in effects.values_list("stage", "rule"):
        rung.setdefault(stage_id, set()).add(rule)
    for stage in stages:
        change = _change_of(stage, rulebook, rung=rung.get(stage.pk, set()))
        if change is not None:
            yield change


def _change_of(stage: Stage, rulebook: Rulebook, *, rung: Collection[str]) -> Change | None:
    limit = _limit_of(stage, rulebook)
    if stage.status == "shelved" or (stage.is_rest and not limit.amount) or OVERDUE in rung:
        return None  # the day is agreed, or nothing was left, or the clock has found it overdue already
    step, calendar = CLOCKS[stage.status] or "", rulebook.calendar
    deadline = due(stage.counted_from or stage.started_at, limit, calendar=calendar)
    if step == "self_handling" and limit.clock == Clock.NATURAL_DAYS:
        deadline = with_office_time(deadline, calendar=calendar)
    deadline = replace(deadline, is_rest=stage.is_rest)
    urgent = stage.case.is_urgent
    alarms = plan_alarms(step, deadline, urgent=urgent, book=rulebook.book, calendar=calendar)
    if stage.taken_at is not None:  # somebody has taken it, so nobody is called any more
        alarms = tuple(alarm for alarm in alarms if not rung_of(alarm[0]))
    left = _not_rung(alarms, rung)
    planned = (*left, ("due", deadline.due_at))
    before = (*_not_rung(stage.pending_alarms(), rung), ("due", stage.due_at))
    if deadline.provisional == stage.is_provisional and _are_close(planned, before):
        return None
    return Change(stage, StagePlan(deadline, alarms), left)


def _are_close(ones: Sequence[tuple[str, datetime]], others: Sequence[tuple[str, datetime]]) -> bool:
    """Whether these are the same moments: what was left of a stay is kept in whole minutes."""
    if [rule for rule, _ in ones] != [rule for rule, _ in others]:
        return False
    return all(abs(one - other) < MINUTE for (_, one), (_, other) in zip(ones, others, strict=True))


def _not_rung(
    alarms: Iterable[tuple[str, datetime]], rung: Collection[str]
) -> tuple[tuple[str, datetime], ...]:
    return tuple(alarm for alarm in alarms if alarm[0] not in rung)


def _limit_of(stage: Stage, rulebook: Rulebook) -> Limit:
    """The limit by the settings in force; what was left of a stay, and the time on the shelf, stay as they are."""
    if stage.is_rest or stage.status == "shelved":
        return Limit(Clock(stage.clock), stage.amount)
    matter = stage.case.matter
    return own_limit(matter, stage.status) or limit_of(
        CLOCKS[stage.status] or "",
        urgent=stage.case.is_urgent,
        matter_limit=finish_limit(matter),
        book=rulebook.book,
    )
