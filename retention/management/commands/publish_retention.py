"""Set how long a data set is kept, from a later day on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.days import day_in
from common.errors import RuleViolation
from retention.actions import RuleDraft, publish_rule


class Command(BaseCommand):
    help = "登记新的保存期限：从以后的一天起施行，须写明依据"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dataset")
        kept = parser.add_mutually_exclusive_group(required=True)
        kept.add_argument("--days", type=int)
        kept.add_argument("--for-good", action="store_true", help="长期保存")
        parser.add_argument("--anchor", default="", help="从何时起算；不写用数据集的第一种")
        parser.add_argument("--from", dest="effective_on", type=day_in, required=True)
        parser.add_argument("--document", required=True, help="依据文件")

    def handle(self, *args: Any, **options: Any) -> None:
        draft = RuleDraft(
            dataset=options["dataset"],
            keep_days=None if options["for_good"] else options["days"],
            anchor=options["anchor"],
            effective_on=options["effective_on"],
            document=options["document"],
        )
        try:
            rule = publish_rule(draft, by_id=None, at=clock.now())
        except RuleViolation as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"已登记：{rule}，{rule.effective_on} 起")
