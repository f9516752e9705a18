"""Sets how long a step may take, from a later day on."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.days import day_in
from common.errors import RuleViolation
from workflow.actions.limits import LimitDraft, publish_step_limit
from workflow.models import StepLimit


class Command(BaseCommand):
    help = "登记新的环节时限：从以后的一天起施行，须写明依据"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step")
        parser.add_argument("purpose", choices=StepLimit.Purpose.values)
        parser.add_argument("clock")
        parser.add_argument("amount", type=int, help="小时类为分钟，日类为天")
        parser.add_argument("--urgent", action="store_true")
        parser.add_argument("--from", dest="effective_on", type=day_in, required=True)
        parser.add_argument("--document", required=True, help="依据文件")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("step", "purpose", "clock", "amount", "urgent", "effective_on", "document")
        try:
            draft = LimitDraft(**{name: options[name] for name in names})
            limit = publish_step_limit(draft, by_id=None, at=clock.now())
        except RuleViolation as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(f"已登记：{limit}，{limit.effective_on} 起")
