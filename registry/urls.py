"""The addresses of the register of people, houses, places and organizations."""

from __future__ import annotations

from django.urls import path

from registry.views import activities, imports, records
from registry.views.activities import ActivityVerb
from registry.views.verbs import RecordVerb, RelationVerb

app_name = "registry"

urlpatterns = [
    path("registry/", records.home, name="home"),
    path("registry/new/<slug:kind>/", records.new, name="new"),
    path("registry/coverage/", records.coverage, name="coverage"),
    path("registry/import/", imports.upload, name="import"),
    path("registry/import/template/", imports.template, name="import_template"),
    path("registry/import/<int:pk>/", imports.people, name="people_import"),
    path("registry/import/<int:pk>/faults/", imports.faults, name="import_faults"),
    path("registry/import/<int:pk>/confirm/", imports.confirm, name="import_confirm"),
    path("registry/import/<int:pk>/discard/", imports.discard, name="import_discard"),
    path("registry/search/", records.search, name="search"),
    path("registry/doubles/", records.doubles, name="doubles"),
    path("registry/doubles/<int:pk>/<slug:answer>/", records.decide, name="decide"),
    path("registry/tasks/", activities.tasks, name="tasks"),
    path("registry/tasks/new/", activities.new_task, name="new_task"),
    path("registry/activities/<int:pk>/", activities.activity, name="activity"),
    path("registry/activities/<int:pk>/<slug:verb>/", ActivityVerb.as_view(), name="activity_act"),
    path("registry/relations/<int:pk>/end/", RelationVerb.as_view(), name="part"),
    path("registry/<int:pk>/", records.record, name="record"),
    path("registry/<int:pk>/collect/<str:code>/", activities.begin, name="collect"),
    path("registry/<int:pk>/<slug:verb>/", RecordVerb.as_view(), name="act"),
]
