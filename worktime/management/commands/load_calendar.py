"""Enters the State Council's holiday arrangements that are part of the project."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import clock
from worktime.actions import FIRST_HOURS, publish_calendar, publish_office_hours, read_special_days
from worktime.models import OfficeHours

SEED = Path(__file__).resolve().parents[2] / "seed" / "calendar_days.csv"
USUAL_HOURS = "08:30-12:00,14:30-18:00"
DOCUMENTS = {
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}


class Command(BaseCommand):
    help = "录入节假日与调休安排（默认 2024—2026 年）；重复执行不产生新版次"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        if not OfficeHours.objects.filter(region_code="").exists():
            document = "默认办公时间，可由市级修改"
            publish_office_hours(USUAL_HOURS, effective_on=FIRST_HOURS, document=document, at=at)
        for year, days in groupby(read_special_days(options["file"]), key=lambda day: day.day.year):
            document = DOCUMENTS.get(year, "手工录入")
            edition = publish_calendar(year, days, document=document, at=at, corrects=True)
            self.stdout.write(f"{year} 年：{'录入 ' + str(edition) if edition else '无变化'}")
