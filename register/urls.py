"""The addresses of the register of grids."""

from __future__ import annotations

from django.urls import path

from register import views

app_name = "register"

urlpatterns = [
    path("grids/", views.register, name="register"),
    path("grids/at/", views.at, name="at"),
    path("grids/<str:code>/", views.grid, name="grid"),
]
