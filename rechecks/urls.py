"""The addresses of re-checks."""

from __future__ import annotations

from django.urls import path

from rechecks.views import draws
from rechecks.views.verbs import RecheckVerb

app_name = "rechecks"

urlpatterns = [
    path("rechecks/", draws.draws, name="draws"),
    path("rechecks/draw/", draws.draw, name="draw"),
    path("rechecks/<int:pk>/", draws.drawn, name="drawn"),
    path("rechecks/cases/<int:pk>/<slug:verb>/", RecheckVerb.as_view(), name="act"),
]
