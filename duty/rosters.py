"""What a roster says: who is on duty now, and when nobody is (Art. 17, 18)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from duty.models import DutyShift
from worktime.clocks import day_of

LOOKED_AHEAD = timedelta(days=7)
Span = tuple[datetime, datetime]


def on_duty(bodies: Collection[int], at: datetime) -> dict[int, DutyShift]:
    """Returns the running shift of each body that has one, with its people; one statement.

    A person whose account is closed is on duty nowhere; who stands in is then on duty.
    """
    if not bodies:
        return {}
    return {shift.body_id: shift for shift in DutyShift.objects.running(bodies, at)}


def gaps_of(bodies: Collection[int], at: datetime) -> dict[int, list[Span]]:
    """Returns by body the spans of the next days in which nobody is on duty; bodies without any roster are left out.

    One statement. A body that has never had a shift has no roster that could have gaps.
    """
    end = at + LOOKED_AHEAD
    found: dict[int, list[Span]] = defaultdict(list)
    for shift in DutyShift.objects.between(at, end).filter(body__in=sorted(bodies)):
        found[shift.body_id].append((shift.starts_at, shift.ends_at))
    kept = DutyShift.objects.filter(body__in=sorted(bodies)).order_by().values_list("body", flat=True)
    return {body: list(free_spans(found[body], at, end)) for body in kept.distinct()}


def free_spans(taken: Iterable[Span], start: datetime, end: datetime) -> Iterable[Span]:
    """Yields the spans between ``start`` and ``end`` that no span of ``taken`` covers; these are in order."""
    for begins, ends in taken:
        if begins > start:
            yield start, begins
        start = max(start, ends)
    if start < end:
        yield start, end


def days_without(gaps: Mapping[int, Iterable[Span]]) -> int:
    """Returns on how many days of Puyang somebody is missing in one of the bodies, each day of a body counted once."""
    return sum(len({day for start, end in spans for day in _days(start, end)}) for spans in gaps.values())


def _days(start: datetime, end: datetime) -> Iterable[object]:
    day, last = day_of(start), day_of(end - timedelta(microseconds=1))
    while day <= last:
        yield day
        day += timedelta(days=1)
