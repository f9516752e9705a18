"""Every address of the platform."""

from __future__ import annotations

from django.apps import apps
from django.urls import include, path

urlpatterns = [
    path("", include("common.web.health_urls")),
    path("api/", include("puyang_grid.api_urls")),
    path("", include("accounts.urls")),
    path("", include("personnel.urls")),
    path("", include("access.urls")),
    path("", include("boards.urls")),
    path("", include("conduct.urls")),
    path("", include("duty.urls")),
    path("", include("channels.urls")),
    path("", include("supervision.urls")),
    path("", include("registry.urls")),
    path("", include("rechecks.urls")),
    path("", include("improvement.urls")),
    path("", include("matters.urls")),
    path("", include("workflow.urls")),
    path("", include("plans.urls")),
    path("", include("register.urls")),
    path("", include("public.urls")),
    path("", include("frame.urls")),
    *([path("", include("demo.urls"))] if apps.is_installed("demo") else []),
]

handler400 = "common.web.error_pages.bad_request"
handler403 = "common.web.error_pages.forbidden"
handler404 = "common.web.error_pages.not_found"
handler500 = "common.web.error_pages.broken"
