"""Check every invariant of the data: a line each, and an exit code."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access.invariants import INVARIANTS as ACCESS
from audit.invariants import INVARIANTS as AUDIT
from boards.invariants import INVARIANTS as BOARDS
from common.invariants import examine
from conduct.invariants import INVARIANTS as CONDUCT
from grids.invariants import INVARIANTS as GRIDS
from matters.invariants import INVARIANTS as MATTERS
from notifications.invariants import INVARIANTS as NOTIFICATIONS
from personnel.invariants import INVARIANTS as PERSONNEL
from plans.invariants import INVARIANTS as PLANS
from workflow.invariants import INVARIANTS as WORKFLOW

ALL = (*WORKFLOW, *BOARDS, *CONDUCT, *GRIDS, *MATTERS, *PLANS, *ACCESS, *PERSONNEL, *AUDIT, *NOTIFICATIONS)


class Command(BaseCommand):
    help = "逐条核对数据的不变式；有一条不成立即以非零退出"

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for invariant in ALL:
            started = perf_counter()
            finding = examine(invariant)
            failed += not finding.holds
            mark = "成立" if finding.holds else f"不成立 {finding.count} 处"
            self.stdout.write(f"{mark}\t{finding.sentence}\t{perf_counter() - started:.2f} 秒")
            for fault in finding.shown:
                self.stdout.write(f"\t- {fault}")
        if failed:
            raise CommandError(f"{failed} 条不成立")
        self.stdout.write(f"{len(ALL)} 条全部成立")
