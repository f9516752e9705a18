"""A re-planning whose batches are written side by side while people work: each stay moves once, no verb is missed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from common import clock
from common.records.invariants import every_invariant, examine
from tests.proofs.test_races import new_case
from workflow import actions
from workflow.actions import replanning
from workflow.actions.replanning import begin_replanning, work_on_replanning
from workflow.models import Case, CaseEvent, DeadlineChange, Replanning, Stage
from workflow.replanning import preview

pytestmark = pytest.mark.slow
NOTICE = "国办发明电〔2026〕9号"


def broken() -> set[str]:
    return {one.sentence for one in every_invariant() if not examine(one).holds}


@pytest.mark.article(18)
@pytest.mark.article(25)
def test_batches_side_by_side_move_each_stay_once_and_miss_no_verb(
    own_city: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, before = new_case(), broken()
    Stage.objects.of_case().running().exclude(status="shelved").update(is_provisional=True)
    found = preview()
    assert found.total > 20 and found.left_provisional == 0
    desk, keeper = (User.objects.get(username=name) for name in ("dispatcher", "system"))
    act = begin_replanning(reason=NOTICE, by=keeper, at=clock.now())
    monkeypatch.setattr(replanning, "AT_ONCE", 3)
    write, first = replanning._write, Lock()

    def accept() -> None:
        actions.accept_case(Case.objects.get(pk=case.pk), by=desk, at=clock.now())
        connection.close()

    def write_after_a_verb(*args: Any, **kwargs: Any) -> None:
        if first.acquire(blocking=False):  # while one batch is written, somebody takes the last case
            with ThreadPoolExecutor(1) as pool:
                pool.submit(accept).result()
        write(*args, **kwargs)

    monkeypatch.setattr(replanning, "_write", write_after_a_verb)
    while Replanning.objects.filter(pk=act.pk, finished_at=None).exists():
        work_on_replanning(at=clock.now())
    act.refresh_from_db()
    changes = DeadlineChange.objects.filter(replanning=act)
    assert act.moved == found.total - 1, (
        "the stay that was accepted has ended, and the next is by these settings"
    )
    assert changes.count() == changes.values("stage").distinct().count() == act.moved
    assert CaseEvent.objects.filter(verb="replan").count() == act.moved
    left = preview()
    assert (left.total, left.left_provisional) == (0, 0)
    assert [event.verb for event in case.events.order_by("seq")] == ["report", "accept"]
    assert broken() <= before
