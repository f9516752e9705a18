"""The addresses of plans, filings, sector grids and rules."""

from __future__ import annotations

from django.urls import path

from plans.forms.plans import FORMS
from plans.views import drafting, editor, listing, plan
from plans.views.sentences import SLUGS
from plans.views.verbs import PlanVerbPage

app_name = "plans"

urlpatterns = [
    path("plans/", listing.plans, name="plans"),
    path("plans/new/", drafting.new, name="new"),
    path("plans/<int:pk>/", plan.plan, name="plan"),
    path("plans/<int:pk>/edit/", drafting.edit, name="edit"),
    *(path(f"plans/<int:pk>/{SLUGS[verb]}/", PlanVerbPage.as_view(verb=verb), name=verb) for verb in FORMS),
    path("plans/<int:pk>/map/", editor.editor, name="map"),
    path("plans/<int:pk>/change/<slug:verb>/", editor.change, name="change"),
]
