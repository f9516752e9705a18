from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PersonnelConfig(AppConfig):
    name = "personnel"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        autodiscover_modules("leaving")
