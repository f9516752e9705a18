from __future__ import annotations

from django.apps import AppConfig


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = "区划与网格"
