"""When a step is due and when its clock rings (Art. 17, 18). Pure: settings and calendar are arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from worktime.clocks import (
    OFFICE_CLOCKS,
    Calendar,
    Clock,
    Deadline,
    Limit,
    due,
    due_with_rest,
    end_of,
    point_of_share,
    with_office_time,
)

REMIND, OVERDUE, ESCALATE, SUPERVISE = "remind", "overdue", "escalate", "supervise"
LAPSE, CLOSE_UNRATED, RESUME = "lapse", "close_unrated", "resume"
REMIND_AT_PERCENT = 75  # 蓝灯: a quarter of the time is left

# Whom the clock of an urgent case calls, one after the other, until somebody takes it (Art. 18).
RUNGS = ("duty", "stand_in", "leader", "above")
CALL_STEP, REPEAT, CLIMB = "urgent_call", "repeat", "climb"  # every so often, and so long on each rung
CALLED_STEPS = {  # the steps that wait for a taker; an assignment may be taken back for the first seconds
    "awaiting_acceptance": timedelta(),
    "awaiting_signature": timedelta(seconds=10),
    "return_review": timedelta(),
}
MOST_CALLS = 99

LimitKey = tuple[str, str, bool]


@dataclass(frozen=True)
class LimitBook:
    """The step limits in force: (step, purpose, urgent) → limit."""

    limits: Mapping[LimitKey, Limit]

    def find(self, step: str, purpose: str, *, urgent: bool) -> Limit | None:
        """Returns the urgent limit for an urgent case if there is one, otherwise the ordinary limit."""
        if urgent and (step, purpose, True) in self.limits:
            return self.limits[step, purpose, True]
        return self.limits.get((step, purpose, False))


@dataclass(frozen=True)
class StagePlan:
    """A deadline and the alarms that follow from it, earliest first."""

    deadline: Deadline
    alarms: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True)
class Interrupted:
    """A stay that was interrupted and now goes on: its clock, when it stopped, and when it was due.

    ``extension`` is the further time that it was granted meanwhile, which ``due_at`` contains.
    """

    clock: Clock
    stopped_at: datetime
    due_at: datetime
    extension: Limit | None = None


def plan_stage(
    step: str,
    *,
    started_at: datetime,
    urgent: bool,
    matter_limit: Limit | None,
    book: LimitBook,
    calendar: Calendar,
    own_limit: Limit | None = None,
    interrupted: Interrupted | None = None,
) -> StagePlan:
    """Returns when a stay in ``step`` is due and what its clock does.

    ``matter_limit`` is the matter's own finish limit. It applies to ``matter`` and, halved, to ``rework``.
    ``own_limit`` is what the list sets for this one step, for example signing; it takes precedence (Art. 17). A stay
    that was ``interrupted`` goes on with what it had left, unless it has become urgent or ordinary since.
    """
    limit = own_limit or limit_of(step, urgent=urgent, matter_limit=matter_limit, book=book)
    if interrupted is not None and (interrupted.clock in OFFICE_CLOCKS) == (limit.clock in OFFICE_CLOCKS):
        deadline = due_with_rest(
            started_at,
            clock=interrupted.clock,
            interrupted_at=interrupted.stopped_at,
            was_due_at=interrupted.due_at,
            calendar=calendar,
        )
        deadline = replace(deadline, extension=interrupted.extension)
    else:
        deadline = due(started_at, limit, calendar=calendar)
    if step == "self_handling" and deadline.limit.clock == Clock.NATURAL_DAYS:
        # Who begins at night is not late at midnight: the promise is kept in working time.
        deadline = with_office_time(deadline, calendar=calendar)
    return StagePlan(deadline, plan_alarms(step, deadline, urgent=urgent, book=book, calendar=calendar))


# What a stay that is not overdue work comes to when its time is over.
ENDS_BY_ITSELF = {"awaiting_rating": CLOSE_UNRATED, "shelved": RESUME}


def plan_alarms(
    step: str, deadline: Deadline, *, urgent: bool, book: LimitBook, calendar: Calendar
) -> tuple[tuple[str, datetime], ...]:
    """Returns what the clock of a stay in ``step`` does until and after its ``deadline``, earliest first."""
    if step in ENDS_BY_ITSELF:
        return ((ENDS_BY_ITSELF[step], deadline.due_at),)
    remind_at = point_of_share(deadline, REMIND_AT_PERCENT, calendar=calendar)
    alarms = [(REMIND, remind_at)] if remind_at < deadline.due_at else []
    alarms.append((OVERDUE, deadline.due_at))
    if step == "returned_for_correction":
        later = [(LAPSE, deadline.started_at, book.find(step, LAPSE, urgent=False))]
    else:
        later = [
            (rule, deadline.due_at, book.find("any", rule, urgent=urgent)) for rule in (ESCALATE, SUPERVISE)
        ]
    alarms += [
        (rule, end_of(start, extra, calendar=calendar)) for rule, start, extra in later if extra is not None
    ]
    if urgent and step in CALLED_STEPS:
        alarms += plan_calls(
            deadline.started_at + CALLED_STEPS[step],
            until=max(moment for _, moment in alarms),
            book=book,
            calendar=calendar,
        )
    return tuple(sorted(alarms, key=lambda alarm: alarm[1]))


def plan_calls(
    start: datetime, *, until: datetime, book: LimitBook, calendar: Calendar
) -> list[tuple[str, datetime]]:
    """Returns when whom is called: at once, again and again, rung by rung; the last rung until ``until``.

    The first call of each rung is ``duty_1``, ``stand_in_1`` …, so that it has one effect. Without a limit nobody is
    called.
    """
    repeat = book.find(CALL_STEP, REPEAT, urgent=True)
    climb = book.find(CALL_STEP, CLIMB, urgent=True)
    if repeat is None or climb is None or not repeat.amount:
        return []
    calls: list[tuple[str, datetime]] = []
    for place, rung in enumerate(RUNGS):
        is_last = place == len(RUNGS) - 1
        end = until if is_last else end_of(start, climb, calendar=calendar)
        moment, number = start, 1
        while (moment < end or number == 1) and number <= MOST_CALLS:
            calls.append((f"{rung}_{number}", moment))
            moment, number = end_of(moment, repeat, calendar=calendar), number + 1
        start = end
    return calls


def rung_of(rule: str) -> str:
    """Returns the rung that an alarm calls: ``duty`` of ``duty_2``; empty for any other alarm."""
    rung = rule.rpartition("_")[0]
    return rung if rung in RUNGS else ""


def limit_of(step: str, *, urgent: bool, matter_limit: Limit | None, book: LimitBook) -> Limit:
    """Returns the limit that applies to a stay in ``step``. Raises LookupError if none is set."""
    if step in ("matter", "rework"):
        whole = matter_limit or book.find("matter", "due", urgent=urgent)
        if whole is not None:
            return whole if step == "matter" else half_of(whole)
    limit = book.find(step, "due", urgent=urgent)
    if limit is None:
        raise LookupError(f"no limit is set for step {step}")
    return limit


def half_of(limit: Limit) -> Limit:
    """Returns half the limit for rework, rounded up: at least one day for day clocks, 30 minutes for the others."""
    half = -(-limit.amount // 2)
    least = 1 if limit.clock in (Clock.WORKING_DAYS, Clock.NATURAL_DAYS) else 30
    return Limit(limit.clock, max(half, least))
