"""Runs several commands one after another in one process, because each process costs a start of Django."""

from __future__ import annotations

import gc
import shlex
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

SELDOM = (100_000, 20, 20)  # a command that loads rows makes millions of objects, and hardly any garbage


class Command(BaseCommand):
    help = "在一个进程里依次运行几条命令：several 'begin_trace' 'load_demo --whole'"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lines", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        gc.set_threshold(*SELDOM)
        for line in options["lines"]:
            self.stdout.write(f"{line} ...")
            self.stdout.flush()
            call_command(*shlex.split(line), stdout=self.stdout, stderr=self.stderr)
            self.stdout.flush()
