from __future__ import annotations

from django.apps import AppConfig

from accounts.one_click import offer
from demo.personas import PERSONAS


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = "演示"

    def ready(self) -> None:
        offer(PERSONAS)
