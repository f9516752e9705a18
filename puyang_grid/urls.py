"""Every address of the platform."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("common.health_urls")),
    path("api/", include("puyang_grid.api_urls")),
]
