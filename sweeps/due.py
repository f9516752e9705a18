"""The age of the oldest unfinished row of each sweep, for /readyz and `verify`.

An app registers in its ``due.py`` since when its oldest row has been due, so that a sweep that never runs is noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Min

from common import clock
from common.web.health import register_finding
from sweeps.models import Setback

OldestDue = Callable[[datetime], datetime | None]
LATE_AFTER = timedelta(seconds=60)
_oldest: dict[str, OldestDue] = {}


def register_due(sweep: str, oldest: OldestDue) -> None:
    """Register a function that returns since when the oldest row of ``sweep`` has been due (None if nothing is due)."""
    _oldest[sweep] = oldest


def oldest_unfinished(at: datetime) -> dict[str, datetime]:
    """By sweep, since when its oldest row has been unfinished; sweeps with nothing due are left out."""
    found = {sweep: oldest(at) for sweep, oldest in _oldest.items()}
    since = {sweep: moment for sweep, moment in found.items() if moment is not None and moment <= at}
    failed = Setback.objects.values_list("sweep").annotate(since=Min("since")).order_by()
    for sweep, moment in failed:
        since[sweep] = min(moment, since.get(sweep, moment))
    return since


def finding() -> str:
    """``ok``, or the sweeps whose oldest row has been unfinished for more than a minute, with its age."""
    at = clock.now()
    late = {sweep: at - since for sweep, since in oldest_unfinished(at).items() if at - since > LATE_AFTER}
    words = [f"{sweep} {age.total_seconds():.0f} s" for sweep, age in sorted(late.items())]
    return ", ".join(words) or "ok"


register_finding("sweeps", finding)
