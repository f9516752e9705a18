"""The addresses of the register's API."""

from __future__ import annotations

from django.urls import path

from register.api import views

urlpatterns = [
    path("grids/at/", views.GridAt.as_view(), name="grid_at"),
    path("grids/<str:code>/", views.GridByCode.as_view(), name="grid"),
]
