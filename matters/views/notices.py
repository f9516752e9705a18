"""Public notices of proposals: no account, no script, and anybody may comment (Art. 14, 16)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.counting import seconds_to_wait
from common import clock
from common.errors import KeyReused, RuleViolation
from common.privacy.redaction import find_personal
from common.shapes import Context
from common.web.client_address import client_network
from common.web.error_pages import error_page
from common.web.form_fields import renew_key
from common.web.listing import page_of
from common.web.shapes import Crumb
from common.web.verb_page import form_page, given
from matters import actions, comparison
from matters.content import content_of, read
from matters.forms.proposal_verbs import CommentForm
from matters.models import NoticeComment, Proposal
from matters.querysets import PUBLIC
from matters.views import proposal_words as words
from matters.views.frame import today_now

A_DAY = 20  # comments from one address; the visitors of a village hall share one
TOO_MANY_COMMENTS = "今天从这里提交的意见太多了，请明天再试，或打县区主管部门的电话。"
PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class CountyNotices:
    """The proposals under notice in one county."""

    name: str
    proposals: list[Proposal]


@never_cache
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Shows everything under public notice, county by county."""
    _, today = today_now()
    rows = Proposal.objects.filter(status="noticed", notice_ends_on__gte=today)
    rows = rows.select_related("county", "applicant").defer("county__outline", "content", "reason")
    try:
        leaf = page_of(request, rows, order=("county_id", "pk"), size=PAGE_SIZE)
    except RuleViolation as broken:
        raise Http404 from broken
    by_county = [
        CountyNotices(name=county.name, proposals=list(found))
        for county, found in groupby(leaf.rows, key=lambda row: row.county)
    ]
    context = {
        **_frame(request, "事项清单公示"),
        "counties": by_county,
        **leaf.links(),
    }
    return render(request, "matters/notices.html", context)


@never_cache
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """Shows one published proposal; while it is under notice, also a form for comments."""
    rows = Proposal.objects.filter(status__in=PUBLIC, noticed_on__isnull=False, number=number[:24])
    found = rows.select_related("county", "applicant", "base", "edition__county").first()
    if found is None:
        raise Http404
    _, today = today_now()
    is_open = found.status == "noticed" and found.notice_ends_on is not None and found.notice_ends_on >= today
    context = {**_frame(request, found.title), **_content_of(found), "is_open": is_open}
    writer = f"comment:{client_network(request)}"
    if request.method == "POST" and (
        wait := seconds_to_wait(writer, limit=A_DAY, seconds=86_400, at=clock.machine_now())
    ):
        return error_page(request, 429, sentence=TOO_MANY_COMMENTS, retry_after=wait)
    form = CommentForm(given(request))
    return form_page(
        request,
        form,
        lambda: _commented(form, found),
        done=lambda made: render(
            request,
            "matters/commented.html",
            {
                **_frame(request, "已收到"),
                "proposal": found,
                "hidden": find_personal(form.cleaned_data["text"]),
            },
        ),
        template="matters/notice.html",
        context=context,
    )


def _commented(form: CommentForm, found: Proposal) -> NoticeComment:
    """Stores the comment of a form once; a form that was changed after it was sent becomes a form of its own."""
    try:
        return actions.comment(found, **form.cleaned_data, at=clock.now())
    except KeyReused:
        renew_key(form)
        raise


def _content_of(found: Proposal) -> Context:
    """Returns what the public reads: the matter, the changes, the comments and answers."""
    changes = (
        comparison.changes_between(content_of(found.base), read(found.content))
        if found.kind == "adjust" and found.base
        else ()
    )
    return {
        "proposal": found,
        "lines": words.lines_of(found),
        "changes": changes,
        "comments": list(found.comments.exclude(reply="").order_by("pk")[:50]),
    }


def _frame(request: HttpRequest, title: str) -> Context:
    """Returns what the frame of public pages needs."""
    return {
        "title": title,
        "asked": {"address": request.path},
        "trail": [Crumb("事项清单公示", reverse("matters:notices"))]
        if request.resolver_match and request.resolver_match.url_name != "notices"
        else [],
    }
