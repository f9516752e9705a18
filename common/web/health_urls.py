from __future__ import annotations

from django.urls import path

from common.web import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]
