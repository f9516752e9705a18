"""The dispatch desk: queues, a list, a preview. The address is the view."""

from __future__ import annotations

import hashlib
import json

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.shapes import Context
from common.web.listing import address_with, page_of
from common.web.shapes import Link
from grids.models import Division
from workflow.case_files import WORKBOOK, CaseList, asks_for_file, file_of
from workflow.filters import Filters, matter_codes
from workflow.forms import ManyForm
from workflow.hits import hits_of, newest_of
from workflow.models import Case
from workflow.policies import DESK
from workflow.presentation import row_of
from workflow.queues import BY_RECENCY, DESK_QUEUES, Queue, cases_in, counts_of
from workflow.saved_views import address_of_view, conditions_of, key_of, may_remove, views_for
from workflow.territory import desks_of
from workflow.views.batch import Outcome, last_outcome, read_picks
from workflow.views.fetching import timing_now
from workflow.views.preview import DESK_VERBS, letters_of
from workflow.views.queue_tabs import chosen_queue, tab_of, tab_of_view
from workflow.views.saved_views import REFUSED_NAME

HERE = "workflow:desk"
PAGE_SIZES = (50, 200)


def desk(request: SignedInRequest) -> HttpResponseBase:
    """One queue of the desk, a page at a time, with the counts of all."""
    user = request.user
    DESK.require(user)
    queue = chosen_queue(request, DESK_QUEUES)
    filters, size = Filters.read(request.GET), page_size(request)
    place = filters.place()
    timing = timing_now()
    asked = {"queue": queue.key, **filters.address(), "size": _size_words(size)}
    wanted = filters.condition(place)
    cases = cases_in(queue, user).filter(wanted)
    if asks_for_file(request):
        return file_of(CaseList(queue.label, cases, queue.order, filters.words(place)), user, timing)
    if filters.text and queue.order == BY_RECENCY:  # of closed cases too: too many to be sorted
        cases = newest_of(cases, cursor=request.GET.get("cursor", ""), size=size, at=timing.at)
    leaf = page_of(request, cases.with_names(), order=queue.order, size=size, query=asked)
    views = views_for(user)
    counts = counts_of(user, DESK_QUEUES, conditions_of(views, user))
    present = address_with(reverse(HERE), queue=queue.key, **filters.address())
    view = next((each for each in views if address_of_view(each) == present), None)
    outcome = last_outcome(request)
    context = {
        "title": f"{queue.label} · 调度台",
        "queue": queue,
        "queues": [
            *(
                tab_of(HERE, each, counts.get(each.key, ""), is_current=each is queue and view is None)
                for each in DESK_QUEUES
            ),
            *(tab_of_view(each, counts.get(key_of(each), ""), is_current=each is view) for each in views),
        ],
        "view": view,
        "refused_name": request.session.pop(REFUSED_NAME, "") if REFUSED_NAME in request.session else "",
        "may_remove_view": view is not None and may_remove(view, user),
        "version": version_of(counts),
        "rows": [row_of(case, timing, is_chosen=case.pk in outcome.failed) for case in leaf.rows],
        "address": address_with(reverse(HERE), **asked),
        "file_url": address_with(reverse(HERE), **asked, form=WORKBOOK),
        **leaf.links(),
        "letters": [*letters_of(DESK_VERBS), ("U", "撤销刚才的一步"), ("C", "登记来电来访")],
        "may_register": DESK.admits(user),
        "elsewhere": hits_elsewhere(user, queue, filters, wanted) if filters.text else [],
        **filter_choices(user, filters, place),
        **outcome_words(outcome),
        "many": ManyForm(initial=outcome.typed, user=user, verbs=queue.many) if queue.many else None,
        "many_verb": outcome.verb if outcome.typed else "",
    }
    return render(request, "workflow/desk.html", context)


def hits_elsewhere(user: User, present: Queue, filters: Filters, wanted: Q) -> list[Link]:
    """The other queues that hold what is looked for, each with the number of its hits, up to the ceiling."""
    others = [queue for queue in DESK_QUEUES if queue is not present]
    hits = hits_of(user, others, wanted)
    return [
        Link(
            name=queue.label,
            url=address_with(reverse(HERE), queue=queue.key, **filters.address()),
            is_current=False,
            count=hits.words_of(queue),
        )
        for queue in others
        if hits.may_be_in(queue)
    ]


def _size_words(size: int) -> str:
    """The page size as the address says it; the usual one is left out."""
    return "" if size == PAGE_SIZES[0] else str(size)


def page_size(request: HttpRequest) -> int:
    """Rows to a page: 50, or 200 where many are to be done at once."""
    wanted = request.GET.get("size", "")
    return int(wanted) if wanted in {str(size) for size in PAGE_SIZES} else PAGE_SIZES[0]


def filter_choices(user: User, filters: Filters, place: Division | None) -> Context:
    """What the filters offer: the places one level below the desk's own, the matters, the lights."""
    places = desks_of(user)
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


def outcome_words(outcome: Outcome) -> Context:
    """What became of the last act on many cases."""
    return {"outcome": outcome if outcome.sentence else None}


def version_of(counts: dict[str, int]) -> str:
    """A short name for these counts, so that an unchanged answer need not be sent."""
    return hashlib.sha256(json.dumps(counts, sort_keys=True).encode()).hexdigest()[:12]


def counts(request: SignedInRequest) -> HttpResponse:
    """The live numbers of the queues, and the rows of a list that others have changed; 204 while nothing has changed.

    ``rows`` are the rows that the page shows, as ``number:version``, ``queue`` is the list that they stand in.
    """
    user = request.user
    DESK.require(user)
    queue = chosen_queue(request, DESK_QUEUES)
    found = counts_of(user, DESK_QUEUES, conditions_of(views_for(user), user))
    return numbers_now(request, found, changed_rows(request, queue))


def numbers_now(request: HttpRequest, found: dict[str, int], changed: dict[str, str]) -> HttpResponse:
    """The numbers as js/poll.js reads them; 204 if neither a number nor a row differs from what the page shows."""
    version = version_of(found)
    if request.GET.get("version") == version and not changed:
        return HttpResponse(status=204)
    return JsonResponse({"version": version, "counts": found, "rows": changed})


def changed_rows(request: SignedInRequest, queue: Queue) -> dict[str, str]:
    """Returns each row that is no longer as the page shows it, drawn anew; empty if it is out of sight now."""
    seen = read_picks(request.GET.get("rows", "").split(",")[: PAGE_SIZES[-1]])
    if not seen:
        return {}
    now = dict(Case.objects.visible_to(request.user).filter(pk__in=seen).values_list("pk", "version"))
    moved = [pk for pk, version in now.items() if version != seen[pk]]
    drawn = {str(pk): "" for pk in seen if pk not in now}
    if moved:
        here = set(cases_in(queue, request.user).filter(pk__in=moved).values_list("pk", flat=True))
        cases = Case.objects.visible_to(request.user).filter(pk__in=moved).with_names()
        timing = timing_now()
        for case in cases:
            context = {
                "rows": [row_of(case, timing, is_gone=case.pk not in here)],
                "selectable": queue.many,
            }
            drawn[str(case.pk)] = render_to_string("parts/case_rows.html", context)
    return drawn
