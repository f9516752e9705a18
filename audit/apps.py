from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from audit.witnesses import make_state_functions


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = "审计留痕"

    def ready(self) -> None:
        post_migrate.connect(make_state_functions, sender=self)
