"""The addresses of lists, proposals, filings and requests."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "matters"

urlpatterns: list[URLPattern] = [
    # proposals
    # editions and filings
    # import, export, burden, requests
]
