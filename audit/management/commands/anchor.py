"""Runs by hand, or by cron, what beat runs every minute: seal new links and write the root outside the database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit.anchoring import anchor_file, seal_and_anchor
from common import clock


class Command(BaseCommand):
    help = "封存新的审计记录，并把根散列写到数据库之外"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"封存 {seal_and_anchor(at=clock.now())} 环，锚定文件 {anchor_file()}")
