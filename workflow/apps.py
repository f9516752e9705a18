from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "事件流转"

    def ready(self) -> None:
        """Find what other apps show on the page of a case."""
        autodiscover_modules("panels")
