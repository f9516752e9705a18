"""Every address of the API."""

from __future__ import annotations

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

app_name = "api"

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("v1/", include("grids.api.urls")),
    path("v1/", include("matters.api.urls")),
    path("v1/", include("plans.api.urls")),
    path("v1/", include("register.api.urls")),
    path("v1/", include("frame.api.urls")),
    path("v1/", include("workflow.api.urls")),
]
