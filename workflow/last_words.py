"""What the last person said about a case: shown first wherever somebody decides what to do with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from common.shapes import Shown
from workflow.history import SYSTEM
from workflow.models import Case, CaseEvent
from workflow.presentation import sentence_of
from workflow.suggestions import BY_LIST


@dataclass(frozen=True, slots=True)
class LastWords(Shown):
    """Who did what and when, and the words: a reason, a result, an addition (parts/last_words.html)."""

    sentence: str
    at: datetime
    note: str


def last_words_of(cases: Iterable[Case]) -> dict[int, LastWords]:
    """Return the last words of each case by its number; one statement.

    The report itself is left out, because its words are the description; so is what the platform did by itself, and the
    ground of an assignment that only names the list.
    """
    said = CaseEvent.objects.filter(case__in=[case.pk for case in cases]).exclude(note="")
    said = said.exclude(verb="report").exclude(post=SYSTEM).exclude(verb="assign", note__startswith=BY_LIST)
    last = said.order_by("case_id", "-seq").distinct("case_id")
    return {
        event.case_id: LastWords(sentence_of(event), event.at, event.note)
        for event in last.select_related("actor", "unit")
    }


def last_words(case: Case) -> LastWords | None:
    """Return the last words of one case, or None."""
    return last_words_of([case]).get(case.pk)
