"""The norm a county follows on a day (Art. 14, 16)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F, Q

from grids.models import Division
from matters.models import ListNorm
from worktime.calendars import current_calendar
from worktime.clocks import Clock, Deadline, Limit, day_of, due


def norm_of(county_id: int, *, day: date) -> ListNorm:
    """Returns the county's own newest norm that has begun, otherwise the city's, otherwise the defaults."""
    own_first = F("county").asc(nulls_last=True)
    rows = ListNorm.objects.filter(Q(county=county_id) | Q(county=None), effective_on__lte=day)
    found = rows.order_by(own_first, "-effective_on").first()
    return found or ListNorm(county_id=county_id, effective_on=day, document="内置默认值")


def step_deadline(status: str, *, county: Division, at: datetime) -> Deadline | None:
    """Returns when the holder of a step must have done it, or None for stations that nobody holds."""
    norm = norm_of(county.pk, day=day_of(at))
    days = getattr(norm, f"{status}_days", None)
    if days is None or status == "notice":
        return None
    return due(at, Limit(Clock.WORKING_DAYS, days), calendar=current_calendar(county.code))


def filing_deadline(county: Division, *, at: datetime) -> Deadline:
    """Returns when an edition published at ``at`` must have been sent to the city."""
    norm = norm_of(county.pk, day=day_of(at))
    limit = Limit(Clock.WORKING_DAYS, norm.filing_working_days)
    return due(at, limit, calendar=current_calendar(county.code))
