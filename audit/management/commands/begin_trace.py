"""Begins the chains of the settings that migrations write, once; run it after `migrate`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from audit.actions import append_entries
from audit.models import Entry
from audit.witnesses import witnesses
from common import clock


class Command(BaseCommand):
    help = "为随迁移写入的设置建立审计链；已有链的不动"

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        kinds = [witness.kind for witness in witnesses() if witness.is_founded]
        begun = set(Entry.objects.filter(subject__in=kinds, seq=1).values_list("subject", flat=True))
        new = {kind: {} for kind in kinds if kind not in begun}
        append_entries(new, verb="found", at=clock.now(), actor_id=None, first=True)
        if options["verbosity"] > 0:
            self.stdout.write(f"新建审计链：{'、'.join(new) or '无'}")
