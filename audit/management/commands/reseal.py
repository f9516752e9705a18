"""Seals again all values under retired keys or the other cipher; can be stopped and restarted at any time."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from audit.resealing import columns, outdated_indexes, reseal
from common import clock
from common.errors import Refusal


class Command(BaseCommand):
    help = "把停用密钥或另一种算法之下的内容改用现行密钥；可随时中断，再运行接着做。以表的所有者运行才能改只增不改的表"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=1_000_000, help="这一次最多改多少项")

    def handle(self, *args: Any, **options: Any) -> None:
        left, started, total = options["most"], perf_counter(), 0
        for column in columns():
            waiting = column.outdated()
            waiting += [number for number in outdated_indexes(column) if number not in set(waiting)]
            try:
                done = reseal(column, waiting[:left], at=clock.now())
            except DatabaseError as error:
                raise CommandError(
                    f"{column}：只增不改的表须以所有者运行（DATABASE_ROLE=owner）。"
                ) from error
            except Refusal as refusal:
                raise CommandError(f"{column}：{refusal.sentence}") from refusal
            total, left = total + done, left - done
            if waiting:
                self.stdout.write(f"{column}：已改 {done}，还剩 {len(waiting) - done}")
        seconds = perf_counter() - started
        self.stdout.write(f"共改 {total} 项，{seconds:.1f} 秒，{total / max(seconds, 0.001):,.0f} 项/秒")
