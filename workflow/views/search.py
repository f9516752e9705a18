"""Search over every case in sight: the box in the head of every page leads here."""

from __future__ import annotations

import re

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.requests import SignedInRequest
from common.typed import code_in
from common.web.listing import PAGE_SIZE, address_with, page_of
from common.web.shapes import Link
from workflow.case_files import WORKBOOK, CaseList, asks_for_file, file_of
from workflow.hits import CEILING, Hits, hits_of, newest_of
from workflow.models import Case
from workflow.presentation import row_of
from workflow.queues import BY_RECENCY, Queue, cases_in, queues_of
from workflow.searching import LONGEST_TEXT, cases_that_say, words_of
from workflow.text_index import SHORTEST_WORD
from workflow.views.fetching import timing_now

WHOLE_NUMBER = re.compile(r"\d{8}-0*(\d{1,15})")
HERE = "workflow:search"


def search(request: SignedInRequest) -> HttpResponseBase:
    """The cases that all words of ``q`` mean, newest first, with the number of hits in each of one's queues.

    A whole case number leads to the case itself.
    """
    user, text = request.user, request.GET.get("q", "").strip()
    number = WHOLE_NUMBER.fullmatch(code_in(text))
    if number and Case.objects.visible_to(user).filter(pk=int(number[1])).exists():
        return redirect("workflow:case", pk=int(number[1]))
    words = words_of(text)
    if not words:
        return render(request, "workflow/search.html", {"title": "搜索事项"})
    wanted = cases_that_say(text)
    offered = [queue for queue in queues_of(user) if queue.counted]
    queue = next((queue for queue in offered if queue.key == request.GET.get("queue", "")), None)
    seen = cases_in(queue, user) if queue else Case.objects.visible_to(user)
    found = seen.filter(wanted)
    asked, timing = {"q": text[:LONGEST_TEXT], "queue": queue.key if queue else ""}, timing_now()
    if asks_for_file(request):
        name = f"搜索结果 {queue.label}" if queue else "搜索结果"
        return file_of(CaseList(name, found, BY_RECENCY, f"搜索：“{' '.join(words)}”"), user, timing)
    hits = hits_of(user, offered, wanted)
    cursor = request.GET.get("cursor", "")
    if queue or hits.is_cut:
        rows = newest_of(found, cursor=cursor, size=PAGE_SIZE, at=timing.at)
    else:
        rows = hits.page(cursor=cursor, size=PAGE_SIZE)
    leaf = page_of(request, rows.with_names(), order=BY_RECENCY, query=asked)
    context = {
        "title": f"搜索“{' '.join(words)}”",
        "text": text[:LONGEST_TEXT],
        "total": hits.total_words(),
        "ceiling": CEILING if hits.is_cut else 0,
        "tabs": _tabs(hits, offered, text, queue),
        "rows": [row_of(case, timing) for case in leaf.rows],
        "short": [word for word in words if len(word) < SHORTEST_WORD],
        "file_url": address_with(reverse(HERE), **asked, form=WORKBOOK),
        "is_cut": len(text) > LONGEST_TEXT,
        "longest": LONGEST_TEXT,
        **leaf.links(),
    }
    return render(request, "workflow/search.html", context)


def _tabs(hits: Hits, offered: list[Queue], text: str, current: Queue | None) -> list[Link]:
    """All results, then each queue that holds some of them."""
    return [
        _tab(None, text, hits.total_words(), is_current=current is None),
        *(
            _tab(each, text, hits.words_of(each), is_current=each is current)
            for each in offered
            if hits.may_be_in(each) or each is current
        ),
    ]


def _tab(queue: Queue | None, text: str, count: int | str, *, is_current: bool) -> Link:
    """One queue of the results; without a queue, all of them."""
    return Link(
        name=queue.label if queue else "全部",
        url=address_with(reverse(HERE), q=text[:LONGEST_TEXT], queue=queue.key if queue else ""),
        count=count,
        is_current=is_current,
    )
