"""Words that people searched the public list for in vain; the next edition may have them (Art. 14, 16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest
from common.shapes import Shown
from matters.entrances import MISSED_WORDS
from matters.models import MissedWord
from matters.views.frame import tabs_for, today_now

SHOWN_DAYS, MOST_SHOWN = 180, 100


@dataclass(frozen=True, slots=True)
class CountedWord(Shown):
    """A word or a title of one county, how often it came, and when last (matters/counted_words.html)."""

    word: str
    county: str
    times: int
    last: date


def missed_words(request: SignedInRequest) -> HttpResponse:
    """Shows the words of the user's counties, the frequent ones first."""
    _, today = today_now()
    counties = MISSED_WORDS.require(request.user)
    seen = MissedWord.objects.filter(county__in=counties, last_on__gte=today - timedelta(days=SHOWN_DAYS))
    rows = seen.select_related("county").defer("county__outline").order_by("-times", "-last_on", "word")
    context = {
        "title": "没有查到的词",
        "tabs": tabs_for(request.user, "matters:words"),
        "caption": "没有查到的词，多的在前",
        "heads": {"word": "词", "times": "#次数"},
        "rows": [CountedWord(row.word, row.county.name, row.times, row.last_on) for row in rows[:MOST_SHOWN]],
        "days": SHOWN_DAYS,
    }
    return render(request, "matters/words.html", context)
