"""Runs by hand, or from cron, what beat and a worker do: ring due clocks, deliver the outbox, seal the trace."""

from __future__ import annotations

from time import sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.tasks import anchor
from notifications.tasks import relay_outbox
from workflow.tasks import sweep_due_stages


class Command(BaseCommand):
    help = "处理到期的时限、投递消息、封存留痕；Redis 停用时可代替定时任务"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="每隔若干秒重复，直到被终止")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            swept, relayed, sealed = sweep_due_stages(), relay_outbox(), anchor()
            self.stdout.write(f"到期时限 {swept}，投递消息 {relayed}，封存留痕 {sealed}")
            if not options["loop"]:
                return
            sleep(options["loop"])
