"""The dispatch desk: queues, a list, a preview. The address is the view."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import signed_in
from common.records.keyset import keyset_page
from grids.models import Division
from personnel.scopes import authority_of
from workflow.filters import Filters, address_with, matter_codes
from workflow.models import Case
from workflow.policies import DESK
from workflow.presentation import row_of
from workflow.queues import QUEUES, Queue, cases_in, counts_of
from workflow.views.batch import Outcome, last_outcome
from workflow.views.fetching import telling_now

# The queues of the desk and the letter that opens each after g.
DESK_QUEUES = {
    "acceptance": "a",
    "assignment": "d",
    "returns": "r",
    "signature": "s",
    "working": "w",
    "verification": "v",
    "near": "n",
    "late": "o",
    "supervised": "u",
    "mine": "m",
    "all": "l",
}
LIGHT_OF_QUEUE = {"near": "near", "late": "late", "supervised": "supervised"}
PAGE_SIZES = (50, 200)


def desk(request: HttpRequest) -> HttpResponse:
    """One queue of the desk, a page at a time, with the counts of all."""
    user = signed_in(request)
    DESK.require(user)
    queue = chosen_queue(request)
    filters, size = Filters.read(request.GET), page_size(request)
    place = filters.place()
    telling = telling_now()
    page = keyset_page(
        cases_in(queue, user).filter(filters.condition(place)).with_names(),
        order=queue.order,
        cursor=request.GET.get("cursor", ""),
        size=size,
    )
    counts = counts_of(user, [QUEUES[key] for key in DESK_QUEUES])
    outcome = last_outcome(request)
    address = address_with(reverse("workflow:desk"), queue=queue.key, **filters.address(), size=_said(size))
    context = {
        "title": f"{queue.label} · 调度台",
        "queue": queue,
        "queues": [queue_link(each, counts, is_current=each == queue.key) for each in DESK_QUEUES],
        "version": version_of(counts),
        "rows": [{**row_of(case, telling), "is_chosen": case.pk in outcome.failed} for case in page.rows],
        "address": address,
        "next_url": f"{address}&cursor={page.next_cursor}" if page.next_cursor else "",
        "first_url": address if request.GET.get("cursor") else "",
        "bulk_verbs": bulk_verbs(queue),
        "may_register": authority_of(user).holds("dispatch"),
        **filter_choices(user, filters, place),
        **outcome_words(outcome),
    }
    return render(request, "workflow/desk.html", context)


def _said(size: int) -> str:
    """The page size as the address says it; the usual one is left out."""
    return "" if size == PAGE_SIZES[0] else str(size)


def chosen_queue(request: HttpRequest) -> Queue:
    """The queue that the address names; one that the desk does not have does not exist."""
    key = request.GET.get("queue") or next(iter(DESK_QUEUES))
    if key not in DESK_QUEUES:
        raise Http404
    return QUEUES[key]


def page_size(request: HttpRequest) -> int:
    """Rows to a page: 50, or 200 where many are to be done at once."""
    wanted = request.GET.get("size", "")
    return int(wanted) if wanted in {str(size) for size in PAGE_SIZES} else PAGE_SIZES[0]


def queue_link(key: str, counts: dict[str, int], *, is_current: bool) -> dict[str, Any]:
    """One queue for parts/queues.html; lists of everything carry no number."""
    is_counted = key in counts
    return {
        "name": QUEUES[key].label,
        "url": f"{reverse('workflow:desk')}?queue={key}",
        "count": counts.get(key, ""),
        "key": DESK_QUEUES[key],
        "light": LIGHT_OF_QUEUE.get(key, "") if counts.get(key) else "",
        "poll": key if is_counted else "",
        "is_current": is_current,
    }


def bulk_verbs(queue: Queue) -> list[str]:
    """What can be said to many cases of a queue at once."""
    return {"acceptance": ["accept", "escalate"], "assignment": ["escalate"]}.get(queue.key, [])


def filter_choices(user: User, filters: Filters, place: Division | None) -> dict[str, Any]:
    """What the filters offer: the places one level below the desk's own, the matters, the lights."""
    places = sorted(authority_of(user).places("division", "dispatch"))
    matters = matter_codes()
    below = Division.objects.filter(parent_id__in=places).only("code", "name").order_by("sort_key")
    return {
        "filters": filters,
        "place": place,
        "divisions": list(below),
        "matters": matters,
        "matter_name": dict(matters).get(filters.matter, ""),
        "lights": Case.Light.choices,
    }


def outcome_words(outcome: Outcome) -> dict[str, Any]:
    """What became of the last act on many cases."""
    return {"outcome": outcome if outcome.sentence else None}


def version_of(counts: dict[str, int]) -> str:
    """A short name for these counts, so that an unchanged answer need not be sent."""
    return hashlib.sha256(json.dumps(counts, sort_keys=True).encode()).hexdigest()[:12]


def counts(request: HttpRequest) -> HttpResponse:
    """The live numbers of the queues; 204 while nothing has changed."""
    user = signed_in(request)
    DESK.require(user)
    found = counts_of(user, [QUEUES[key] for key in DESK_QUEUES])
    version = version_of(found)
    if request.GET.get("version") == version:
        return HttpResponse(status=204)
    return JsonResponse({"version": version, "counts": found})
