"""The addresses of access: the user's own pages, looks, special grants, and the page that reveals."""

from __future__ import annotations

from django.urls import path

from access.views import access_log as looks
from access.views import grants, mine, reveal

app_name = "access"

urlpatterns = [
    path("access/", mine.mine, name="mine"),
    path("access/looks-at-me/", mine.looks_at_me, name="looks_at_me"),
    path("access/looks/", looks.looks, name="looks"),
    path("access/grants/", grants.grants, name="grants"),
    path("access/grants/new/", grants.ask, name="grant_ask"),
    path("access/grants/<int:pk>/<slug:verb>/", grants.GrantVerb.as_view(), name="grant_say"),
    path("access/reveal/<str:key>/<slug:name>/", reveal.reveal, name="reveal"),
]
