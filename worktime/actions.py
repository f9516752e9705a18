"""Enter a year's holiday arrangement."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from common.errors import RuleViolation
from worktime.models import CalendarDay, CalendarEdition


@dataclass(frozen=True)
class SpecialDay:
    """One line of a holiday notice."""

    day: date
    is_workday: bool
    name: str


def read_special_days(path: Path) -> list[SpecialDay]:
    """Read ``day,is_workday,name`` lines; raises :class:`RuleViolation` naming the line that is wrong."""
    days = []
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            try:
                days.append(
                    SpecialDay(
                        date.fromisoformat(row["day"]),
                        {"0": False, "1": True}[row["is_workday"]],
                        row["name"],
                    )
                )
            except (KeyError, ValueError) as error:
                raise RuleViolation(f"节假日文件第 {number} 行无法识别：{row}", line=number) from error
    return days


@transaction.atomic
def publish_calendar(
    year: int, days: Iterable[SpecialDay], *, document: str, at: datetime, region_code: str = ""
) -> CalendarEdition | None:
    """Publish a new edition of ``year``; None when the edition in force already says the same."""
    wanted = {(day.day, day.is_workday, day.name) for day in days}
    wrong = [day for day, _, _ in wanted if day.year != year]
    if wrong:
        raise RuleViolation(f"{wrong[0]} 不在 {year} 年，未录入。", field="day")
    editions = CalendarEdition.objects.select_for_update().filter(year=year, region_code=region_code)
    latest = editions.order_by("-number").first()
    if latest and set(latest.days.values_list("day", "is_workday", "name")) == wanted:
        return None
    edition = CalendarEdition.objects.create(
        year=year,
        region_code=region_code,
        number=latest.number + 1 if latest else 1,
        document=document,
        published_at=at,
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(edition=edition, day=day, is_workday=worked, name=name) for day, worked, name in wanted
    )
    return edition
