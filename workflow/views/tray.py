"""The tray of a department: what is assigned to its units, and nothing else (Art. 17)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from common.records.keyset import keyset_page
from workflow.actions.unit import BINDING_RETURN
from workflow.models import Case
from workflow.policies import TRAY, WHO_MAY
from workflow.presentation import Telling, row_of
from workflow.queues import QUEUES, Queue, cases_in, counts_of
from workflow.returns import ground_of
from workflow.states import VERBS
from workflow.views.batch import last_outcome
from workflow.views.fetching import telling_now

TRAY_QUEUES = ("to_sign", "in_hand", "fed_back", "unit_late")
WAITING = ("to_sign", "in_hand")
VERBS_OF_TRAY = ("sign", "feed_back", "hand_back")
PAGE_SIZE = 50
EMPTY = {
    "to_sign": ("没有待签收的事项", "交办给本单位的事项会显示在这里。"),
    "in_hand": ("没有在办的事项", "签收后的事项会显示在这里，直到反馈办理结果。"),
    "fed_back": ("没有待核查的事项", "反馈结果后由网格员到现场核查，核查通过才结案。"),
    "unit_late": ("没有超期的事项", "超过本环节时限的事项会显示在这里。"),
}


def tray(request: HttpRequest) -> HttpResponse:
    """One queue of my units; the number in the heading is what waits for us."""
    user = signed_in(request)
    units = TRAY.require(user)
    counts = counts_of(user, [QUEUES[key] for key in TRAY_QUEUES])
    queue, telling = chosen_queue(request, counts), telling_now()
    page = keyset_page(
        cases_in(queue, user).with_names(),
        order=queue.order,
        cursor=request.GET.get("cursor", ""),
        size=PAGE_SIZE,
    )
    outcome = last_outcome(request)
    address = f"{reverse('workflow:tray')}?queue={queue.key}"
    context = {
        "title": "本单位",
        "units": "、".join(unit.name for unit in units),
        "queue": queue,
        "queues": [queue_link(key, counts, is_current=key == queue.key) for key in TRAY_QUEUES],
        "waiting": sum(counts[key] for key in WAITING),
        "cards": [tray_card(case, telling, user, chosen=outcome.failed) for case in page.rows],
        "address": address,
        "next_url": f"{address}&cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": address if request.GET.get("cursor") else "",
        "outcome": outcome if outcome.sentence else None,
        "empty": EMPTY[queue.key],
        "printed_at": telling.at,
    }
    return render(request, "workflow/tray.html", context)


def chosen_queue(request: HttpRequest, counts: dict[str, int]) -> Queue:
    """The queue that the address names, else the first in which something waits."""
    first = next((key for key in WAITING if counts[key]), TRAY_QUEUES[0])
    key = request.GET.get("queue") or first
    if key not in TRAY_QUEUES:
        raise Http404
    return QUEUES[key]


def queue_link(key: str, counts: dict[str, int], *, is_current: bool) -> dict[str, Any]:
    """One queue for parts/queues.html."""
    return {
        "name": QUEUES[key].label,
        "url": f"{reverse('workflow:tray')}?queue={key}",
        "count": counts[key],
        "light": "late" if key == "unit_late" and counts[key] else "",
        "is_current": is_current,
    }


def tray_card(case: Case, telling: Telling, user: User, *, chosen: frozenset[int]) -> dict[str, Any]:
    """One case of the tray with what can be done to it; costs no statement."""
    open_verbs = WHO_MAY.open_to(user, case)
    offered = [verb for verb in VERBS_OF_TRAY if verb in open_verbs]
    return {
        **row_of(case, telling),
        "description": case.description,
        "due_at": case.due_at,
        "where": f"{case.township.name} {case.grid.name}",
        "ground": ground_of(case),
        "returned": f"已退单 {case.return_count} 次" if case.return_count else "",
        "rework": f"核查未通过 {case.failed_checks} 次" if case.failed_checks else "",
        "result": case.result if case.status in ("awaiting_verification", "rework") else "",
        "is_chosen": case.pk in chosen,
        "buttons": [
            {"verb": verb, "word": VERBS[verb], "url": reverse(f"workflow:{verb}", args=[case.pk])}
            for verb in offered
            if verb != "hand_back" or case.return_count < BINDING_RETURN
        ],
    }
