"""Runs several commands one after another in one process, because each process costs a start of Django."""

from __future__ import annotations

import shlex
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "在一个进程里依次运行几条命令：several 'begin_trace' 'load_demo --whole'"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lines", nargs="+")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in options["lines"]:
            self.stdout.write(f"{line} ...")
            self.stdout.flush()
            call_command(*shlex.split(line), stdout=self.stdout, stderr=self.stderr)
            self.stdout.flush()
