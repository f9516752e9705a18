"""A stay as it should have been, what its clock does, and which of that was owed at which wake-up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from demo.simulation.calculator import DAY, MINUTE, Office
from demo.simulation.tables import (
    CALLED,
    CALLED_AFTER,
    CALLED_EVERY,
    CLIMBS_AFTER,
    ESCALATES_AFTER,
    LAPSES_AFTER,
    MOST_CALLS,
    RULE_OF_VERB,
    SUPERVISED_AFTER,
    of,
)

Alarms = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Fact:
    """One event of a case: when, by which verb, to which status, level and unit."""

    at: int
    verb: str
    status: str
    level: str = ""
    unit: int | None = None
    actor: int | None = None


@dataclass(frozen=True)
class ShareStay:
    """A stay of an assisting unit's share that there was: its key, when it ran, and what the desk allowed for it."""

    key: int
    share: int
    status: str
    start: int
    end: int | None
    ended_by: str
    own_end: int | None


@dataclass
class Stay:
    """A stay as it should have been."""

    status: str
    level: str
    unit: int | None
    start: int
    counted: int
    clock: str
    due: int
    urgent: bool
    amount: int = 0
    is_rest: bool = False
    provisional: bool = False
    end: int | None = None
    ended_by: str = ""
    gaps: list[tuple[int, int]] = field(default_factory=list)
    plans: list[tuple[int, Alarms]] = field(default_factory=list)


@dataclass(frozen=True)
class Debt:
    """What the clock owed: the rule, when it was due, and the first wake-up at which it had to be done, if any."""

    rule: str
    moment: int
    wake: int | None
    since: int  # when it could ring: not before its stay began, or was planned anew


@dataclass
class Passes:
    """The moments at which the sweep woke and finished its work; and the cases that somebody held just then."""

    whole: list[int] = field(default_factory=list)
    held: dict[int, set[int]] = field(default_factory=dict)

    def first(self, moment: int, case: int) -> int | None:
        """The first finished pass at or after ``moment`` in which nobody held the case."""
        for place in range(bisect_left(self.whole, moment), len(self.whole)):
            if case not in self.held.get(self.whole[place], ()):
                return self.whole[place]
        return None


@dataclass(frozen=True)
class Rules:
    """The calendars with the moment at which each was entered, its years, and the moments of re-planning."""

    offices: Sequence[tuple[int, Office, frozenset[int]]]
    replanned: Sequence[int]

    def at(self, moment: int) -> tuple[Office, frozenset[int]]:
        """The calendar in force at a moment, and the years that it knows."""
        _, office, years = [one for one in self.offices if one[0] <= moment][-1]
        return office, years


def alarms_of(stay: Stay, office: Office) -> Alarms:
    """What the clock of a stay does, in order: by the table of the alarms (Art. 18)."""
    if stay.status == "awaiting_rating":
        return (("close_unrated", stay.due),)
    if stay.status == "shelved":
        return (("resume", stay.due),)
    found = [("overdue", stay.due)]
    remind = office.part_of(stay.counted, stay.due, clock=stay.clock, percent=75)
    if remind < stay.due:
        found.insert(0, ("remind", remind))
    if stay.status == "returned_for_correction":
        found.append(("lapse", office.end_of(stay.counted, LAPSES_AFTER)))
    else:
        for rule, limits in (("escalate", ESCALATES_AFTER), ("supervise", SUPERVISED_AFTER)):
            found.append((rule, office.end_of(stay.due, of(limits, urgent=stay.urgent))))
    if stay.urgent and stay.status in CALLED_AFTER:
        found += _calls(stay.counted + CALLED_AFTER[stay.status] * MINUTE // 60, found[-1][1])
    return tuple(sorted(found, key=lambda alarm: alarm[1]))


def _calls(start: int, last: int) -> Iterator[tuple[str, int]]:
    """Whom an urgent stay calls when, until the ``last`` of its other alarms: every rung at least once."""
    for place, rung in enumerate(CALLED):
        begin = start + place * CLIMBS_AFTER * MINUTE
        end = last if rung == CALLED[-1] else begin + CLIMBS_AFTER * MINUTE
        times = -(-max(end - begin, 1) // (CALLED_EVERY * MINUTE))
        for number in range(min(times, MOST_CALLS)):
            yield f"{rung}_{number + 1}", begin + number * CALLED_EVERY * MINUTE


def year_of(moment: int) -> int:
    """The year of a moment in Beijing."""
    from_zero = moment // DAY
    return _YEARS[bisect_left(_YEARS, (from_zero + 1, 0)) - 1][1]


_YEARS = [((year - 2000) * 365 + (year - 1997) // 4, year) for year in range(2000, 2100)]


def debts_of(stay: Stay, passes: Passes, case: int) -> Iterator[Debt]:
    """What the clock of a stay had to do until it ended, by the plans that held one after the other."""
    rung: set[str] = set()
    ends_by_clock = RULE_OF_VERB.get(stay.ended_by)
    bounds = [since for since, _ in stay.plans[1:]]
    for place, (since, alarms) in enumerate(stay.plans):
        until = bounds[place] if place < len(bounds) else None
        for rule, moment in alarms:
            if rule in rung:
                continue
            wake = _wake(stay, max(moment, since), passes, case)
            if until is not None and (wake is None or wake >= until):
                continue
            rung.add(rule)
            if ends_by_clock is None:
                yield Debt(rule, moment, wake, max(moment, since))
                continue
            yield Debt(rule, moment, stay.end if wake is None and stay.end else wake, max(moment, since))
            if rule == ends_by_clock:
                return


def _wake(stay: Stay, moment: int, passes: Passes, case: int) -> int | None:
    """The first pass at which an alarm of a stay had to ring; None if it ended before, or had ended for a moment."""
    wake = passes.first(moment, case)
    while wake is not None and any(start <= wake < end for start, end in stay.gaps):
        wake = passes.first(wake + 1, case)
    if wake is None or (stay.end is not None and wake > stay.end):
        return None
    return None if wake == stay.end and stay.ended_by not in RULE_OF_VERB else wake
