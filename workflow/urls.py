"""The addresses of the case pages: each verb has its own address."""

from __future__ import annotations

from django.urls import path

from workflow.share_verbs import SHARE_VERBS, slug_of_share
from workflow.verbs import CASE_VERBS
from workflow.views import batch as many
from workflow.views import (
    bodies,
    case,
    day_report,
    desk,
    dots,
    field,
    lists,
    phrases,
    presence,
    preview,
    register,
    report,
    resident,
    saved_views,
    search,
    tray,
    unlisted,
)
from workflow.views.desk_verbs import DeskVerb
from workflow.views.shares import ShareVerbPage
from workflow.views.verbs import CaseVerbPage

app_name = "workflow"

urlpatterns = [
    path("cases/<int:pk>/", case.case_page, name="case"),
    path("cases/<int:pk>/preview/", preview.preview, name="preview"),
    path("cases/<int:pk>/presence/", presence.presence, name="presence"),
    *(
        path(f"cases/<int:pk>/{verb.replace('_', '-')}/", CaseVerbPage.as_view(verb=verb), name=verb)
        for verb in CASE_VERBS
    ),
    *(
        path(
            f"cases/<int:pk>/shares/<int:share>/{slug_of_share(verb)}/",
            ShareVerbPage.as_view(verb=verb),
            name=verb,
        )
        for verb in SHARE_VERBS
    ),
    path("desk/", desk.desk, name="desk"),
    path("desk/counts/", desk.counts, name="counts"),
    path("desk/many/", many.say_to_selected, name="many"),
    path("desk/views/", saved_views.save, name="save_view"),
    path("desk/views/<int:pk>/remove/", saved_views.remove, name="remove_view"),
    path("desk/register/", register.register, name="register"),
    *(
        path(
            f"desk/cases/<int:pk>/{verb.replace('_', '-')}/",
            DeskVerb.as_view(verb=verb),
            name=f"desk_{verb}",
        )
        for verb in CASE_VERBS
    ),
    path("tray/", tray.tray, name="tray"),
    path("tray/counts/", tray.tray_counts, name="tray_counts"),
    path("tray/day/", day_report.report_of_day, name="day_report"),
    path("phrases/", phrases.phrases, name="phrases"),
    path("phrases/offered/", phrases.offered, name="offered_phrases"),
    path("phrases/<int:pk>/remove/", phrases.remove, name="remove_phrase"),
    path("search/", search.search, name="search"),
    path("cases/", lists.measured, name="list"),
    path("places/<str:code>/dots/", dots.dots, name="dots"),
    path("photos/<uuid:uid>/", case.photo, name="photo"),
    path("photos/<uuid:uid>/small/", case.small_photo, name="small_photo"),
    path("report/", report.report, name="report"),
    path("report/similar/", report.similar, name="similar"),
    path("mine/", field.my_reports, name="mine"),
    path("village/", field.village, name="village"),
    path("organizations/<int:pk>/cases/", bodies.body_cases, name="body_cases"),
    path("lists/unlisted/", unlisted.unlisted, name="unlisted"),
    path("r/", resident.find, name="find"),
    path("r/<str:code>/", resident.resident, name="resident"),
]
