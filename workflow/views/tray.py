"""The tray of a department: what is assigned to its units, and nothing else (Art. 17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

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
from workflow.models import Assignment, Case
from workflow.policies import TRAY, WHO_MAY
from workflow.presentation import CaseRow, Timing, row_columns, time_of_step, verb_url
from workflow.queues import TRAY_QUEUES, cases_in, counts_of
from workflow.returns import grounds_of
from workflow.shares import shares_for
from workflow.states import VERBS
from workflow.views.batch import last_outcome
from workflow.views.desk import numbers_now, version_of
from workflow.views.fetching import timing_now
from workflow.views.preview import TRAY_VERBS, letters_of
from workflow.views.queue_tabs import address_of, chosen_queue, tab_of
from workflow.views.shares import share_buttons

HERE = "workflow:tray"
ASSISTING = "assisting"
USUAL = ("sign", "feed_back")


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
    mine = [unit.pk for unit in units]
    shares = shares_for(mine, leaf.rows) if queue.key == ASSISTING else {}
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
            with_share(card, shares[card.pk], timing, user) if card.pk in shares else card
            for card in (
                tray_card(
                    case,
                    timing,
                    user,
                    last_words=last_words.get(case.pk),
                    ground=grounds[case.pk],
                    chosen=outcome.failed,
                )
                for case in leaf.rows
            )
        ],
        "address": address_of(HERE, queue),
        "back": urlencode({"next": address_of(HERE, queue)}),
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
    version: int
    kind: str = ""
    one_press: bool = False


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
    offered = WHO_MAY.open_to(user, case, among=TRAY_VERBS)
    columns = row_columns(case, timing, is_chosen=case.pk in chosen)
    # The grid's name says the village already; on one line there is no room for it twice.
    columns["place"] = case.place.removeprefix(case.village.name)
    return TrayCard(
        **columns,
        description=case.description,
        due_at=case.due_at,
        where=f"{case.township.name} {case.grid.name}",
        ground=ground,
        last_words=last_words,
        returned=f"已退单 {case.return_count} 次" if case.return_count else "",
        rework=f"核查未通过 {case.failed_checks} 次" if case.failed_checks else "",
        result=case.result if case.status in ("awaiting_verification", "rework") else "",
        buttons=[
            TrayButton(
                verb=verb,
                word=VERBS[verb],
                url=verb_url(case.pk, verb),
                version=case.version,
                kind="primary" if verb in USUAL else "",
                one_press=verb in ("sign", "take_charge"),
            )
            for verb in offered
        ],
    )


def with_share(card: TrayCard, share: Assignment, timing: Timing, user: User) -> TrayCard:
    """Returns the card of a case in which the unit assists: its own task, clock and verbs instead of the case's."""
    stay = share.stay
    time = time_of_step(stay.started_at, stay.due_at, stay.clock, timing) if stay else None
    is_late = stay is not None and stay.due_at < timing.at
    return replace(
        card,
        status=share.status,
        status_name=share.get_status_display(),
        due_at=stay.due_at if stay else None,
        words=time.words if time else "",
        used=time.used if time else 0,
        light="late" if is_late else "normal",
        light_word="超期" if is_late else "正常",
        ground=f"请{share.unit.name}协办：{share.task}" if share.status != "invited" else "请参加会商",
        buttons=[
            TrayButton(
                verb=button.verb,
                word=button.word,
                url=button.url,
                version=share.version,
                kind=button.kind,
                one_press=button.verb == "sign_share",
            )
            for button in share_buttons(user, share)
        ],
    )
