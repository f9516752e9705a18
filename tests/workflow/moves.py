"""A village or township that moves, and what is read of it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from accounts.models import User
from common.records.invariants import examine
from grids.models import Division
from plans.actions.divisions import move_division
from tests.doors import signed_in
from tests.town import MONDAY, Town
from workflow.invariants import INVARIANTS
from workflow.models import Case
from workflow.queues import QUEUES, cases_in

LATER = MONDAY + timedelta(hours=2, minutes=30)
DOCUMENT = "濮政〔2026〕21号"


def moved(
    town: Town, *, village: str = "京东社区", to: str = "胜利路街道", back: bool = False, at: Any = LATER
) -> Division:
    """The city moves a village, or moves it back a day later."""
    return move_division(
        town.division(village),
        name="",
        parent=town.division(to),
        on=(at if back else MONDAY).date(),
        document=DOCUMENT,
        by=town.zheng,
        at=at,
    )


def afresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def sees(user: User, case: Case) -> bool:
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def in_queue(user: User, key: str) -> set[int]:
    return set(cases_in(QUEUES[key], user).values_list("pk", flat=True))


def faults() -> list[str]:
    """What `verify` would say."""
    return [fault for one in INVARIANTS for fault in examine(one).shown]


def numbers_of(town: Town, code: str) -> dict[str, int]:
    """The numbers of a place and of those below it; each is as long as the list that it opens."""
    client = signed_in(Town().zheng)
    page = client.get(reverse("frame:overview"), {"division": code, "period": "2026-11"})
    assert page.status_code == 200
    for row in page.context["rows"]:
        for number in row.numbers:
            assert number.url == "" or client.get(number.url).context["total"] == number.value, (
                code,
                row.name,
            )
    for stat in page.context["stats"]:
        assert client.get(stat.url).context["total"] == stat.value, (code, stat.name)
    return {stat.name: stat.value for stat in page.context["stats"]}
