"""The measures. Each is one condition, and both the number and the list behind it are made from that condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q

from workflow import states
from workflow.models import Case
from workflow.periods import Period
from workflow.querysets import CaseQuerySet

Within = Callable[[datetime, datetime], Q]
Instant = Callable[[datetime], Q]


@dataclass(frozen=True)
class Measure:
    """One number, counted either ``within`` a period or as it is now.

    ``at_instant`` counts such a current number at an earlier moment, where the records allow it. ``out_of`` is what it
    is a share of: it is shown beside the number and has a list of its own.
    """

    key: str
    label: str
    definition: str
    within: Within | None = None
    now: Q | None = None
    at_instant: Instant | None = None
    light: str = ""
    out_of: Measure | None = None

    @property
    def is_standing(self) -> bool:
        """Whether the number is of this moment rather than of a period."""
        return self.within is None

    def condition(self, period: Period) -> Q:
        """Returns the condition that a counted case must meet."""
        if self.within is not None:
            return self.within(period.start, period.end)
        return self.now or Q()

    def condition_before(self, period: Period) -> Q | None:
        """Returns the same condition for the period before, or None if it can no longer be known."""
        if self.within is not None:
            return self.within(period.before_start, period.before_end)
        return self.at_instant(period.before_end) if self.at_instant else None


def _span(field: str, **more: Any) -> Within:
    return lambda start, end: Q(**{f"{field}__gte": start, f"{field}__lt": end}, **more)


def _in_time(start: datetime, end: datetime) -> Q:
    return Q(finished_at__gte=start, finished_at__lt=end, finished_at__lte=F("finish_due_at"))


def _open_at(moment: datetime) -> Q:
    return Q(reported_at__lt=moment) & (Q(ended_at__isnull=True) | Q(ended_at__gte=moment))


OPEN = Q(status__in=states.OPEN)
RATED = Measure(
    "rated", "已评价", "本期内结案、反映人评价过的事项；没有评价的不算满意，也不算不满意。",
    within=_span("ended_at", status="closed", rating__in=Case.Rating.values),
)  # fmt: skip
MEASURES = {
    measure.key: measure
    for measure in (
        Measure(
            "received", "收到", "本期内首次上报的事项，含自办自结，也含后来作废、并案的。", within=_span("reported_at")
        ),
        Measure(
            "in_time",
            "按时办结",
            "本期内办完（反馈结果）且没有超过办理时限的事项；返工的以最后一次为准。",
            within=_in_time,
        ),
        Measure(
            "closed", "已结案", "本期内核查通过并结案的事项，不含不予受理、撤回、作废和并案。",
            within=_span("ended_at", status="closed"),
        ),
        Measure("open", "在办", "此刻还没有结束的事项，不论何时上报。", now=OPEN, at_instant=_open_at),
        Measure(
            "near", "临期", "此刻亮临期灯的事项：本环节的时间所剩不多。",
            now=OPEN & Q(light=Case.Light.NEAR), light="near",
        ),
        Measure(
            "late", "超期", "此刻本环节已过时限的事项，含已列入督办的。",
            now=OPEN & Q(light__in=[Case.Light.LATE, Case.Light.SUPERVISED]), light="late",
        ),
        Measure(
            "supervised", "督办", "此刻列入督办的事项。",
            now=OPEN & Q(light=Case.Light.SUPERVISED), light="supervised",
        ),
        Measure(
            "satisfied", "评价满意",
            "本期内结案、反映人最后评价满意或基本满意的事项，占已评价的几成；没有评价的不计。",
            within=_span("ended_at", status="closed", rating__in=[Case.Rating.SATISFIED, Case.Rating.FAIR]),
            out_of=RATED,
        ),
    )
}  # fmt: skip
LISTED = {**MEASURES, RATED.key: RATED}


def counted(cases: CaseQuerySet, measure: Measure, period: Period) -> CaseQuerySet:
    """Returns the cases behind a number."""
    return cases.filter(measure.condition(period))


def counts_by(cases: CaseQuerySet, column: str, period: Period) -> dict[int, dict[str, int]]:
    """Returns every measure now and before (``before_received``) per value of a place column, in one statement."""
    rows = cases.order_by().values(column).annotate(**_counts(period))
    return {row.pop(column): row for row in rows}


def _counts(period: Period) -> dict[str, Count]:
    asked: dict[str, Count] = {}
    for measure in LISTED.values():
        asked[measure.key] = Count("pk", filter=measure.condition(period))
        before = measure.condition_before(period)
        if before is not None:
            asked[f"before_{measure.key}"] = Count("pk", filter=before)
    return asked


def total(rows: Iterable[dict[str, int]], key: str) -> int:
    """Returns the sum of one measure over all places."""
    return sum(row.get(key, 0) for row in rows)
