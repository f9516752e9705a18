"""Runs by hand, or from cron, what beat and a worker do: ring due clocks, deliver the outbox, send, seal the trace."""

from __future__ import annotations

from time import sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.tasks import anchor
from channels.actions import send_outside
from channels.tasks import spread
from common import clock
from notifications.tasks import relay_outbox
from workflow.tasks import sweep_due_stages


class Command(BaseCommand):
    help = "处理到期的时限、投递消息、封存留痕；Redis 停用时可代替定时任务"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=float, metavar="SECONDS", help="每隔若干秒重复，直到被终止")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            swept, relayed, sealed = sweep_due_stages(), relay_outbox(), anchor()
            spread()
            sent = send_outside(at=clock.now())  # without the lock of the task, which is in Redis
            self.stdout.write(f"到期时限 {swept}，投递消息 {relayed}，封存留痕 {sealed}，外发 {sent}")
            if not options["loop"]:
                return
            sleep(options["loop"])
