"""The addresses of the territory API."""

from __future__ import annotations

from django.urls import path

from grids.api import views

urlpatterns = [
    path("grids/locate/", views.LocateView.as_view(), name="locate"),
    path("townships/<str:code>/map/", views.TownshipMap.as_view(), name="township_map"),
    path("divisions/<str:code>/map/", views.DivisionMap.as_view(), name="division_map"),
]
