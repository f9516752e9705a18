"""The addresses of the case API: each verb has its own address."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.keyed_requests import KEY_HEADER
from workflow.api import hand_in, views
from workflow.api.serializers import ShareOut, VerbOut
from workflow.share_verbs import SHARE_VERBS, slug_of_share
from workflow.states import VERBS
from workflow.verbs import CASE_VERBS


def verb_view(verb: str) -> type[views.VerbView]:
    """Returns the documented view of one verb."""
    name = "".join(part.title() for part in verb.split("_")) + "Case"
    view: type[views.VerbView] = type(name, (views.VerbView,), {"verb": verb, "__doc__": VERBS[verb]})
    documented = extend_schema(
        operation_id=f"cases_{verb}",
        parameters=[KEY_HEADER],
        request=CASE_VERBS[verb].input,
        responses=VerbOut,
        summary=VERBS[verb],
    )
    return extend_schema_view(post=documented)(view)


def share_view(verb: str) -> type[views.ShareVerbView]:
    """Returns the documented view of one verb of a share."""
    name = "".join(part.title() for part in verb.split("_"))
    view: type[views.ShareVerbView] = type(
        name, (views.ShareVerbView,), {"verb": verb, "__doc__": SHARE_VERBS[verb].word}
    )
    documented = extend_schema(
        operation_id=f"shares_{verb}",
        parameters=[KEY_HEADER],
        request=SHARE_VERBS[verb].input,
        responses=ShareOut,
        summary=SHARE_VERBS[verb].word,
    )
    return extend_schema_view(post=documented)(view)


urlpatterns = [
    path("cases/", views.CaseList.as_view(), name="cases"),
    path("cases/<int:pk>/", views.CaseView.as_view(), name="case"),
    path("cases/<int:pk>/events/", views.CaseEvents.as_view(), name="events"),
    path("matters/suggest/", views.SuggestView.as_view(), name="suggest"),
    path("photos/", views.PhotoList.as_view(), name="photos"),
    path("hand-in/cases/", hand_in.HandInReport.as_view(), name="hand_in_report"),
    path("hand-in/photos/", hand_in.HandInPhoto.as_view(), name="hand_in_photo"),
    *(
        path(f"cases/<int:pk>/{verb.replace('_', '-')}/", verb_view(verb).as_view(), name=verb)
        for verb in CASE_VERBS
    ),
    *(
        path(
            f"cases/<int:pk>/shares/<int:share>/{slug_of_share(verb)}/",
            share_view(verb).as_view(),
            name=verb,
        )
        for verb in SHARE_VERBS
    ),
]
