"""A draw of closed cases of the demo township, one of them looked at again."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from demo.cases import TOWNSHIP
from grids.models import Division
from rechecks.actions import DrawPlan, closed_cases, draw_cases, find
from worktime.clocks import day_of

SIZE = 3


def draw_demonstration_cases(*, at: datetime) -> int:
    """Draw up to three cases that were verified; return how many."""
    desk, day = User.objects.get(username="dispatcher"), day_of(at)
    place = Division.objects.get(code=TOWNSHIP)
    plan = DrawPlan(place, "verified", day - timedelta(days=60), day, SIZE)
    if not closed_cases(plan).exists():
        return 0
    draw = draw_cases(plan, by=desk, at=at)
    first = next((each for each in draw.rechecks.order_by("pk") if desk.pk not in each.concerned), None)
    if first is not None:
        find(first, finding="genuine", note="到现场看过，和办结时的照片一致。", by=desk, at=at)
    return draw.size
