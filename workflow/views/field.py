"""The pages of workers, leaders and instructors: home, my reports, what waits for me."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.numbers import whole_number
from common.web.listing import address_with, page_of
from common.web.shapes import Link
from grids.models import Grid
from matters.models import GridRequest
from workflow.cards import CaseCard, card_of
from workflow.case_files import WORKBOOK, CaseList, asks_for_file, file_of
from workflow.policies import REPORTERS
from workflow.presentation import CaseRow, Timing, row_of
from workflow.queues import FIELD_QUEUES, QUEUES, Queue, cases_in, queues_of
from workflow.report_choices import my_grids
from workflow.views.fetching import timing_now
from workflow.views.queue_tabs import address_of, chosen_queue, tab_of

HERE = "workflow:village"
COUNTED_TO = 99
SHOWN_AT_HOME = 4
RECENT_AT_HOME = 4
PAGE_SIZE = 20
REPORT_FILTERS = {"": "全部", "open": "办理中", "ended": "已结束"}


def field_home(request: SignedInRequest) -> HttpResponse:
    """What waits for me, where I am, what became of my reports, and the one big button."""
    user, timing = request.user, timing_now()
    groups = [_group(queue, user, timing) for queue in queues_of(user, FIELD_QUEUES)]
    waiting = [group for group in groups if group.count]
    grids = my_grids(user)
    requests = GridRequest.objects.filter(grid__in=grids).open().count() if grids else 0
    total = sum(group.count for group in waiting) + requests
    context = {
        "title": "首页",
        "groups": waiting,
        "total": _words(total),
        "grids": grids,
        "grid": chosen_grid(request, grids),
        "may_report": REPORTERS.admits(user),
        "recent": _recent(user, timing),
        "requests": requests,
    }
    return render(request, "workflow/home.html", context)


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """The first rows of one queue and how many there are."""

    key: str
    label: str
    count: int
    count_words: int | str
    rows: list[CaseRow]
    has_more: bool
    url: str


def _group(queue: Queue, user: User, timing: Timing) -> QueueGroup:
    """One queue in one statement: rows to show, and a count that ends at 99."""
    cases = list(
        cases_in(queue, user).with_names().with_return_reason().order_by(*queue.order)[: COUNTED_TO + 1]
    )
    return QueueGroup(
        key=queue.key,
        label=queue.label,
        count=len(cases),
        count_words=_words(len(cases)),
        rows=[row_of(case, timing) for case in cases[:SHOWN_AT_HOME]],
        has_more=len(cases) > SHOWN_AT_HOME,
        url=address_of(HERE, queue),
    )


def _recent(user: User, timing: Timing) -> list[CaseCard]:
    queue = QUEUES["mine"]
    cases = cases_in(queue, user).with_names().with_return_reason().order_by(*queue.order)[:RECENT_AT_HOME]
    return [card_of(case, timing, user) for case in cases]


def chosen_grid(request: SignedInRequest, grids: list[Grid]) -> Grid | None:
    """The grid the person works in now: named in the address, else the last one named, else the first."""
    wanted = whole_number(request.GET.get("grid", ""))
    if wanted in {grid.pk for grid in grids}:
        request.session["grid"] = wanted
    kept = request.session.get("grid")
    return next((grid for grid in grids if grid.pk == kept), grids[0] if grids else None)


def my_reports(request: SignedInRequest) -> HttpResponseBase:
    """What became of what I reported, newest first, like parcels."""
    user, timing = request.user, timing_now()
    chosen = request.GET.get("state", "")
    if chosen not in REPORT_FILTERS:
        raise Http404
    queue = QUEUES["mine"]
    cases = cases_in(queue, user).with_names().with_return_reason()
    if chosen:
        cases = cases.filter(ended_at__isnull=chosen == "open")
    if asks_for_file(request):
        return file_of(CaseList("我上报的", cases, queue.order, REPORT_FILTERS[chosen]), user, timing)
    leaf = page_of(request, cases, order=queue.order, size=PAGE_SIZE, query={"state": chosen})
    context = {
        "title": "我上报的",
        "cards": [card_of(case, timing, user) for case in leaf.rows],
        "filters": [
            Link(url=f"?state={key}" if key else "?", name=name, is_current=key == chosen)
            for key, name in REPORT_FILTERS.items()
        ],
        **leaf.links(),
        "file_url": address_with(reverse("workflow:mine"), state=chosen, form=WORKBOOK),
        "may_report": REPORTERS.admits(user),
    }
    return render(request, "workflow/mine.html", context)


def village(request: SignedInRequest) -> HttpResponseBase:
    """What waits for a leader, an instructor or a worker, a queue at a time, with one-press answers."""
    user, timing = request.user, timing_now()
    queues = queues_of(user, FIELD_QUEUES)
    if not queues:
        raise Http404
    counts = {queue.key: cases_in(queue, user)[: COUNTED_TO + 1].count() for queue in queues}
    first = next((queue for queue in queues if counts[queue.key]), None)
    queue = chosen_queue(request, queues, first=first)
    cases = cases_in(queue, user).with_names().with_return_reason()
    if asks_for_file(request):
        return file_of(CaseList(queue.label, cases, queue.order), user, timing)
    leaf = page_of(request, cases, order=queue.order, size=PAGE_SIZE, query={"queue": queue.key})
    context = {
        "title": "待我处理",
        "queue": queue,
        "address": address_of(HERE, queue),
        "file_url": address_with(reverse(HERE), queue=queue.key, form=WORKBOOK),
        "queues": [tab_of(HERE, each, _words(counts[each.key]), is_current=each is queue) for each in queues],
        "cards": [card_of(case, timing, user) for case in leaf.rows],
        **leaf.links(),
    }
    return render(request, "workflow/village.html", context)


def _words(count: int) -> int | str:
    """A count that ends at 99."""
    return f"{COUNTED_TO}+" if count > COUNTED_TO else count
