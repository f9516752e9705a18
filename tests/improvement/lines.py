"""Cases that come back at one place, through the real verbs."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from improvement.actions import follow_recurrences
from improvement.models import ImprovementCase, ImprovementTask
from tests.cases import case_in, reported
from tests.town import MONDAY, Town
from workflow import actions
from workflow.models import Case

HERE = {"lon": 115.005, "lat": 35.705, "place": "3号楼东侧"}
THIRD = MONDAY + timedelta(days=10)


def closed(town: Town, **fields: Any) -> Case:
    """A case of 邻里纠纷 that was closed on Monday."""
    case = case_in("awaiting_verification", town, **{**HERE, **fields})
    return actions.pass_check(case, by=town.chen, at=MONDAY + timedelta(hours=2))


def link(later: Case, earlier: Case) -> Case:
    """Links a case to the one that it repeats, as the report does."""
    Case.objects.filter(pk=later.pk).update(earlier=earlier, earlier_m=0)
    return Case.objects.get(pk=later.pk)


def once_more(town: Town) -> Case:
    """A further case of the line that has a task."""
    return link(closed(town), ImprovementCase.objects.latest("case").case)


def came_back(town: Town, times: int = 3, *, at: datetime = THIRD, **fields: Any) -> list[Case]:
    """A line of so many cases: all but the last closed, each linked to the one before."""
    line = [closed(town, **fields) for _ in range(times - 1)]
    for earlier, later in pairwise(line):
        link(later, earlier)
    last = reported(town, at=at, **{**HERE, **fields})
    assert last.earlier == line[-1]
    return [*Case.objects.filter(pk__in=[case.pk for case in line]).order_by("pk"), last]


def improvement(town: Town, **fields: Any) -> ImprovementTask:
    """The task that three cases have made."""
    came_back(town, **fields)
    assert follow_recurrences(at=THIRD) == 1
    return ImprovementTask.objects.latest("pk")


def fresh(task: ImprovementTask) -> ImprovementTask:
    """The task as it is now."""
    return ImprovementTask.objects.to_change().get(pk=task.pk)


def moment(days: int) -> datetime:
    """So many days after the third case."""
    return THIRD + timedelta(days=days)
