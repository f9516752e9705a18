"""The addresses of lists, proposals, filings and requests."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from matters.views import (
    burden,
    comparison,
    differences,
    edition_verbs,
    editions,
    filing,
    filings,
    lists,
    matter,
    notices,
    proposal_forms,
    proposal_verbs,
    proposals,
    requests,
    words,
    workbooks,
)

app_name = "matters"

urlpatterns: list[URLPattern] = [
    # proposals
    path("lists/proposals/", proposals.proposals, name="proposals"),
    path("lists/proposals/new/", proposal_forms.propose, name="proposal_new"),
    path("lists/proposals/<int:pk>/", proposals.proposal, name="proposal"),
    path("lists/proposals/<int:pk>/edit/", proposal_forms.Revision.as_view(), name="proposal_edit"),
    path(
        "lists/proposals/<int:pk>/<slug:verb>/", proposal_verbs.ProposalVerb.as_view(), name="proposal_verb"
    ),
    path("lists/comments/<int:pk>/reply/", proposal_verbs.reply, name="comment_reply"),
    path("public/lists/notices/", notices.notices, name="notices"),
    path("public/lists/notices/<str:number>/", notices.notice, name="notice"),
    # editions and filings
    path("lists/", lists.lists, name="lists"),
    path("lists/new/", edition_verbs.new, name="edition_new"),
    path("lists/compare/", comparison.compare_lists, name="compare"),
    path("lists/differences/", differences.differences, name="differences"),
    path("lists/words/", words.missed_words, name="words"),
    path("lists/filings/", filings.filings, name="filings"),
    path("lists/filings/<int:pk>/", filing.filing_page, name="filing"),
    path("lists/filings/<int:pk>/<slug:verb>/", filing.FilingVerb.as_view(), name="filing_verb"),
    path("lists/<int:pk>/", editions.edition, name="edition"),
    path(
        "lists/<int:pk>/edit/", edition_verbs.EditionVerb.as_view(verb="revise_edition"), name="edition_edit"
    ),
    path(
        "lists/<int:pk>/publish/",
        edition_verbs.EditionVerb.as_view(verb="publish_edition"),
        name="edition_publish",
    ),
    path(
        "lists/<int:pk>/discard/",
        edition_verbs.EditionVerb.as_view(verb="discard_edition"),
        name="edition_discard",
    ),
    re_path(r"^lists/(?P<pk>[0-9]{1,18})/(?P<code>[0-9]-[0-9]{1,7})/$", matter.matter, name="matter"),
    # import, export, burden, requests
    path("lists/<int:pk>/export/", workbooks.export, name="export"),
    path("lists/<int:pk>/import/", workbooks.upload, name="import_matters"),
    path("lists/imports/template/", workbooks.template, name="import_template"),
    path("lists/imports/<int:pk>/", workbooks.preview, name="import_job"),
    path("lists/imports/<int:pk>/faults/", workbooks.faults, name="import_faults"),
    path("lists/imports/<int:pk>/confirm/", workbooks.confirm, name="import_confirm"),
    path("lists/imports/<int:pk>/discard/", workbooks.discard, name="import_discard"),
    path("lists/burden/", burden.burden, name="burden"),
    path("lists/requests/", requests.requests, name="requests"),
    path("lists/requests/hand/", requests.hand, name="request_hand"),
    path("lists/requests/mine/", requests.my_requests, name="my_requests"),
    path("lists/requests/record/", requests.record, name="request_record"),
    path("lists/requests/<int:pk>/<slug:verb>/", requests.answer, name="request_answer"),
]
