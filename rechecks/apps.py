from __future__ import annotations

from django.apps import AppConfig


class RechecksConfig(AppConfig):
    name = "rechecks"
    verbose_name = "抽查"
