"""The addresses of complaints about grid staff."""

from __future__ import annotations

from django.urls import path

from conduct.views import office, public
from conduct.views.verbs import ComplaintVerb, Statement

app_name = "conduct"

urlpatterns = [
    path("complain/progress/", public.progress, name="progress"),
    path("complain/progress/code/", public.received, name="received"),
    path("complain/<str:code>/", public.complaint_form, name="complain"),
    path("conduct/", office.complaints, name="complaints"),
    path("conduct/mine/", office.mine, name="mine"),
    path("conduct/mine/<int:pk>/answer/", Statement.as_view(), name="speak"),
    path("conduct/register/<str:code>/", office.register, name="register"),
    path("conduct/people/<int:pk>/", office.person, name="person"),
    path("conduct/photos/<uuid:uid>/", office.photo, name="photo"),
    path("conduct/<int:pk>/", office.complaint, name="complaint"),
    path("conduct/<int:pk>/<slug:verb>/", ComplaintVerb.as_view(), name="act"),
]
