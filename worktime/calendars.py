"""Reads the calendar in force from the database, once per process and version."""

from __future__ import annotations

from datetime import date, time
from functools import lru_cache

from django.db.models import Max

from worktime.clocks import Calendar
from worktime.models import CalendarDay, CalendarEdition, OfficeHours

BANNER_FROM_MONTH = 11


def current_calendar(region_code: str = "") -> Calendar:
    """Return the calendar of a region; one cheap statement checks whether the cached one is current."""
    newest = CalendarEdition.objects.aggregate(edition=Max("pk"))["edition"] or 0
    return _calendar_at(region_code, newest)


@lru_cache(maxsize=16)
def _calendar_at(region_code: str, newest_edition: int) -> Calendar:
    """Read a calendar; ``newest_edition`` is only part of the cache key, so that a new edition is seen at once."""
    editions = {edition.year: edition for edition in CalendarEdition.objects.in_force()}
    if region_code:
        editions |= {edition.year: edition for edition in CalendarEdition.objects.in_force(region_code)}
    rows = CalendarDay.objects.filter(edition__in=editions.values())
    hours = (
        OfficeHours.objects.filter(region_code__in=["", region_code])
        .order_by("-region_code", "-effective_on")
        .first()
    )
    calendar = Calendar(
        days={row.day: row.is_workday for row in rows},
        names={row.day: row.name for row in rows},
        known_years=frozenset(editions),
        version="+".join(f"{year}.{editions[year].number}" for year in sorted(editions)),
    )
    return calendar if hours is None else _with_spans(calendar, hours.spans)


def _with_spans(calendar: Calendar, spans: str) -> Calendar:
    return Calendar(
        days=calendar.days,
        names=calendar.names,
        known_years=calendar.known_years,
        version=calendar.version,
        spans=parse_spans(spans),
    )


def parse_spans(text: str) -> tuple[tuple[time, time], ...]:
    """Read ``08:30-12:00,14:30-18:00``; raises ValueError unless the spans are in order and do not touch."""
    spans = tuple(
        (time.fromisoformat(opens), time.fromisoformat(shuts))
        for opens, shuts in (span.split("-") for span in text.split(","))
    )
    edges = [edge for span in spans for edge in span]
    if edges != sorted(set(edges)):
        raise ValueError(f"office hours out of order: {text}")
    return spans


def missing_year(today: date, calendar: Calendar) -> int | None:
    """The year whose holidays are missing and should have been entered by now, or None."""
    if today.year not in calendar.known_years:
        return today.year
    if today.month >= BANNER_FROM_MONTH and today.year + 1 not in calendar.known_years:
        return today.year + 1
    return None
