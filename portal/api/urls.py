"""The addresses of a person's own API."""

from __future__ import annotations

from django.urls import path

from portal.api import places, views

urlpatterns = [
    path("grids/at/", places.GridAt.as_view(), name="grid_at"),
    path("grids/<str:code>/", places.GridByCode.as_view(), name="grid"),
    path("me/", views.Me.as_view(), name="me"),
    path("messages/", views.MessageList.as_view(), name="messages"),
]
