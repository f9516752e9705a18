"""Many clocks ring together: the same rows as one by one, whatever fails, whoever sweeps beside (Art. 18)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from audit.invariants import broken_chains, rows_that_their_chain_does_not_know
from audit.models import Entry
from common.privacy import sealing
from notifications.models import Outbox
from sweeps.models import Setback
from tests.cases import NOON, REACHED, STATUS_AFTER, case_at, case_in, reported
from tests.databases import connected_to, drop, new_database
from tests.proofs.test_poisoned_rows import administrator, poison
from tests.town import MONDAY, Town, build_town
from workflow import actions
from workflow.actions import clock as clocks
from workflow.actions.clock import RULES, ring, sweep_clocks
from workflow.deadlines import rung_of
from workflow.invariants import events_that_do_not_replay, open_cases_without_one_open_stage
from workflow.models import Assignment, Case, CaseEvent, Stage, StageEffect, TimeRequest

TABLES: tuple[type[models.Model], ...] = (
    Case,
    Stage,
    StageEffect,
    Assignment,
    TimeRequest,
    CaseEvent,
    Entry,
    Outbox,
    Setback,
)
IN_A_MONTH = MONDAY + timedelta(days=45)
# When the clocks of the cases below ring: within the first day, in the first week, and long after all are due.
MOMENTS = tuple(NOON + wait for wait in (timedelta(hours=20), timedelta(days=4), timedelta(days=45)))

SOUND = (
    broken_chains,
    rows_that_their_chain_does_not_know,
    events_that_do_not_replay,
    open_cases_without_one_open_stage,
)

Sweep = Callable[[datetime], object]


def cases_of_every_kind(town: Town) -> None:
    """Cases in every open status, urgent ones, clues, some with assisting units, some that others are merged into."""
    for status in (*STATUS_AFTER, *REACHED):
        case_at(status, town)
        case_at(status, town)
    for status in ("awaiting_acceptance", "in_hand"):
        case_in(status, town, matter_id=town.matter("井盖缺损").pk)
        case_in(status, town, matter_id=town.matter("非法集资线索").pk)
    for status in ("awaiting_acceptance", "awaiting_assignment"):
        for level in ("county", "city"):
            case = case_in(status, town)
            case = actions.escalate_case(case, note="跨街道", by=town.zhao, at=NOON)
            if level == "city":
                actions.escalate_case(case, note="跨县区", by=town.hua, at=NOON)
    first, second = (
        case_in("awaiting_acceptance", town, description=words) for words in ("灯不亮", "灯也不亮")
    )
    actions.merge_case(second, into=first, by=town.zhao, at=NOON)
    first.refresh_from_db()
    actions.return_for_correction(first, note="哪栋楼", by=town.zhao, at=NOON)


@contextmanager
def copied(name: str) -> Iterator[None]:
    """Speak to a copy of the database ``name``, in which the same rows will get the same numbers."""
    connection.close()
    copy = new_database(name)
    with connected_to(copy):
        yield
    drop(copy)


def one_by_one(at: datetime) -> None:
    for pk in Stage.objects.ringing(at).values_list("pk", flat=True):
        ring(pk, at=at)


def rows_of(model: type[models.Model]) -> Counter[str]:
    """The rows of a table without the numbers that depend on the order of writing and on chance."""
    left_out = {"id", "event_id"} if model is not Case else set()
    return Counter(
        repr([(key, value) for key, value in row.items() if key not in left_out])
        for row in model._base_manager.values()
    )


def after(sweep: Sweep, at: datetime, *, name: str) -> dict[str, Counter[str]]:
    with copied(name):
        sweep(at)
        # What the sweep itself begins, calls in the next pass.
        assert not Stage.objects.ringing(at).exclude(started_at=at).exists()
        faults = [fault for check in SOUND for fault in check()]
        assert not [fault for fault in faults if "没有审计链" not in fault], "the town itself has no trace"
        return {model.__name__: rows_of(model) for model in TABLES}


@pytest.mark.slow
@pytest.mark.article(18)
def test_rung_together_and_one_by_one_leave_the_same_rows(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also the hashes of the chains, which depend on every witnessed column of every row, in its order."""
    monkeypatch.setattr(
        sealing, "os", SimpleNamespace(urandom=bytes)
    )  # a note of a clue is sealed alike twice
    monkeypatch.setattr(sealing, "uuid4", lambda: UUID(int=0))
    build_town()
    cases_of_every_kind(Town())
    rules: set[str] = set()
    for moment in MOMENTS:
        together = after(lambda at: sweep_clocks(at=at), moment, name=own_database)
        alone = after(one_by_one, moment, name=own_database)
        for table, rows in alone.items():
            assert together[table] == rows, table
        assert len(alone["StageEffect"]) > 10
        rules |= {rule for rule in RULES if any(f"'{rule}'" in row for row in alone["StageEffect"])}
    assert {rung_of(rule) or rule for rule in rules} == {rung_of(rule) or rule for rule in RULES}


@pytest.mark.parametrize(("last", "most"), [("remind", 12), ("escalate", 40)])
def test_a_hundred_clocks_cost_as_many_statements_as_a_dozen(town: Town, last: str, most: int) -> None:
    """Also where each case is reminded of, found overdue and moved, one after the other."""
    counted = []
    for count in (12, 100):
        cases = [reported(town, description=f"第 {number} 件") for number in range(count)]
        at = dict(cases[-1].stages.get().pending_alarms())[last]
        with CaptureQueriesContext(connection) as captured:
            assert sweep_clocks(at=at) == count
        counted.append(len(captured))
        Stage.objects.update(next_action_at=None)
    assert counted[0] == counted[1] <= most


# --- A stay that fails ----------------------------------------------------------------------------------------


def ringing_numbers(at: datetime) -> list[int]:
    return list(Stage.objects.ringing(at).values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.article(18)
@pytest.mark.parametrize(
    ("table", "when"),
    [
        ("workflow_stageeffect", "NEW.stage_id = {stage}"),
        ("audit_entry", "NEW.subject = 'case:{case}'"),
        ("notifications_outbox", "NEW.subject = 'case:{case}'"),
    ],
)
def test_a_stay_that_fails_is_set_back_and_the_others_ring_in_the_same_pass(
    own_database: str, table: str, when: str
) -> None:
    build_town()
    town = Town()
    for _ in range(21):
        reported(town)
    at = MONDAY + timedelta(days=3)
    due = ringing_numbers(at)
    bad = Stage.objects.get(pk=due[13])
    with administrator(own_database) as cursor:
        poison(cursor, table, "INSERT", when.format(stage=bad.pk, case=bad.case_id))
        assert sweep_clocks(at=at) == 20
        assert ringing_numbers(at) == [bad.pk]
        assert not bad.effects.exists() and bad.case.events.count() == 1
        setback = Setback.objects.get()
        assert (setback.sweep, setback.row, setback.attempts) == ("workflow.clocks", str(bad.pk), 1)
        assert sweep_clocks(at=at) == 0, "it waits for its next attempt"
        later = setback.next_attempt_at
        assert sweep_clocks(at=later) == 0
        setback.refresh_from_db()
        assert setback.attempts == 2 and setback.next_attempt_at - later > later - at
        cursor.execute(f"DROP TRIGGER aa_poison ON {table}")
    assert sweep_clocks(at=setback.next_attempt_at) == 1
    assert bad.effects.exists() and not Setback.objects.exists()


def test_a_case_that_cannot_be_read_or_planned_keeps_no_other_waiting(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = case_in("awaiting_leader", town), case_in("awaiting_leader", town)
    Stage.objects.filter(case=bad).update(
        alarms=[["no such rule", MONDAY.isoformat()]], next_action_at=MONDAY
    )
    assert sweep_clocks(at=IN_A_MONTH) == 1
    assert Case.objects.get(pk=good.pk).status == "awaiting_acceptance"
    assert Setback.objects.get().row == str(bad.stages.get().pk)


def test_what_a_person_did_meanwhile_is_no_failure_any_more(town: Town) -> None:
    case = case_in("awaiting_leader", town)
    stage = case.stages.get()
    Stage.objects.filter(pk=stage.pk).update(
        alarms=[["no such rule", MONDAY.isoformat()]], next_action_at=MONDAY
    )
    assert sweep_clocks(at=NOON) == 0 and Setback.objects.count() == 1
    actions.take_up_case(Case.objects.get(pk=case.pk), by=town.wang, at=NOON)
    sweep_clocks(at=NOON + timedelta(minutes=1))
    assert not Setback.objects.exists()


# --- Others at work -------------------------------------------------------------------------------------------


@contextmanager
def beside(act: Callable[[], object]) -> Iterator[list[object]]:
    """Run ``act`` in a thread with a connection of its own; its result stands in the list at the end."""
    results: list[object] = []

    def run() -> None:
        try:
            results.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield results
    thread.join(timeout=60)
    assert not thread.is_alive()


@pytest.mark.slow
@pytest.mark.article(18)
def test_two_sweepers_share_the_work_and_each_clock_rings_once(
    own_database: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    build_town()
    town = Town()
    for _ in range(30):
        reported(town)
    at = MONDAY + timedelta(days=3)
    settings.SWEEP_AT_ONCE = 8
    has_claimed, may_go_on, held = threading.Event(), threading.Event(), []
    act = clocks.ring_together

    def holding(stages: Sequence[Stage], *, at: datetime) -> int:
        if threading.current_thread() is not threading.main_thread() and not held:
            held.extend(stage.pk for stage in stages)
            has_claimed.set()
            assert may_go_on.wait(timeout=30)
        return act(stages, at=at)

    monkeypatch.setattr(clocks, "ring_together", holding)
    with beside(lambda: sweep_clocks(at=at)) as other:
        assert has_claimed.wait(timeout=30)
        assert sweep_clocks(at=at) == 22, (
            "what the other holds is passed over, and the rest is done meanwhile"
        )
        assert sorted(ringing_numbers(at)) == sorted(held)
        may_go_on.set()
    assert other == [8]
    effects = Counter(StageEffect.objects.values_list("stage", "rule", "deadline_version"))
    assert set(effects.values()) == {1} and len({stage for stage, *_ in effects}) == 30
    assert not ringing_numbers(at) and not Setback.objects.exists()


@pytest.mark.slow
@pytest.mark.article(18)
def test_a_case_that_somebody_has_locked_waits_and_is_no_failure(own_database: str) -> None:
    build_town()
    town = Town()
    cases = [reported(town) for _ in range(5)]
    at = MONDAY + timedelta(days=3)
    is_locked, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Case.objects.locked().get(pk=cases[2].pk)
            is_locked.set()
            assert may_end.wait(timeout=30)

    with beside(hold):
        assert is_locked.wait(timeout=30)
        assert sweep_clocks(at=at) == 4
        assert ring(cases[2].stages.get().pk, at=at) == 0
        assert ringing_numbers(at) == [cases[2].stages.get().pk] and not Setback.objects.exists()
        may_end.set()
    assert sweep_clocks(at=at) == 1


def test_a_claim_locks_the_case_first_and_the_newest_version_of_the_stage(town: Town) -> None:
    """What a verb has changed since the sweep began to read is asked again under both locks, in one statement."""
    reported(town)
    with CaptureQueriesContext(connection) as captured:
        sweep_clocks(at=MONDAY + timedelta(days=3))
    claims = [query["sql"] for query in captured if "FOR UPDATE" in query["sql"]]
    assert claims and all(
        claim.endswith('FOR UPDATE OF "workflow_case", "workflow_stage" SKIP LOCKED') for claim in claims
    )
