from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = "区划与网格"

    def ready(self) -> None:
        autodiscover_modules("follows")
