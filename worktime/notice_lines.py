"""Reads a holiday notice as somebody types it off: one line for each span of days. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from common.days import day_in
from common.errors import RuleViolation
from common.typed import plain

WORK = {"放假": False, "休息": False, "休": False, "上班": True, "调休上班": True, "班": True}
UNTIL = re.compile(r"\s*[至到~—]+\s*")
LONGEST_SPAN, LONGEST_NAME, MOST_LINES = 15, 20, 100
EXAMPLE = "2027-02-05至2027-02-11 放假 春节"


@dataclass(frozen=True)
class SpecialDay:
    """One day of a holiday notice: a holiday, or a make-up workday (调休)."""

    day: date
    is_workday: bool
    name: str


def days_in(text: str) -> list[SpecialDay]:
    """The days that lines such as ``2027-02-05至2027-02-11 放假 春节`` name, in order.

    Raises :class:`RuleViolation` that names the wrong line, a day named twice, or a text without a day.
    """
    lines = [(number, plain(line)) for number, line in enumerate(text.splitlines(), start=1)]
    written = [(number, line) for number, line in lines if line]
    if not written:
        raise RuleViolation(f"请写下放假和调休的日子，一行一段，如“{EXAMPLE}”。", field="lines")
    if len(written) > MOST_LINES:
        raise RuleViolation(f"一年最多 {MOST_LINES} 行，您写了 {len(written)} 行。", field="lines")
    found: dict[date, SpecialDay] = {}
    for number, line in written:
        for special in _days_of(line, number):
            if special.day in found:
                raise RuleViolation(f"第 {number} 行：{special.day} 写了两次。", field="lines")
            found[special.day] = special
    return [found[day] for day in sorted(found)]


def _days_of(line: str, number: int) -> Iterator[SpecialDay]:
    when, _, rest = UNTIL.sub("至", line).partition(" ")
    what, _, name = rest.strip().partition(" ")
    if what not in WORK or not name.strip() or len(name.strip()) > LONGEST_NAME:
        raise RuleViolation(f"第 {number} 行“{line[:40]}”应写成“{EXAMPLE}”这样。", field="lines")
    try:
        ends = [day_in(each) for each in when.split("至")]
    except ValueError as fault:
        raise RuleViolation(f"第 {number} 行：{fault}", field="lines") from None
    length = (ends[-1] - ends[0]).days + 1
    if len(ends) > 2 or not 1 <= length <= LONGEST_SPAN:
        raise RuleViolation(f"第 {number} 行：“{when[:40]}”的起止不对。", field="lines")
    for offset in range(length):
        yield SpecialDay(ends[0] + timedelta(days=offset), WORK[what], name.strip())
