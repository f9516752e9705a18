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
from worktime.clocks import WEEKDAYS, day_of
from worktime.history import trace_edition, trace_hours
from worktime.models import CalendarDay, CalendarEdition, OfficeHours
from worktime.notice_lines import SpecialDay

FIRST_HOURS = date(2024, 1, 1)
FIRST_FREE_WEEKDAY = 5  # Saturday


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
    corrects: bool = False,
) -> CalendarEdition | None:
    """Publish the arrangement of ``year``; None when the edition in force is the same.

    A year has one notice: a second one is refused unless it ``corrects`` the first, and then it may not change a day
    that is over. Raises :class:`RuleViolation` for that, for an arrangement without a source, for days of another
    year, and for a make-up workday that is a workday anyway.
    """
    source = source_of(document, "节假日安排")
    listed = list(days)
    wanted = {(day.day, day.is_workday, day.name) for day in listed}
    _require_sense(listed, year)
    hold("calendar")
    editions = CalendarEdition.objects.filter(year=year, region_code=region_code)
    latest = editions.order_by("-number").first()
    if latest is not None:
        held = set(latest.days.values_list("day", "is_workday", "name"))
        if held == wanted:
            return None
        _require_correction(latest, held ^ wanted, corrects=corrects, today=day_of(at))
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


def _require_sense(days: Iterable[SpecialDay], year: int) -> None:
    """Raise unless all days are in ``year`` and those that are worked would be free without the notice."""
    for day in sorted(days, key=lambda each: each.day):
        if day.day.year != year:
            raise RuleViolation(f"{day.day} 不在 {year} 年，未录入。", field="lines")
        if day.is_workday and day.day.weekday() < FIRST_FREE_WEEKDAY:
            weekday = WEEKDAYS[day.day.weekday()]
            raise RuleViolation(
                f"{day.day} 是星期{weekday}，本来就上班；调休上班只能写周六、周日。", field="lines"
            )


def _require_correction(
    latest: CalendarEdition, changed: Iterable[tuple[date, bool, str]], *, corrects: bool, today: date
) -> None:
    """Raise if a second notice of a year is not meant as a correction, or would change a day that is over."""
    if not corrects:
        raise RuleViolation(
            f"{latest.year} 年已按{latest.document}录入（第 {latest.number} 版）。如果这次是更正，请勾选“更正”再录入。",
            field="corrects",
        )
    over = sorted({day for day, _, _ in changed if day < today})
    if over:
        raise RuleViolation(
            f"{over[0]} 已经过去，当天的期限已按原安排计算，不能再改；请照现行安排写这一天。", field="lines"
        )


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
