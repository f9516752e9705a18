"""Publishes the seed catalogue as the first edition of each county's list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import clock
from grids.models import Division
from matters.actions import publish_first_edition
from matters.seed_rows import read_matters

SEED = Path(__file__).resolve().parents[2] / "seed" / "matters.csv"


class Command(BaseCommand):
    help = "以 83 项种子事项公布各县区第 1 版清单（演示数据）；已有清单的县区跳过"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        with options["file"].open(encoding="utf-8", newline="") as lines:
            seeds = list(read_matters(lines))
        at = clock.now()
        for county in Division.objects.of_level("county").filter(matter_lists=None):
            edition = publish_first_edition(county, seeds, on=date(2025, 1, 1), at=at, demonstration=True)
            self.stdout.write(f"{edition}：{len(seeds)} 项")
