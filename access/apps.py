from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = "分级准入"

    def ready(self) -> None:
        autodiscover_modules("revealing")
