from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ChannelsConfig(AppConfig):
    name = "channels"
    verbose_name = "消息通道"

    def ready(self) -> None:
        """Find how other apps describe their subjects to the outside."""
        autodiscover_modules("outside")
