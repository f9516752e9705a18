"""Import the divisions file and the county outlines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from common import clock
from common.errors import RuleViolation
from grids.actions.divisions import import_divisions, import_outlines

SEED = Path(__file__).resolve().parents[2] / "seed"


class Command(BaseCommand):
    help = "导入区划表（1 市、8 县区、89 乡镇街道、3197 村社区）和县区轮廓；可重复执行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=SEED / "divisions.csv")
        parser.add_argument("--outlines", type=Path, default=SEED / "counties.geojson")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                result = import_divisions(options["file"], at=clock.now())
                outlines = import_outlines(options["outlines"])
        except RuleViolation as refusal:
            raise CommandError(
                "\n".join([refusal.sentence.split("。")[0] + "。", *refusal.details.get("faults", [])])
            ) from refusal
        self.stdout.write(
            f"区划：新增 {result.created}，变更 {result.changed}，不变 {result.unchanged}；轮廓 {outlines} 个"
        )
