"""List what would be erased tonight, data set by data set; ``--now`` erases it at once."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common import clock
from common.privacy.datasets import data_sets
from retention.actions import erase_what_is_over
from retention.rules import due_sets, rules_on
from worktime.clocks import day_of


class Command(BaseCommand):
    help = "列出每个数据集的保存期限和今夜要清除的条数；--now 立即清除"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", action="store_true", help="立即清除，不等夜里")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        rules, due = rules_on(day_of(at)), {each.dataset.key: each for each in due_sets(at)}
        for key, dataset in data_sets().items():
            rule = rules.get(key)
            duration = "没有保存期限" if rule is None else "长期保存"
            if rule is not None and key in due:
                going, held = due[key].rows().count(), due[key].held().count()
                duration = f"{rule.keep_days} 天（{rule.anchor} 起）\t将清除 {going}，暂停清除 {held}"
            source = f"\t依据：{rule.document}" if rule else ""
            self.stdout.write(f"{key}\t{dataset.word}\t{duration}{source}")
        if options["now"]:
            self.stdout.write(f"已清除 {erase_what_is_over(at=at)} 条")
