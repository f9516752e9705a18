from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SweepsConfig(AppConfig):
    name = "sweeps"
    verbose_name = "定时处理"

    def ready(self) -> None:
        autodiscover_modules("due")
