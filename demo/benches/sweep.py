"""`bench sweep`: what the clocks of the cases cost, at rest and when thousands ring at once.

A scratch city gets ``--cases`` open cases, each with a running stay, one event and one link of its chain. In one run,
side by side and in turn:

at rest     a wake-up of the sweep that finds nothing due, in milliseconds, with 10,000 open cases and with all;
one by one  stays a second of ``ring``, each stay in a transaction of its own: the baseline;
together    stays a second of ``sweep_clocks`` on stays that are due at once, half of them to be reminded and half
            overdue: for each an effect, an event, a link, one or two notices, its case and its stay;
twin        stays a second of the same batches in SQL by hand, which writes the same rows with the same digests. It is
            what PostgreSQL needs for them; only the key of a link is missing, as the database does not have it;
poisoned    as "together", with one stay in a thousand that the database refuses, found and set back in the same pass;
moves       stays that escalate, one by one and together: there each case is moved and gets its next stay;
former      with ``--against``, stays a second of another build's ``ring``, as far as both know the same tables;
processes   the same work in one process and in two, started at the same moment.

Only the ratios travel between machines: with two cores, PostgreSQL on the same machine has the second one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from time import perf_counter

from django.conf import settings
from django.db import connection

from common import clock
from demo.benches.builds import environment
from demo.benches.measuring import SCRATCH, Series, scratch_city, settings_of_server
from demo.benches.sweep_twin import twin_of_sweep
from puyang_grid.addresses import BASE_DIR, addresses_from, with_database
from puyang_grid.roles import connect
from sweeps.models import Setback
from workflow.actions.clock import ring, sweep_clocks
from workflow.models import Case, Stage

Say = Callable[[str], object]
FEW_OPEN, WAKE_UPS = 10_000, 200
ALONE, TOGETHER, SHARED, POISONED = 300, 5_000, 10_000, 1_000
POISON = 99  # the version of a deadline whose effect the database refuses
# A stay that rings in a month, and later; every status that needs no unit, and one that has a unit.
FILL = """
WITH unit AS (SELECT min(id) AS id FROM personnel_organization WHERE kind = 'linkage_department'),
reporter AS (SELECT min(id) AS id FROM accounts_user),
place AS (
  SELECT g.id, g.village_id, v.parent_id AS township_id, t.parent_id AS county_id, c.parent_id AS city_id,
    row_number() OVER (ORDER BY g.code) - 1 AS place
  FROM grids_grid g JOIN grids_division v ON v.id = g.village_id JOIN grids_division t ON t.id = v.parent_id
  JOIN grids_division c ON c.id = t.parent_id
),
filled AS (
  INSERT INTO workflow_case (status, level, version, event_count, light, urgency, confidential, title, description,
    place, answers, grid_id, village_id, township_id, county_id, city_id, reported_township_id, reported_county_id,
    source, reporter_id, caretaker_id, for_resident, rating_code, rating, unit_id, handled_by, result, return_count,
    failed_checks, escalations, reported_at, due_at)
  SELECT s.status, 'township', 1, 1, 'normal', 1, false, '路灯故障', '连着两盏不亮', '健身广场', '[]', p.id,
    p.village_id, p.township_id, p.county_id, p.city_id, p.township_id, p.county_id, 'worker', reporter.id,
    reporter.id, false, 'sweep' || n, '', CASE WHEN s.status = 'in_hand' THEN unit.id END, '', '', 0, 0, 0,
    now() - (n %% 40000) * interval '1 minute', now() + interval '40 days'
  FROM generate_series(%(first)s, %(last)s) n
  CROSS JOIN LATERAL (SELECT (ARRAY['awaiting_leader', 'coordinating', 'awaiting_acceptance', 'awaiting_assignment',
    'in_hand'])[1 + n %% 5] AS status) s
  JOIN place p ON p.place = n * 48271::bigint %% (SELECT count(*) FROM place), unit, reporter
  RETURNING id, status, unit_id, reported_at, due_at, reporter_id
),
stays AS (
  INSERT INTO workflow_stage (case_id, status, level, organization_id, started_at, counted_from, is_rest, due_at,
    is_provisional, clock, amount, explanation, calendar_version, deadline_version, alarms, next_action_at, ended_by)
  SELECT id, status, 'township', unit_id, reported_at, reported_at, false, due_at, false, 'working_days', 5,
    '自11月16日09:00起 5 个工作日 → 11月20日18:00', '2026.1', 1, jsonb_build_array(
      jsonb_build_array('remind', now() + interval '30 days'), jsonb_build_array('overdue', due_at),
      jsonb_build_array('escalate', due_at + interval '2 days'),
      jsonb_build_array('supervise', due_at + interval '4 days')), now() + interval '30 days', ''
  FROM filled
),
events AS (
  INSERT INTO workflow_caseevent (case_id, seq, verb, actor_id, post, at, from_status, to_status, level, unit_id, note)
  SELECT id, 1, 'report', reporter_id, '上报人', reported_at, '', status, 'township', unit_id, '' FROM filled
)
INSERT INTO audit_entry (subject, seq, at, actor_id, verb, record, prev_hash, hash, algorithm)
SELECT 'case:' || id, 1, reported_at, reporter_id, 'report', '{}', '', encode(sha256(id::text::bytea), 'hex'),
  'sha256:trace.1' FROM filled
"""
MAKE_DUE = """
UPDATE workflow_stage SET next_action_at = %(moment)s, deadline_version = CASE WHEN id = ANY(%(bad)s) THEN %(poison)s
  ELSE deadline_version END, alarms = jsonb_build_array(
    jsonb_build_array((%(rules)s::text[])[1 + id %% array_length(%(rules)s::text[], 1)], %(moment)s::timestamptz),
    jsonb_build_array('supervise', %(moment)s::timestamptz + interval '20 days'))
WHERE id = ANY(%(stages)s)
"""
POISON_TRIGGER = f"""
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$;
CREATE TRIGGER aa_poison BEFORE INSERT ON workflow_stageeffect FOR EACH ROW WHEN (NEW.deadline_version = {POISON})
  EXECUTE FUNCTION poison();
"""
# Processes that work for each line that they are sent, and answer how many stays they have done.
SWEEPER = """
import sys, django
django.setup()
from common import clock
from workflow.actions.clock import sweep_clocks
print(sweep_clocks(at=clock.now()), flush=True)
for line in sys.stdin:
    done = 0
    while swept := sweep_clocks(at=clock.now()):
        done += swept
    print(done, flush=True)
"""
RINGER = """
import json, sys, django
django.setup()
from common import clock
from workflow.actions.clock import ring
print(ring(0, at=clock.now()), flush=True)
for line in sys.stdin:
    at = clock.now()
    print(sum(bool(ring(pk, at=at)) for pk in json.loads(line)), flush=True)
"""


def run(say: Say, *, cases: int, rounds: int, against: Path | None) -> None:
    """Fill a scratch city with ``cases`` open cases and measure the sweep in it.

    ``against`` is the folder of another build, whose ``ring`` is measured too; it must know the same tables.
    """
    with scratch_city():
        say(f"服务器 {settings_of_server()}")
        Stage.objects.update(next_action_at=None)  # the demonstration's own clocks stand still
        for open_cases in dict.fromkeys((min(FEW_OPEN, cases), cases)):
            fill_open_cases(open_cases)
            _at_rest(say)
        _as_administrator(POISON_TRIGGER)
        stages = _stages()
        _side_by_side(say, stages, against, rounds)
        _moves(say, stages, rounds)
        _processes(say, stages, rounds)


def fill_open_cases(count: int) -> None:
    """Add open cases until there are ``count``."""
    first = 1 + Case.objects.filter(rating_code__startswith="sweep").count()
    values = {"first": first, "last": count}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('case_texts'::regclass)")
        index = cursor.fetchone()[0]
    _as_administrator("DROP INDEX case_texts")
    _as_administrator(FILL, values)
    _as_administrator(index)
    _as_administrator("VACUUM ANALYZE")


def _as_administrator(statement: str, values: dict[str, int] | None = None) -> None:
    """Run a statement without checking foreign keys, which takes most of the time of a fill."""
    addresses = addresses_from(os.environ, settings.VAR_DIR)
    with closing(connect(with_database(addresses.admin, SCRATCH))) as admin, admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)


def _at_rest(say: Say) -> None:
    series = Series(f"没有到期：在办 {Case.objects.open().count():,} 件")
    for _ in range(WAKE_UPS):
        at, started = clock.now(), perf_counter()
        assert sweep_clocks(at=at) == 0
        series.times.append((perf_counter() - started) * 1000)
    say(f"{series.line()}（≤ 5 ms）")


def _stages() -> Iterator[int]:
    """The running stays in an order that scatters neighbours over the tables."""
    stays = Stage.objects.of_case().running().filter(case__rating_code__startswith="sweep")
    found = list(stays.order_by("pk").values_list("pk", flat=True))
    Random(13).shuffle(found)
    return iter(found)


def _make_due(stages: Iterator[int], count: int, *, rules: Sequence[str], poisoned: int = 0) -> list[int]:
    """Let the next ``count`` stays ring now; the effects of ``poisoned`` of them are refused."""
    picked = list(islice(stages, count))
    if len(picked) < count:
        raise RuntimeError("Too few cases for this measurement: give --cases 200000 or more.")
    bad = picked[:: count // poisoned] if poisoned else []
    values = {"stages": picked, "rules": list(rules), "bad": bad, "moment": clock.now(), "poison": POISON}
    with connection.cursor() as cursor:
        cursor.execute(MAKE_DUE, values)
    return picked


FLAGS, ESCALATION = ("remind", "overdue"), ("escalate",)


@dataclass
class Way:
    """One way through due stays: ``run`` handles the given ones and returns how many; ``speeds`` are stays a second."""

    name: str
    run: Callable[[Sequence[int]], int]
    count: int
    rules: Sequence[str] = FLAGS
    poisoned: int = 0
    speeds: list[float] = field(default_factory=list)

    def measure(self, stages: Iterator[int]) -> None:
        """Run it once on the next stays; all but the poisoned ones must be done."""
        due = _make_due(stages, self.count, rules=self.rules, poisoned=self.poisoned)
        started = perf_counter()
        done = self.run(due)
        self.speeds.append(done / (perf_counter() - started))
        if done != self.count - self.poisoned:
            raise RuntimeError(f"{self.name}: {done} of {self.count} were done; nothing is reported.")
        Stage.objects.filter(pk__in=due, deadline_version=POISON).update(next_action_at=None)
        Setback.objects.all().delete()

    def line(self) -> str:
        """One line of the report."""
        low, middle, high = min(self.speeds), statistics.median(self.speeds), max(self.speeds)
        return f"{self.name:<20} {middle:8,.0f} 件/秒（{low:,.0f}–{high:,.0f}，{len(self.speeds)} 轮）"

    def over(self, other: Way) -> float:
        """The median of the ratios of the rounds."""
        return statistics.median(a / b for a, b in zip(self.speeds, other.speeds, strict=True))


def _in_turn(say: Say, stages: Iterator[int], *ways: Way, rounds: int) -> None:
    for turn in range(rounds):
        for way in ways if turn % 2 else reversed(ways):
            way.measure(stages)
    for way in ways:
        say(way.line())


def _one_by_one(due: Sequence[int]) -> int:
    at = clock.now()
    return sum(bool(ring(pk, at=at)) for pk in due)


def _together(due: Sequence[int]) -> int:
    return sweep_clocks(at=clock.now(), most=len(due))


def _side_by_side(say: Say, stages: Iterator[int], against: Path | None, rounds: int) -> None:
    alone, together = Way("逐件", _one_by_one, ALONE), Way("成批", _together, TOGETHER)
    twin = Way("手写 SQL", twin_of_sweep, TOGETHER)
    poisoned = Way("成批，千分之一有毒", _together, TOGETHER, poisoned=TOGETHER // POISONED)
    ways = [alone, together, twin, poisoned]
    with ExitStack() as stack:
        if against is not None:
            ringer = stack.enter_context(_process(RINGER, against))
            ways.append(Way("逐件，前版", lambda due: _answers([ringer], json.dumps(due)), ALONE))
        _in_turn(say, stages, *ways, rounds=rounds)
    for other in ways[4:]:
        say(f"成批 ÷ {other.name} {together.over(other):.1f}")
    say(
        f"成批 ÷ 逐件 {together.over(alone):.1f}（≥ 25）；成批 ÷ 手写 SQL {together.over(twin):.2f}（≥ 0.35）；"
        f"有毒 ÷ 无毒 {poisoned.over(together):.2f}（≥ 0.9）"
    )


def _moves(say: Say, stages: Iterator[int], rounds: int) -> None:
    alone = Way("升级，逐件", _one_by_one, ALONE, ESCALATION)
    together = Way("升级，成批", _together, TOGETHER, ESCALATION)
    _in_turn(say, stages, alone, together, rounds=min(rounds, 3))
    say(f"升级：成批 ÷ 逐件 {together.over(alone):.1f}")


# --- Processes beside each other ------------------------------------------------------------------------------


def _processes(say: Say, stages: Iterator[int], rounds: int) -> None:
    with ExitStack() as stack:
        sweepers = [stack.enter_context(_process(SWEEPER, BASE_DIR)) for _ in range(2)]
        one = Way("一个进程", lambda due: _answers(sweepers[:1]), SHARED)
        two = Way("两个进程", lambda due: _answers(sweepers), SHARED)
        _in_turn(say, stages, one, two, rounds=min(rounds, 3))
    say(f"两个进程 ÷ 一个 {two.over(one):.2f}（≥ 1.5）")


@contextmanager
def _process(script: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a script on the scratch database with the code of a folder; ready when it has answered once."""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment(SCRATCH),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        process.stdout.readline()
        yield process
        process.kill()


def _answers(processes: Sequence[subprocess.Popen[str]], line: str = "") -> int:
    """Send all processes a line and return the sum of their answers."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
    return sum(int(process.stdout.readline()) for process in processes if process.stdout is not None)
