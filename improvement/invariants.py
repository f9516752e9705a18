"""What must always be true of improvement tasks (Art. 19)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max

from common.records.invariants import Invariant
from improvement.models import ImprovementTask


def tasks_that_do_not_replay() -> Iterator[str]:
    """The events of a task are numbered without gaps, and the last one names its present status."""
    counted = ImprovementTask.objects.annotate(found=Count("events"), last=Max("events__seq"))
    for task in counted.exclude(found=F("event_count"), last=F("event_count"))[:1000]:
        yield f"{task} 的经过不连续"
    for task in ImprovementTask.objects.exclude(events__seq=F("event_count"), events__to_status=F("status"))[
        :1000
    ]:
        yield f"{task} 的经过与现状不一致"


def tasks_without_cases() -> Iterator[str]:
    """Every task is about cases."""
    for task in ImprovementTask.objects.filter(members=None)[:1000]:
        yield f"{task} 没有事项"


INVARIANTS = (
    Invariant("治理任务的经过连续", tasks_that_do_not_replay),
    Invariant("治理任务都有事项", tasks_without_cases),
)
