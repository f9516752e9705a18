"""Sets office hours from a later day on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.days import day_in
from common.errors import RuleViolation
from worktime.actions import publish_office_hours


class Command(BaseCommand):
    help = "登记新的办公时间：从以后的一天起施行，须写明依据"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("spans", help="如 08:30-12:00,14:30-18:00")
        parser.add_argument("--from", dest="effective_on", type=day_in, required=True)
        parser.add_argument("--document", required=True, help="依据文件")
        parser.add_argument("--region", default="", help="县区代码；不写即全市")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            hours = publish_office_hours(
                options["spans"],
                effective_on=options["effective_on"],
                document=options["document"],
                region_code=options["region"],
                at=clock.now(),
            )
        except RuleViolation as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"已登记：{hours}")
