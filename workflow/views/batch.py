"""One verb for many selected cases, from the desk and from the tray."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from common import clock
from common.errors import Refusal
from common.numbers import whole_number
from common.web.next_page import next_page
from workflow.batch import say_to_many
from workflow.verbs import CASE_VERBS

VERBS_FOR_MANY = ("accept", "escalate", "sign")
KEPT_AS = "said_to_many"


@dataclass(frozen=True)
class Outcome:
    """What the next page says about the last verb on many cases: a sentence, and which cases are still to do."""

    sentence: str = ""
    failed: frozenset[int] = frozenset()
    done: int = 0


def last_outcome(request: HttpRequest) -> Outcome:
    """Returns the last outcome and removes it from the session, so that it is shown once."""
    if KEPT_AS not in request.session:
        return Outcome()
    sentence, failed, done = request.session.pop(KEPT_AS)
    return Outcome(sentence, frozenset(failed), done)


@require_POST
def say_to_selected(request: SignedInRequest) -> HttpResponse:
    """Runs the verb on each selected case, then returns to the list with the outcome."""
    verb = request.POST.get("verb", "")
    if verb not in VERBS_FOR_MANY:
        raise Http404
    picked = read_picks(request.POST.getlist("case"))
    takes_note = "note" in CASE_VERBS[verb].form.base_fields
    said = {"note": request.POST.get("note", "")} if takes_note else {}
    try:
        account = say_to_many(verb, picked, said, by=request.user, at=clock.now())
        request.session[KEPT_AS] = [account.sentence(), account.failed, len(account.done)]
    except Refusal as refusal:
        request.session[KEPT_AS] = [refusal.sentence, list(picked), 0]
    return redirect(next_page(request) or "workflow:desk")


def read_picks(texts: Iterable[str]) -> dict[int, int]:
    """Reads ``number:version`` of each ticked box. Values that no box can send are ignored."""
    picks: dict[int, int] = {}
    for text in texts:
        number, version = (whole_number(part) for part in text.partition(":")[::2])
        if number is not None and version is not None:
            picks[number] = version
    return picks
