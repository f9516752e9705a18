"""The address of the list API."""

from __future__ import annotations

from django.urls import path

from matters.api import views

urlpatterns = [path("matters/", views.MatterListView.as_view(), name="matters")]
