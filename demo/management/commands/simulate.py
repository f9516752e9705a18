"""Simulates a county for some days and compares what its clocks owed with what they did."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from demo.benches.measuring import SCRATCH, as_owner, scratch_city
from demo.simulation.ledger import compare
from demo.simulation.report import lines_of
from demo.simulation.world import FAULTY, FIRST_DAY, World


class Command(BaseCommand):
    help = "在临时库中模拟一个县区：人在办、忘记、争议，时钟照走；最后列出每条规则“应当/实际”"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--faults", action="store_true", help="杀掉、断开、重复、漏掉唤醒，清空 Redis，拨动时钟"
        )
        parser.add_argument("--per-day", type=float, default=2.0, help="每天上报多少件")
        parser.add_argument("--first-day", type=date.fromisoformat, default=FIRST_DAY)

    def handle(self, *args: Any, **options: Any) -> None:
        began = perf_counter()
        with scratch_city(loading=()):
            _need_not_outlive_a_power_cut()
            began_days = perf_counter()
            world = World(
                days=options["days"],
                seed=options["seed"],
                faulty=FAULTY if options["faults"] else 0.0,
                per_day=options["per_day"],
                first_day=options["first_day"],
            )
            world.run()
            ran = perf_counter() - began_days
            table = compare(world)
        for line in lines_of(table, world, seconds=ran, whole=perf_counter() - began):
            self.stdout.write(line)
        if table.faults:
            raise CommandError(f"{len(table.faults)} 处不符")


def _need_not_outlive_a_power_cut() -> None:
    """Let commits of the scratch database not wait for the disk."""
    as_owner(f"ALTER DATABASE {SCRATCH} SET synchronous_commit = off")
    connection.close()
