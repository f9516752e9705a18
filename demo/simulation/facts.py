"""What the oracle is told of a run: the calendars, the events of the cases, and what people demanded; no deadlines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

from demo.simulation.calculator import FIRST_DAY, HOURS, ROUND, Limit, Office, moment_of, number_of
from demo.simulation.oracle import Account
from demo.simulation.stays import Fact, Passes, Rules, ShareStay
from demo.simulation.tables import Matter, limit_for
from demo.simulation.world import NOTICE, Log, World
from puyang_grid.addresses import BASE_DIR
from workflow.models import Assignment, Case, CaseEvent, Stage, StageEffect

HOURS_OF_DAY = ((8 * 60 + 30, 12 * 60), (14 * 60 + 30, 18 * 60))
YEARS = (2024, 2025, 2026)
# The holidays of 2027 by law alone, until the notice of the year is known.
BY_LAW = frozenset(
    date(2027, month, day)
    for month, days in {
        1: (1,),
        2: (5, 6, 7, 8),
        4: (5,),
        5: (1, 2),
        6: (9,),
        9: (15,),
        10: (1, 2, 3),
    }.items()
    for day in days
)
CLOCK_OF_UNIT = {
    "minute_247": (ROUND, 1),
    "hour_247": (ROUND, 60),
    "working_hour": (HOURS, 60),
    "working_day": ("working_days", 1),
    "natural_day": ("natural_days", 1),
}


def offices_of(log: Log) -> list[tuple[int, Office, frozenset[int]]]:
    """The calendars of a run: before and after the notice of the new year."""
    known = dict(_listed((BASE_DIR / "worktime/seed/calendar_days.csv").read_text(encoding="utf-8")))
    days = [
        FIRST_DAY + timedelta(days=number)
        for number in range(number_of(date(2026, 1, 1)), number_of(date(2029, 1, 1)))
    ]
    before = Office(
        days,
        is_worked=lambda day: known.get(day, day.weekday() < 5 and day not in BY_LAW),
        spans_on=lambda day: HOURS_OF_DAY,
    )
    found = [(0, before, frozenset(YEARS))]
    if log.calendar_at is not None:
        noticed = known | dict(_noticed(NOTICE))
        after = Office(
            days, is_worked=lambda day: noticed.get(day, day.weekday() < 5), spans_on=lambda day: HOURS_OF_DAY
        )
        found.append((moment_of(log.calendar_at), after, frozenset({*YEARS, 2027})))
    return found


def _listed(text: str) -> Iterator[tuple[date, bool]]:
    for line in text.splitlines()[1:]:
        day, worked, _ = line.split(",", 2)
        yield date.fromisoformat(day), worked == "1"


def _noticed(text: str) -> Iterator[tuple[date, bool]]:
    for line in text.split("\n"):
        if line:
            span, what, _ = line.split()
            first, _, last = span.partition("至")
            day, until = date.fromisoformat(first), date.fromisoformat(last or first)
            while day <= until:
                yield day, what == "上班"
                day += timedelta(days=1)


class Reader:
    """Reads the facts of all cases at once: events, stays, effects, and what people demanded."""

    def __init__(self, world: World) -> None:
        self.people = world.people
        events = CaseEvent.objects.order_by("case", "seq").only(
            "case", "seq", "at", "verb", "to_status", "level", "unit", "actor"
        )
        self.events = {case: list(found) for case, found in groupby(events, key=lambda event: event.case_id)}
        stages = Stage.objects.order_by("case", "pk")
        self.stages = {case: list(found) for case, found in groupby(stages, key=lambda stage: stage.case_id)}
        self.shares = {share.pk: share for share in Assignment.objects.filter(is_lead=False)}
        self.effects: dict[int, list[StageEffect]] = defaultdict(list)
        for effect in StageEffect.objects.order_by("pk"):
            self.effects[effect.stage_id].append(effect)

    def account_of(self, case: Case, rules: Rules, passes: Passes) -> Account:
        """The account of a case, with everything laid down."""
        matter = Matter()
        if case.matter is not None:
            matter = Matter(*(_own_limit(case, step) for step in ("first", "sign", "finish", "check")))
        urgent = case.urgency == 3
        whole = limit_for("in_hand", matter, urgent=urgent)
        account = Account(
            case.pk, matter, rules, passes, urgent=urgent,
            extensions={
                moment_of(at): _counted(whole, amount)
                for (pk, at), amount in self.people.granted.items() if pk == case.pk
            },
            reviews={
                moment_of(at): number_of(day) for (pk, at), day in self.people.shelved.items() if pk == case.pk
            },
        )  # fmt: skip
        facts = [
            Fact(moment_of(one.at), one.verb, one.to_status, one.level, one.unit_id, one.actor_id)
            for one in self.events[case.pk]
        ]
        account.lay_down(facts, list(self._share_stays(case, whole, rules)))
        return account

    def _share_stays(self, case: Case, whole: Limit, rules: Rules) -> Iterator[ShareStay]:
        own: dict[int, int | None] = {}
        passed: dict[datetime, int | None] = {}
        for stage in self.stages[case.pk]:
            if stage.share_id is None:
                continue
            share = self.shares[stage.share_id]
            if stage.share_id not in own:
                amount = self.people.joined.get((case.pk, share.assigned_at))
                start = moment_of(share.assigned_at)
                joined = (
                    rules.at(start)[0].end_of(start, _counted(whole, amount)) if amount is not None else None
                )
                own[stage.share_id] = passed.get(stage.started_at, joined)
            if stage.ended_by == "pass_share_down" and stage.ended_at is not None:
                passed[stage.ended_at] = own[stage.share_id]
            if stage.status != "conference":
                end = moment_of(stage.ended_at) if stage.ended_at is not None else None
                yield ShareStay(
                    stage.pk, share.pk, stage.status, moment_of(stage.started_at), end, stage.ended_by,
                    own[stage.share_id],
                )  # fmt: skip


def _own_limit(case: Case, step: str) -> Limit | None:
    amount, unit = getattr(case.matter, f"{step}_amount"), getattr(case.matter, f"{step}_unit")
    if amount is None or unit not in CLOCK_OF_UNIT:
        return None
    clock, size = CLOCK_OF_UNIT[unit]
    return Limit(clock, amount * size)


def _counted(whole: Limit, amount: int) -> Limit:
    """Days or hours of the matter's clock."""
    return Limit(whole.clock, amount if whole.clock.endswith("days") else amount * 60)
