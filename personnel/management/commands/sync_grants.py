"""Make all grants equal the postings, e.g. after an upgrade that changes what a post may do."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from common import clock
from personnel.actions import sync_grants
from worktime.clocks import day_of


class Command(BaseCommand):
    help = "使所有账号的权限与现任岗位一致；升级改变了岗位权限时运行，可反复运行"

    def handle(self, *args: Any, **options: Any) -> None:
        today = day_of(clock.now())
        count = sync_grants(User.objects.all(), day=today)
        self.stdout.write(f"权限已与岗位一致，改动 {count:,} 条")
