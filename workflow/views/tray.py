"""The tray of a department: what is assigned to its units, and nothing else (Art. 17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts.models import User
from accounts.requests import SignedInRequest
from common.shapes import Shown
from common.web.listing import address_with, page_of
from workflow.case_files import WORKBOOK, CaseList, asks_for_file, file_of
from workflow.last_words import LastWords, last_words_of
from workflow.models import Case
from workflow.policies import TRAY, WHO_MAY
from workflow.presentation import CaseRow, Timing, row_columns
from workflow.queues import TRAY_QUEUES, cases_in, counts_of
from workflow.returns import grounds_of
from workflow.states import VERBS
from workflow.views.batch import last_outcome
from workflow.views.desk import numbers_now, version_of
from workflow.views.fetching import timing_now
from workflow.views.preview import TRAY_VERBS, letters_of
from workflow.views.queue_tabs import address_of, chosen_queue, tab_of

HERE = "workflow:tray"


def tray(request: SignedInRequest) -> HttpResponseBase:
    """One queue of my units; the number in the heading is what waits for us."""
    user = request.user
    units = TRAY.require(user)
    counts, timing = counts_of(user, TRAY_QUEUES), timing_now()
    first = next((queue for queue in TRAY_QUEUES if queue.waits and counts[queue.key]), None)
    queue = chosen_queue(request, TRAY_QUEUES, first=first)
    cases = cases_in(queue, user)
    if asks_for_file(request):
        return file_of(CaseList(f"本单位 {queue.label}", cases, queue.order), user, timing)
    leaf = page_of(request, cases.with_names(), order=queue.order, query={"queue": queue.key})
    outcome, last_words, grounds = last_outcome(request), last_words_of(leaf.rows), grounds_of(leaf.rows)
    context = {
        "title": "本单位",
        "units": "、".join(unit.name for unit in units),
        "queue": queue,
        "queues": [
            tab_of(HERE, each, counts.get(each.key, ""), is_current=each is queue) for each in TRAY_QUEUES
        ],
        "waiting": waiting_in(counts),
        "version": version_of({**counts, "waiting": waiting_in(counts)}),
        "letters": letters_of(TRAY_VERBS),
        "cards": [
            tray_card(
                case,
                timing,
                user,
                last_words=last_words.get(case.pk),
                ground=grounds[case.pk],
                chosen=outcome.failed,
            )
            for case in leaf.rows
        ],
        "address": address_of(HERE, queue),
        "file_url": address_with(reverse(HERE), queue=queue.key, form=WORKBOOK),
        **leaf.links(),
        "outcome": outcome if outcome.sentence else None,
        "printed_at": timing.at,
    }
    return render(request, "workflow/tray.html", context)


def tray_counts(request: SignedInRequest) -> HttpResponse:
    """The live numbers of the tray's queues; 204 while nothing has changed."""
    TRAY.require(request.user)
    counts = counts_of(request.user, TRAY_QUEUES)
    return numbers_now(request, {**counts, "waiting": waiting_in(counts)}, {})


def waiting_in(counts: Mapping[str, int]) -> int:
    """Returns how many cases wait for the units: to be signed for or to be resolved."""
    return sum(counts[each.key] for each in TRAY_QUEUES if each.waits)


@dataclass(frozen=True, slots=True)
class TrayButton(Shown):
    """A verb on a card of the tray."""

    verb: str
    word: str
    url: str


@dataclass(frozen=True, slots=True)
class TrayCard(CaseRow):
    """One case of the tray (workflow/tray.html)."""

    description: str
    due_at: datetime | None
    where: str
    ground: str
    last_words: LastWords | None
    returned: str
    rework: str
    result: str
    buttons: list[TrayButton]


def tray_card(
    case: Case,
    timing: Timing,
    user: User,
    *,
    last_words: LastWords | None,
    ground: str,
    chosen: frozenset[int],
) -> TrayCard:
    """One case of the tray with what can be done to it; costs no statement."""
    open_verbs = WHO_MAY.open_to(user, case)
    offered = [verb for verb in TRAY_VERBS if verb in open_verbs]
    return TrayCard(
        **row_columns(case, timing, is_chosen=case.pk in chosen),
        description=case.description,
        due_at=case.due_at,
        where=f"{case.township.name} {case.grid.name}",
        ground=ground,
        last_words=last_words,
        returned=f"已退单 {case.return_count} 次" if case.return_count else "",
        rework=f"核查未通过 {case.failed_checks} 次" if case.failed_checks else "",
        result=case.result if case.status in ("awaiting_verification", "rework") else "",
        buttons=[
            TrayButton(verb=verb, word=VERBS[verb], url=reverse(f"workflow:{verb}", args=[case.pk]))
            for verb in offered
        ],
    )
