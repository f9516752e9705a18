"""Reads the calendar in force from the database, once per process and version."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache

from django.db import connection

from worktime.clocks import Calendar, Spans
from worktime.models import CalendarDay, CalendarEdition, OfficeHours

BANNER_FROM_MONTH = 11
NEWEST = """
SELECT (SELECT coalesce(max(id), 0) FROM worktime_calendaredition),
    (SELECT coalesce(max(id), 0) FROM worktime_officehours)
"""


def current_calendar(region_code: str = "") -> Calendar:
    """Return the calendar of a region; one cheap statement checks whether the cached one is current."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest = cursor.fetchone()
    return _calendar_at(region_code, *newest)


def is_office_time(at: datetime) -> bool:
    """Whether offices are open, so that a reminder to one reaches somebody."""
    return current_calendar().is_open(at)


@lru_cache(maxsize=16)
def _calendar_at(region_code: str, newest_edition: int, newest_hours: int) -> Calendar:
    """Read a calendar; the newest rows are only part of the cache key, so that a new one is seen at once."""
    editions = {edition.year: edition for edition in CalendarEdition.objects.in_force()}
    if region_code:
        editions |= {edition.year: edition for edition in CalendarEdition.objects.in_force(region_code)}
    rows = CalendarDay.objects.filter(edition__in=editions.values())
    return Calendar(
        days={row.day: row.is_workday for row in rows},
        names={row.day: row.name for row in rows},
        known_years=frozenset(editions),
        version="+".join(f"{year}.{editions[year].number}" for year in sorted(editions)),
        hours=_hours_of(region_code),
    )


def _hours_of(region_code: str) -> tuple[tuple[date, Spans], ...]:
    """Return the office hours with their first day; from the first hours of the region itself only its own count."""
    rows = OfficeHours.objects.filter(region_code__in=["", region_code]).order_by("effective_on")
    own = [row for row in rows if row.region_code == region_code]
    others = [row for row in rows if row.region_code != region_code]
    kept = [row for row in others if not own or row.effective_on < own[0].effective_on] + own
    return tuple((row.effective_on, parse_spans(row.spans)) for row in kept)


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
