"""When a step is due and when its clock rings (Art. 17, 18). Pure: settings and calendar are arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from worktime.clocks import Calendar, Clock, Deadline, Limit, due, point_of_share

REMIND, OVERDUE, ESCALATE, SUPERVISE = "remind", "overdue", "escalate", "supervise"
LAPSE, CLOSE_UNRATED = "lapse", "close_unrated"
REMIND_AT_PERCENT = 75  # 蓝灯: a quarter of the time is left

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


def plan_stage(
    step: str,
    *,
    started_at: datetime,
    urgent: bool,
    matter_limit: Limit | None,
    book: LimitBook,
    calendar: Calendar,
    own_limit: Limit | None = None,
) -> StagePlan:
    """Returns when a stay in ``step`` is due and what its clock does.

    ``matter_limit`` is the matter's own finish limit. It applies to ``matter`` and, halved, to ``rework``.
    ``own_limit`` is what the list sets for this one step, for example signing; it takes precedence (Art. 17).
    """
    limit = own_limit or limit_of(step, urgent=urgent, matter_limit=matter_limit, book=book)
    deadline = due(started_at, limit, calendar=calendar)
    if step == "awaiting_rating":
        return StagePlan(deadline, ((CLOSE_UNRATED, deadline.due_at),))
    alarms = [(REMIND, point_of_share(deadline, REMIND_AT_PERCENT)), (OVERDUE, deadline.due_at)]
    if step == "returned_for_correction":
        later = [(LAPSE, started_at, book.find(step, LAPSE, urgent=False))]
    else:
        later = [
            (rule, deadline.due_at, book.find("any", rule, urgent=urgent)) for rule in (ESCALATE, SUPERVISE)
        ]
    alarms += [
        (rule, due(start, extra, calendar=calendar).due_at)
        for rule, start, extra in later
        if extra is not None
    ]
    return StagePlan(deadline, tuple(sorted(alarms, key=lambda alarm: alarm[1])))


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
