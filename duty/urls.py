"""The addresses of duty rosters."""

from __future__ import annotations

from django.urls import path

from duty.views import now, rosters
from duty.views.shifts import ShiftVerb

app_name = "duty"

urlpatterns = [
    path("duty/", rosters.rosters, name="rosters"),
    path("duty/now/", now.now, name="now"),
    path("duty/<int:pk>/", rosters.roster, name="roster"),
    path("duty/<int:pk>/enter/", rosters.enter, name="enter"),
    path(
        "duty/shifts/<int:pk>/hand-over/",
        ShiftVerb.as_view(verb="hand_over_duty"),
        name="hand_over_duty",
    ),
    path(
        "duty/shifts/<int:pk>/take-off/",
        ShiftVerb.as_view(verb="take_off_roster"),
        name="take_off_roster",
    ),
]
