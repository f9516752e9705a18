"""The addresses of improvement tasks."""

from __future__ import annotations

from django.urls import path

from improvement.views import tasks
from improvement.views.verbs import TaskVerb

app_name = "improvement"

urlpatterns = [
    path("improvements/", tasks.tasks, name="tasks"),
    path("improvements/<int:pk>/", tasks.task, name="task"),
    path("improvements/<int:pk>/<slug:verb>/", TaskVerb.as_view(), name="act"),
]
