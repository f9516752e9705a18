"""The addresses of the API about the user's own account."""

from __future__ import annotations

from django.urls import path

from frame.api import views

urlpatterns = [
    path("me/", views.Me.as_view(), name="me"),
    path("messages/", views.MessageList.as_view(), name="messages"),
]
