"""The simulated county in motion: one line of time on which people act and the clocks of the platform wake up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random

from django.db import connection
from django.test.utils import override_settings

from common import clock
from demo.simulation import faults
from demo.simulation.county import County, build_county
from demo.simulation.people import People
from supervision.models import SupervisionOrder
from supervision.states import OPEN
from supervision.tasks import follow_cases
from workflow.actions.replanning import begin_replanning
from workflow.models import Assignment, Case, CaseEvent, Replanning
from workflow.replanning import preview
from workflow.rulebook import forget_rulebook
from workflow.share_states import AWAITED
from workflow.states import SYSTEM_VERBS
from workflow.tasks import replan, sweep_due_stages
from worktime.actions import publish_calendar
from worktime.clocks import SHANGHAI
from worktime.notice_lines import days_in

FIRST_DAY = date(2026, 7, 1)
TICK = timedelta(seconds=30)  # the sweep wakes up so often
FAULTY, LOOKS_BEFORE = (
    0.06,
    0.15,
)  # how many wake-ups go wrong; how often it is looked that nothing rings early
FOLLOWS_ANYWAY = 0.03  # how often the orders are looked at without a reason
NEW_YEAR = 2027
# An arrangement as the notice of 2027 might bring it: bridges, and Saturdays and Sundays worked for them.
NOTICE = """
2027-01-01至2027-01-03 放假 元旦
2027-02-05至2027-02-11 放假 春节
2027-02-14 上班 春节
2027-02-20 上班 春节
2027-04-03至2027-04-05 放假 清明节
2027-05-01至2027-05-05 放假 劳动节
2027-04-25 上班 劳动节
2027-05-08 上班 劳动节
2027-06-09 放假 端午节
2027-09-15至2027-09-17 放假 中秋节
2027-09-19 上班 中秋节
2027-10-01至2027-10-07 放假 国庆节
2027-09-26 上班 国庆节
2027-10-09 上班 国庆节
"""
NEXT = """
SELECT least(
  (SELECT min(next_action_at) FROM workflow_stage WHERE ended_at IS NULL AND next_action_at IS NOT NULL),
  (SELECT min(climb_at) FROM supervision_supervisionorder WHERE status IN ('issued', 'received')))
"""


@dataclass
class Log:
    """What the oracle is told of a run: when the clocks woke, and when settings changed."""

    whole: list[datetime] = field(default_factory=list)
    held: list[tuple[datetime, int]] = field(default_factory=list)
    followed: list[datetime] = field(default_factory=list)
    calendar_at: datetime | None = None
    replanned_at: datetime | None = None
    wakes: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)  # errors other than refusals


class World:
    """A run: its people, its moment, what is to come."""

    def __init__(self, *, days: int, seed: int, faulty: float, per_day: float, first_day: date = FIRST_DAY):
        self.random = Random(seed)
        self.start = datetime.combine(first_day, time(0), SHANGHAI)
        self.end = self.start + timedelta(days=days)
        self.faulty, self.per_day = faulty, per_day  # how many wake-ups go wrong; reports a day
        self.now, self.last_tick = self.start, self.start
        self.dead_until = self.start
        self.log = Log()
        self.county: County
        self.people: People
        self._coming: list[tuple[datetime, int, str, int, int]] = []
        self._turn: Counter[tuple[str, int]] = Counter()
        self._number = 0
        self._seen_event = 0
        self._is_new_for_orders = False

    def run(self) -> None:
        """Build the county and let the days go by; at the end everything that is due is done."""
        with self._moved_clock(), faults.own_store(), override_settings(SWEEP_AT_ONCE=faults.FEW_AT_ONCE):
            self.county = build_county()
            self.people = People(self.county, self.random)
            self._plan_reports()
            self._push(self.start + (self.end - self.start) / 2, "calendar", 0)
            while self._step():
                pass
            self.now = max(self.end, self.now, self.dead_until)
            self._tick(self._on_the_beat(self.now), is_faulty=False)

    @contextmanager
    def _moved_clock(self) -> Iterator[None]:
        """Let the platform read the time of the simulation."""
        real = clock.now
        clock.now = lambda: self.now
        forget_rulebook()
        try:
            yield
        finally:
            clock.now = real
            forget_rulebook()

    # --- The line of time -----------------------------------------------------------------------------------------

    def _push(self, at: datetime, kind: str, key: int) -> None:
        """Let something happen at a moment that lies between two wake-ups, in place of what was to come before."""
        self._turn[kind, key] += 1
        self._number += 1
        at = self._on_the_beat(at) + timedelta(seconds=self.random.randint(4, 20))
        heappush(self._coming, (at, self._number, kind, key, self._turn[kind, key]))

    def _on_the_beat(self, at: datetime) -> datetime:
        """The first wake-up at or after a moment."""
        return self.start + -(-(at - self.start) // TICK) * TICK

    def _step(self) -> bool:
        """Do what comes next: a wake-up of the clocks, or somebody's act. Returns False at the end."""
        tick = self._next_tick()
        if self._coming and (tick is None or self._coming[0][0] < tick):
            at, _, kind, key, turn = heappop(self._coming)
            if at >= self.end:
                return False
            # What should have happened while the clock jumped happens after it.
            self.now = at if at > self.now else self._on_the_beat(self.now) + timedelta(seconds=7)
            if turn == self._turn[kind, key]:
                self._happen(kind, key)
            return True
        if tick is None or tick >= self.end:
            return False
        self._wake(tick)
        return True

    def _next_tick(self) -> datetime | None:
        """The next wake-up at which something is due, unless the sweep is down."""
        with connection.cursor() as cursor:
            cursor.execute(NEXT)
            (due,) = cursor.fetchone()
        if self._is_new_for_orders:
            due = self.now
        if due is None:
            return None
        return self._on_the_beat(max(due, self.last_tick + TICK, self.now, self.dead_until))

    def _happen(self, kind: str, key: int) -> None:
        match kind:
            case "report":
                self._plan(self.people.report(self.now))
            case "case":
                self._act_on_case(key)
            case "share":
                self._act_on_share(key)
            case "order":
                self._act_on_order(key)
            case "calendar":
                self._enter_calendar()

    # --- People ---------------------------------------------------------------------------------------------------

    def _plan_reports(self) -> None:
        days, number = (self.end - self.start).days, 0
        for day in range(days):
            count = int(self.per_day) + (self.random.random() < self.per_day % 1)
            for _ in range(count):
                number += 1
                minutes = self.random.randint(7 * 60, 22 * 60)
                self._push(self.start + timedelta(days=day, minutes=minutes), "report", number)

    def _plan(self, case: Case) -> None:
        """Decide when somebody acts on a case next."""
        if not case.is_open:
            self._is_new_for_orders = True
            return
        delay = self.people.time_until(case.status, urgent=case.is_urgent)
        at = self.now + delay
        local = at.astimezone(SHANGHAI)
        if not case.is_urgent and not 7 <= local.hour < 21:
            at += timedelta(hours=10)
        self._push(at, "case", case.pk)

    def _act_on_case(self, pk: int) -> None:
        case = Case.objects.to_change().get(pk=pk)
        if not case.is_open:
            return
        verb = self.people.act_on(case, self.now)
        if verb and self.people.takes_back(verb):
            self.now += timedelta(seconds=5)
            self.people.undo(Case.objects.to_change().get(pk=pk), verb, self.now)
        if verb in ("fail_check", "issue_order"):
            self._is_new_for_orders = True
        self._plan(Case.objects.to_change().get(pk=pk))
        if verb == "join":
            self._plan_shares(pk)
        if verb == "issue_order":
            self._plan_orders()

    def _plan_shares(self, case: int) -> None:
        for share in Assignment.objects.filter(case=case, status__in=AWAITED).values_list("pk", flat=True):
            self._plan_share(share)

    def _plan_share(self, pk: int) -> None:
        self._push(self.now + self.people.time_until("in_hand", urgent=False), "share", pk)

    def _act_on_share(self, pk: int) -> None:
        share = Assignment.objects.to_change().get(pk=pk)
        if share.status not in AWAITED:
            return
        verb = self.people.act_on_share(share, self.now)
        if verb == "pass_share_down":
            self._plan_shares(share.case_id)
        self._plan_share(pk)

    def _act_on_order(self, pk: int) -> None:
        order = SupervisionOrder.objects.to_change().get(pk=pk)
        if order.status not in OPEN:
            return
        self.people.act_on_order(order, self.now)
        self._push(self.now + self.people.time_until("order", urgent=False), "order", pk)

    def _plan_orders(self) -> None:
        """Decide when the addressees of new orders answer."""
        for pk in SupervisionOrder.objects.open().values_list("pk", flat=True).order_by("pk"):
            if not self._turn["order", pk]:
                self._push(self.now + self.people.time_until("order", urgent=False), "order", pk)

    def _enter_calendar(self) -> None:
        """Enter the notice of the next year; the administrator lets running deadlines follow it."""
        self._tick(self._on_the_beat(self.now), is_faulty=False)
        self.now += timedelta(seconds=3)
        publish_calendar(NEW_YEAR, days_in(NOTICE), document="国办发明电〔2026〕示例", at=self.now)
        forget_rulebook()
        self.log.calendar_at = self.now
        if not preview().total:
            return
        self.now += timedelta(seconds=3)
        begin_replanning(reason="2027年节假日安排", by=self.county.administrator, at=self.now)
        self.log.replanned_at = self.now
        while Replanning.objects.filter(finished_at=None).exists():
            replan()

    # --- Clocks ---------------------------------------------------------------------------------------------------

    def _wake(self, at: datetime) -> None:
        """Wake the clocks at a moment at which something is due, or let that go wrong."""
        before = at - TICK
        if self.random.random() < LOOKS_BEFORE and before > max(self.last_tick, self.now):
            self._tick(before, is_faulty=False)
        is_faulty = self.faulty > 0 and self.random.random() < self.faulty
        if not is_faulty:
            self._tick(at, is_faulty=False)
            return
        kind = self.random.choice(faults.KINDS)
        self.log.faults[kind] += 1
        match kind:
            case "down":
                self.dead_until = at + timedelta(minutes=self.random.randint(30, 9 * 60))
            case "emptied":  # the wake-up that waited in the queue is lost with it
                faults.empty_store()
                self.dead_until = at + self.random.randint(1, 10) * TICK
            case "jumped":
                self.now = at + timedelta(minutes=self.random.randint(5, 6 * 60))
            case "stepped back":
                self._tick(at, is_faulty=False)
                self._sweep_at(at - self.random.randint(1, 40) * TICK)
                self.now = at
            case _:
                self._tick(at, is_faulty=True, kind=kind)

    def _sweep_at(self, at: datetime) -> None:
        """Wake up once at a moment that has been: the clock of the database has been set back."""
        self.now = at
        self.log.wakes += 1
        sweep_due_stages()
        follow_cases()

    def _tick(self, at: datetime, *, is_faulty: bool, kind: str = "") -> None:
        """One wake-up: the sweep, then the orders; note whether it was whole."""
        self.now = self.last_tick = at
        self.log.wakes += 1
        if is_faulty:
            self._go_wrong(kind, sweep_due_stages)
        else:
            sweep_due_stages()
        is_whole = kind in ("", "twice", "locked") and not faults.set_back(at)
        if is_whole:
            self.log.whole.append(at)
        self._notice_moves()
        if kind in ("killed", "cut off") and self.random.random() < 0.5:
            self._go_wrong(kind, follow_cases)
            self._is_new_for_orders = True  # the next wake-up follows at once
        elif self._is_new_for_orders or self.random.random() < FOLLOWS_ANYWAY or self._order_is_due():
            follow_cases()
            self._is_new_for_orders = faults.set_back(at)
            if not self._is_new_for_orders:
                self.log.followed.append(at)
            self._plan_orders()

    def _go_wrong(self, kind: str, work: Callable[[], object]) -> None:
        match kind:
            case "killed":
                faults.killed(work, self.random.randint(1, 30))
            case "cut off":
                faults.cut_off(work, self.random.randint(1, 30))
            case "beside":
                faults.beside(work, self.random.randint(1, 30))
            case "twice":
                work()
                work()
            case "locked":
                case = self._due_case()
                self.log.held.append((self.now, case))
                faults.locked(work, case)

    def _due_case(self) -> int:
        """A case whose clock is due now."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT case_id FROM workflow_stage WHERE ended_at IS NULL AND next_action_at <= %s"
                " ORDER BY next_action_at, case_id LIMIT 1",
                [self.now],
            )
            found = cursor.fetchone()
        return found[0] if found else 0

    def _notice_moves(self) -> None:
        """Let those act who have a case now because the clock moved it."""
        new = list(
            CaseEvent.objects.filter(pk__gt=self._seen_event).order_by("pk").values_list("pk", "case", "verb")
        )
        self._seen_event = new[-1][0] if new else self._seen_event
        self._is_new_for_orders |= any(verb == "raise_supervision" for _, _, verb in new)
        moved = [case for _, case, verb in new if verb in SYSTEM_VERBS]
        if moved:
            for case in Case.objects.filter(pk__in=moved).order_by("pk"):
                self._plan(case)

    def _order_is_due(self) -> bool:
        waiting = SupervisionOrder.objects.filter(status__in=("issued", "received"), climb_at__lte=self.now)
        return waiting.exists()
