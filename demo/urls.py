"""The addresses of the demo."""

from __future__ import annotations

from django.urls import path

from demo import views

app_name = "demo"

urlpatterns = [
    path("dev/components/", views.components, name="components"),
]
