"""What the last person said about a case: shown first wherever somebody decides what to do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Exists, OuterRef, Q, QuerySet

from common.shapes import Shown
from workflow.history import SYSTEM
from workflow.models import Case, CaseEvent
from workflow.notices import UNDO_WINDOW
from workflow.presentation import sentence_of
from workflow.states import UNDOABLE
from workflow.suggestions import BY_LIST

SHOWN = (
    *("case_id", "seq", "at", "note", "verb", "post", "from_status", "to_status"),
    *("actor__name", "unit__name"),
)


@dataclass(frozen=True, slots=True)
class LastWords(Shown):
    """Who did what and when, and the words: a reason, a result, an addition (parts/last_words.html)."""

    sentence: str
    at: datetime
    note: str


def last_words_of(cases: Iterable[Case]) -> dict[int, LastWords]:
    """Return the last words of each case by its number; one statement.

    The report itself is left out, because its words are the description; so is what the platform did by itself, what
    was taken back, and the ground of an assignment that only names the list.
    """
    last = words_of_people().filter(case__in=[case.pk for case in cases]).order_by("case_id", "-seq")
    return {
        event.case_id: LastWords(sentence_of(event), event.at, event.note)
        for event in last.distinct("case_id")
    }


@cache
def words_of_people() -> QuerySet[CaseEvent]:
    """Return what people wrote and did not take back; made once, because its conditions take longer than its rows."""
    notes = CaseEvent.objects.exclude(note="").exclude(verb="report").exclude(post=SYSTEM)
    notes = notes.exclude(verb="assign", note__startswith=BY_LIST)
    notes = notes.exclude(Exists(undo_of_outer()), verb__in=UNDOABLE).select_related("actor", "unit")
    return notes.only(*SHOWN)


def undo_of_outer() -> QuerySet[CaseEvent]:
    """Return the undo of the event of the outer query: by the same person, back to where the act began."""
    back = Q(to_status=OuterRef("from_status"))
    # After 受理交办 was taken back, the assignment is found by where it had led.
    whole = Q(to_status="awaiting_acceptance", from_status=OuterRef("to_status"))
    return CaseEvent.objects.filter(
        back | whole,
        verb="undo",
        case=OuterRef("case"),
        actor=OuterRef("actor"),
        seq__gt=OuterRef("seq"),
        at__lt=OuterRef("at") + UNDO_WINDOW,
    )


def last_words(case: Case) -> LastWords | None:
    """Return the last words of one case, or None."""
    return last_words_of([case]).get(case.pk)
