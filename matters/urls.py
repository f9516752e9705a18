"""The addresses of lists, proposals, filings and requests."""

from __future__ import annotations

from django.urls import URLPattern, path

from matters.views import notices, proposal_forms, proposal_verbs, proposals

app_name = "matters"

urlpatterns: list[URLPattern] = [
    # proposals
    path("lists/proposals/", proposals.proposals, name="proposals"),
    path("lists/proposals/new/", proposal_forms.propose, name="proposal_new"),
    path("lists/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("lists/proposals/<int:pk>/edit/", proposal_forms.revise, name="proposal_edit"),
    path("lists/proposals/<int:pk>/<slug:verb>/", proposal_verbs.act, name="proposal_verb"),
    path("lists/comments/<int:pk>/reply/", proposal_verbs.reply, name="comment_reply"),
    path("public/lists/notices/", notices.notices, name="notices"),
    path("public/lists/notices/<str:number>/", notices.notice, name="notice"),
    # editions and filings
    # import, export, burden, requests
]
