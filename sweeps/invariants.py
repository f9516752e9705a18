"""The invariant that no automatic work is stuck."""

from __future__ import annotations

from collections.abc import Iterator

from common import clock
from common.records.invariants import Invariant
from sweeps.due import LATE_AFTER, oldest_unfinished
from sweeps.models import Setback


def stuck_sweeps() -> Iterator[str]:
    """Find sweeps whose oldest row has been unfinished for more than a minute, and each row that raised."""
    at = clock.now()
    for sweep, since in sorted(oldest_unfinished(at).items()):
        if at - since > LATE_AFTER:
            yield f"{sweep} 最早的一件已等了 {(at - since).total_seconds():.0f} 秒"
    for setback in Setback.objects.filter(since__lt=at - LATE_AFTER).order_by("since")[:1000]:
        yield f"{setback} 已试 {setback.attempts} 次：{setback.reason}"


INVARIANTS = (Invariant("定时处理没有卡住的对象", stuck_sweeps),)
