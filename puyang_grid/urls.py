"""Every address of the platform."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("common.health_urls")),
    path("api/", include("puyang_grid.api_urls")),
    path("", include("accounts.urls")),
    path("", include("personnel.urls")),
    path("", include("access.urls")),
    path("", include("boards.urls")),
    path("", include("conduct.urls")),
    path("", include("matters.urls")),
    path("", include("workflow.urls")),
    path("", include("plans.urls")),
    path("", include("portal.urls")),
]

handler400 = "common.pages.bad_request"
handler403 = "common.pages.forbidden"
handler404 = "common.pages.not_found"
handler500 = "common.pages.broken"
