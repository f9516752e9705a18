"""Publish a year's holiday arrangement and office hours; each leaves a trace (Art. 18, 25)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from audit.actions import hold
from common.days import day_in
from common.errors import RuleViolation
from common.records.sources import source_of
from common.typed import code_in
from worktime.calendars import parse_spans
from worktime.clocks import day_of
from worktime.history import trace_edition, trace_hours
from worktime.models import CalendarDay, CalendarEdition, OfficeHours
from worktime.notice_lines import SpecialDay

FIRST_HOURS = date(2024, 1, 1)


def read_special_days(path: Path) -> list[SpecialDay]:
    """Read ``day,is_workday,name`` lines; raises :class:`RuleViolation` that names the wrong line."""
    days = []
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                days.append(
                    SpecialDay(
                        day_in(row["day"]),
                        {"0": False, "1": True}[code_in(row["is_workday"])],
                        row["name"],
                    )
                )
            except (KeyError, ValueError) as error:
                raise RuleViolation(f"节假日文件第 {number} 行无法识别：{row}", line=number) from error
    return days


@transaction.atomic
def publish_calendar(
    year: int,
    days: Iterable[SpecialDay],
    *,
    document: str,
    at: datetime,
    by_id: int | None = None,
    region_code: str = "",
) -> CalendarEdition | None:
    """Publish a new edition of ``year``; None when the edition in force is the same.

    Raises :class:`RuleViolation` for an arrangement without a source and for days of another year.
    """
    source = source_of(document, "节假日安排")
    wanted = {(day.day, day.is_workday, day.name) for day in days}
    wrong = [day for day, _, _ in wanted if day.year != year]
    if wrong:
        raise RuleViolation(f"{wrong[0]} 不在 {year} 年，未录入。", field="day")
    hold("calendar")
    editions = CalendarEdition.objects.filter(year=year, region_code=region_code)
    latest = editions.order_by("-number").first()
    if latest and set(latest.days.values_list("day", "is_workday", "name")) == wanted:
        return None
    edition = CalendarEdition.objects.create(
        year=year,
        region_code=region_code,
        number=latest.number + 1 if latest else 1,
        document=source,
        published_at=at,
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(edition=edition, day=day, is_workday=worked, name=name) for day, worked, name in wanted
    )
    trace_edition(edition, by_id=by_id, at=at)
    return edition


@transaction.atomic
def publish_office_hours(
    spans: str,
    *,
    effective_on: date,
    document: str,
    at: datetime,
    by_id: int | None = None,
    region_code: str = "",
) -> OfficeHours:
    """Set the office hours to ``spans`` (``08:30-12:00,14:30-18:00``) from a day that has not begun yet.

    The first hours of a region may begin earlier. Raises :class:`RuleViolation` with the field to correct.
    """
    source = source_of(document, "办公时间")
    try:
        parse_spans(spans)
    except ValueError as error:
        raise RuleViolation(
            "办公时间应写成 08:30-12:00,14:30-18:00 这样，先后不重叠。", field="spans"
        ) from error
    hold("office_hours")
    held = OfficeHours.objects.filter(region_code=region_code)
    if held.exists() and effective_on <= day_of(at):
        raise RuleViolation("新的办公时间须从明天或以后开始。", field="effective_on")
    if held.filter(effective_on__gte=effective_on).exists():
        raise RuleViolation("已有同日或更晚开始的办公时间。", field="effective_on")
    hours = OfficeHours.objects.create(
        region_code=region_code, effective_on=effective_on, spans=spans, document=source
    )
    trace_hours(hours, by_id=by_id, at=at)
    return hours
