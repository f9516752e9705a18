"""The day that a page or a file is asked for in its address."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest

from common.days import day_in
from common.errors import RuleViolation

AHEAD = "只能查今天和以前的日期。"


def asked_day(request: HttpRequest, *, today: date, ahead: str = AHEAD) -> date:
    """Returns the day of ``?on=``, otherwise ``today``.

    Raises :class:`RuleViolation` if the value is not a day; for a later day than today with the sentence ``ahead``.
    """
    text = request.GET.get("on", "").strip()
    if not text:
        return today
    try:
        day = day_in(text)
    except ValueError as error:
        raise RuleViolation(str(error), field="on") from None
    if day > today:
        raise RuleViolation(ahead, field="on")
    return day


def asked_day_or_today(request: HttpRequest, *, today: date) -> tuple[date, str]:
    """Returns the day of ``?on=`` and no sentence; if it cannot be shown, ``today`` and a sentence that says so."""
    try:
        return asked_day(request, today=today), ""
    except RuleViolation as refusal:
        return today, f"{refusal.sentence}下面是今天的。"
