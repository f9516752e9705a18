"""The addresses of plans, filings, sector grids and rules."""

from __future__ import annotations

from django.urls import path

from plans.views import editor

app_name = "plans"

urlpatterns = [
    path("plans/<int:pk>/map/", editor.editor, name="map"),
    path("plans/<int:pk>/change/<slug:verb>/", editor.change, name="change"),
]
