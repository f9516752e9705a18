from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from common.privacy.sealing_vectors import require_known_answers


class CommonConfig(AppConfig):
    name = "common"
    verbose_name = "公共机制"

    def ready(self) -> None:
        autodiscover_modules("checks")
        require_known_answers()
