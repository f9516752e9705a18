from __future__ import annotations

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "matters"
    verbose_name = "网格事项"
