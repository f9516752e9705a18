from __future__ import annotations

from django.apps import AppConfig


class FrameConfig(AppConfig):
    name = "frame"
    verbose_name = "首页和外框"
