"""Prints one login for each persona of the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.personas import login_lines


class Command(BaseCommand):
    help = "列出演示账号（仅演示模式）"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("演示账号只在演示模式（DEMO_MODE=1）下存在。")
        self.stdout.write("\n".join(login_lines()))
