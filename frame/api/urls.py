"""The addresses of a person's own API."""

from __future__ import annotations

from django.urls import path

from frame.api import views

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("messages/", views.MessageList.as_view(), name="messages"),
]
