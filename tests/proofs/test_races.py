"""Two people at once, and one phone that sends many times: one effect, and every request gets an answer (F13, F14)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from accounts.models import IdempotencyKey, User
from common import clock
from common.errors import IllegalMove, Refusal, StaleVersion
from grids.models import Division, Grid
from matters.models import Matter
from personnel.models import GridPosting
from workflow import actions
from workflow.models import Case
from worktime.clocks import SHANGHAI

pytestmark = pytest.mark.slow
THREADS = 8


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all acts at the same moment, each with a connection of its own; return results and refusals."""
    start = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=10)
            return act()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def matter_in_force(name: str) -> Matter:
    """The matter of this name in Hualong's list of today."""
    county = Division.objects.get(code="410902")
    return Matter.objects.in_force(county.pk, clock.now().astimezone(SHANGHAI).date()).get(name=name)


def new_case() -> Case:
    worker = User.objects.get(username="worker")
    grid = Grid.objects.get(pk=GridPosting.objects.get(user=worker).grid_id)
    matter = matter_in_force("井盖缺损")
    draft = actions.ReportDraft(grid_id=grid.pk, matter_id=matter.pk, description="缺角")
    return actions.report_case(draft, by=worker, at=clock.now())


@pytest.mark.article(18)
def test_of_two_users_who_accept_at_once_one_wins_and_the_other_gets_a_sentence(own_city: str) -> None:
    desks = list(User.objects.filter(office_postings__organization__code="410902001-I").distinct()[:2])
    assert len(desks) == 2
    for _ in range(15):
        case = new_case()

        def accept(desk: User, pk: int = case.pk) -> Case:
            return actions.accept_case(Case.objects.get(pk=pk), by=desk, at=clock.now())

        results = at_once(lambda: accept(desks[0]), lambda: accept(desks[1]))
        kinds = Counter(type(result) for result in results)
        assert kinds[Case] == 1
        assert kinds[StaleVersion] + kinds[IllegalMove] == 1
        assert case.events.filter(verb="accept").count() == 1
        assert case.stages.running().count() == 1


@pytest.mark.article(18)
def test_withdrawal_against_acceptance_ends_in_exactly_one_of_them(own_city: str) -> None:
    desk, worker = (User.objects.get(username=name) for name in ("dispatcher", "worker"))
    for _ in range(15):
        pk = new_case().pk
        at_once(
            lambda pk=pk: actions.accept_case(Case.objects.get(pk=pk), by=desk, at=clock.now()),
            lambda pk=pk: actions.withdraw_case(
                Case.objects.get(pk=pk), note="误报", by=worker, at=clock.now()
            ),
        )
        case = Case.objects.get(pk=pk)
        assert case.status in ("awaiting_assignment", "withdrawn")
        assert case.event_count == 2
        assert case.stages.running().count() == (1 if case.is_open else 0)


@pytest.mark.article(19)
def test_one_key_sent_many_times_at_once_is_one_case_and_equal_answers(own_city: str) -> None:
    worker = User.objects.get(username="worker")
    posting = GridPosting.objects.get(user=worker)
    matter = matter_in_force("邻里纠纷")
    fields = {"grid_id": posting.grid_id, "matter_id": matter.pk, "description": "同一件事"}
    before = Case.objects.count()
    for turn in range(1, 6):
        key = str(uuid4())

        def send(key: str = key) -> tuple[int, str]:
            client = Client()
            client.force_login(worker)
            answer = client.post(
                "/api/v1/cases/", fields, content_type="application/json", headers={"Idempotency-Key": key}
            )
            return answer.status_code, json.dumps(answer.json(), sort_keys=True)

        answers = at_once(*[send] * THREADS)
        assert {status for status, _ in answers} == {201}
        assert len({content for _, content in answers}) == 1
        assert Case.objects.count() == before + turn
        assert IdempotencyKey.objects.filter(key=key).count() == 1
