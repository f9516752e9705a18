"""The pages of workers, leaders and instructors: home, my reports, what waits for me."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from common.numbers import whole_number
from common.records.keyset import keyset_page
from grids.models import Grid
from matters.models import GridRequest
from personnel.scopes import authority_of
from workflow.cards import card_of
from workflow.presentation import Telling, row_of
from workflow.queues import QUEUES, Queue, cases_in, queues_of
from workflow.views.fetching import telling_now

FIELD_QUEUES = ("to_correct", "to_take_up", "coordinating", "to_verify", "self_handling")
COUNTED_TO = 99
SHOWN_AT_HOME = 4
RECENT_AT_HOME = 4
PAGE_SIZE = 20
REPORT_FILTERS = {"": "全部", "open": "办理中", "ended": "已结束"}


def field_queues_of(user: User) -> list[Queue]:
    """The queues of the field that the person's posts give a reason to look at."""
    return [queue for queue in queues_of(user) if queue.key in FIELD_QUEUES]


def field_home(request: HttpRequest) -> HttpResponse:
    """What waits for me, where I am, what became of my reports, and the one big button."""
    user, telling = signed_in(request), telling_now()
    groups = [_group(queue, user, telling) for queue in field_queues_of(user)]
    waiting = [group for group in groups if group["count"]]
    total = sum(group["count"] for group in waiting)
    grids = my_grids(user)
    context = {
        "title": "首页",
        "groups": waiting,
        "total": f"{COUNTED_TO}+" if total > COUNTED_TO else total,
        "grids": grids,
        "grid": chosen_grid(request, grids),
        "may_report": bool(grids),
        "recent": _recent(user, telling) if grids else [],
        "requests": GridRequest.objects.filter(grid__in=grids).open().count() if grids else 0,
    }
    return render(request, "workflow/home.html", context)


def _group(queue: Queue, user: User, telling: Telling) -> dict[str, Any]:
    """One queue in one statement: rows to show, and a count that ends at 99."""
    cases = list(cases_in(queue, user).with_names().order_by(*queue.order)[: COUNTED_TO + 1])
    return {
        "key": queue.key,
        "label": queue.label,
        "count": len(cases),
        "count_words": f"{COUNTED_TO}+" if len(cases) > COUNTED_TO else str(len(cases)),
        "rows": [row_of(case, telling) for case in cases[:SHOWN_AT_HOME]],
        "has_more": len(cases) > SHOWN_AT_HOME,
        "url": f"{reverse('workflow:village')}?queue={queue.key}",
    }


def _recent(user: User, telling: Telling) -> list[dict[str, Any]]:
    queue = QUEUES["mine"]
    cases = cases_in(queue, user).with_names().order_by(*queue.order)[:RECENT_AT_HOME]
    return [card_of(case, telling, user) for case in cases]


def my_grids(user: User) -> list[Grid]:
    """The grids in which the person may report, with the divisions they lie in."""
    places = authority_of(user).places("grid", "report")
    return list(Grid.objects.in_force().with_place().filter(pk__in=places).order_by("code")) if places else []


def chosen_grid(request: HttpRequest, grids: list[Grid]) -> Grid | None:
    """The grid the person works in now: named in the address, else the last one named, else the first."""
    wanted = whole_number(request.GET.get("grid", ""))
    if wanted in {grid.pk for grid in grids}:
        request.session["grid"] = wanted
    kept = request.session.get("grid")
    return next((grid for grid in grids if grid.pk == kept), grids[0] if grids else None)


def my_reports(request: HttpRequest) -> HttpResponse:
    """What became of what I reported, newest first, like parcels."""
    user, telling = signed_in(request), telling_now()
    chosen = request.GET.get("state", "")
    if chosen not in REPORT_FILTERS:
        raise Http404
    queue = QUEUES["mine"]
    cases = cases_in(queue, user).with_names()
    if chosen:
        cases = cases.filter(ended_at__isnull=chosen == "open")
    page = keyset_page(cases, order=queue.order, cursor=request.GET.get("cursor", ""), size=PAGE_SIZE)
    query = f"state={chosen}&" if chosen else ""
    context = {
        "title": "我上报的",
        "cards": [card_of(case, telling, user) for case in page.rows],
        "filters": [
            {"name": name, "url": f"?state={key}" if key else "?", "is_current": key == chosen}
            for key, name in REPORT_FILTERS.items()
        ],
        "next_url": f"?{query}cursor={page.next_cursor}" if page.next_cursor else "",
        "previous_url": f"?{query}" if request.GET.get("cursor") else "",
        "may_report": authority_of(user).holds("report", "dispatch"),
    }
    return render(request, "workflow/mine.html", context)


def village(request: HttpRequest) -> HttpResponse:
    """What waits for a leader, an instructor or a worker, a queue at a time, with one-press answers."""
    user, telling = signed_in(request), telling_now()
    queues = field_queues_of(user)
    if not queues:
        raise Http404
    counts = {queue.key: cases_in(queue, user)[: COUNTED_TO + 1].count() for queue in queues}
    first = next((queue.key for queue in queues if counts[queue.key]), queues[0].key)
    wanted = request.GET.get("queue") or first
    queue = next((queue for queue in queues if queue.key == wanted), None)
    if queue is None:
        raise Http404
    page = keyset_page(
        cases_in(queue, user).with_names(),
        order=queue.order,
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    address = f"{reverse('workflow:village')}?queue={queue.key}"
    context = {
        "title": "待我处理",
        "queue": queue,
        "address": address,
        "queues": [_tab(each, counts[each.key], is_current=each is queue) for each in queues],
        "cards": [card_of(case, telling, user) for case in page.rows],
        "next_url": f"{address}&cursor={page.next_cursor}" if page.next_cursor else "",
        "previous_url": address if request.GET.get("cursor") else "",
    }
    return render(request, "workflow/village.html", context)


def _tab(queue: Queue, count: int, *, is_current: bool) -> dict[str, Any]:
    return {
        "name": queue.label,
        "count": f"{COUNTED_TO}+" if count > COUNTED_TO else count,
        "url": f"{reverse('workflow:village')}?queue={queue.key}",
        "is_current": is_current,
    }
