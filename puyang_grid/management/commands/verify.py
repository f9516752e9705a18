"""Checks every invariant of the data: one line for each, and an exit code.

``--anchors`` compares the trace with the anchors that were written outside the database. Without them, a trace whose
end was cut off, or a database that was restored to an earlier day, looks complete.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.anchoring import anchor_file, anchors_in, faults_against
from common.records.invariants import Invariant, every_invariant, examine, one_moment


class Command(BaseCommand):
    help = "逐条核对数据的不变式；有一条不成立即以非零退出"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors",
            nargs="?",
            type=Path,
            const=anchor_file(),
            metavar="FILE",
            help="再与数据库外的锚定文件核对（默认用设置里的文件）",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        asked = list(every_invariant())
        if options["anchors"] is not None:
            kept = anchors_in(options["anchors"])
            asked.append(Invariant("审计记录与数据库外的锚定相符", lambda: faults_against(kept)))
        with one_moment():
            failed = self._ask(asked)
        if failed:
            raise CommandError(f"{failed} 条不成立")
        self.stdout.write(f"{len(asked)} 条全部成立")

    def _ask(self, asked: list[Invariant]) -> int:
        """Check each invariant and print the result; returns how many do not hold."""
        failed = 0
        for invariant in asked:
            started = perf_counter()
            finding = examine(invariant)
            failed += not finding.holds
            mark = "成立" if finding.holds else f"不成立 {finding.count} 处"
            self.stdout.write(f"{mark}\t{finding.sentence}\t{perf_counter() - started:.2f} 秒")
            for fault in finding.shown:
                self.stdout.write(f"\t- {fault}")
        return failed
