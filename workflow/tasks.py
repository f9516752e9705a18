"""Beat tasks that call the clock's verbs. They are thin, may run twice, and decide nothing."""

from __future__ import annotations

from time import monotonic

from celery import shared_task

from common import clock
from workflow.actions.clock import sweep_clocks
from workflow.actions.desks import follow_divisions
from workflow.actions.handover import hand_over_left_behind
from workflow.actions.replanning import work_on_replanning

TURN_SECONDS = 20  # of the worker; then other work gets its turn


@shared_task(name="workflow.tasks.sweep_due_stages")
def sweep_due_stages() -> int:
    """Rings all clocks that are due. A pass that did something is followed by another: a new stay may call at once."""
    total = 0
    while (served := sweep_clocks(at=clock.now())) > 0:
        total += served
    return total


@shared_task(name="workflow.tasks.hand_over_left_behind")
def hand_over() -> int:
    """Hands over open cases whose caretaker's post ended by its date. Returns how many."""
    return hand_over_left_behind(at=clock.now())


@shared_task(name="workflow.tasks.follow_divisions")
def follow() -> int:
    """Takes along cases that were being reported while their village moved. Returns how many."""
    return follow_divisions(at=clock.now())


@shared_task(name="workflow.tasks.replan")
def replan() -> int:
    """Moves the deadlines of a re-planning that somebody has begun, for one turn. Returns how many."""
    total, ends = 0, monotonic() + TURN_SECONDS
    while (moved := work_on_replanning(at=clock.now())) > 0:
        total += moved
        if monotonic() > ends:
            break
    return total
