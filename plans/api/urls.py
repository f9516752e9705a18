"""The addresses of the plans API."""

from __future__ import annotations

from django.urls import path

from plans.api import views

urlpatterns = [
    path("plans/<int:pk>/map/", views.PlanMap.as_view(), name="plan_map"),
    path("plans/<int:pk>/register/", views.RegisterMap.as_view(), name="plan_register"),
    path("plans/<int:pk>/changes/", views.PlanChanges.as_view(), name="plan_change"),
    path("plans/<int:pk>/findings/", views.PlanFindings.as_view(), name="plan_findings"),
]
