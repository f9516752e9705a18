"""What the list asks of a grid each month beside what was done: the measured burden (Art. 14, 15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum

from accounts.models import User
from common.shapes import Shown
from grids.models import Grid
from matters.models import Matter
from registry.models import Activity
from registry.policies import COLLECTED_KINDS
from worktime.clocks import SHANGHAI, day_of


@dataclass(frozen=True, slots=True)
class TaskCount(Shown):
    """One matter in the grids of a user: how often the list expects it this month, how often it was done."""

    matter: Matter
    expected: str
    done: int
    reached: int


def counts_of(user: User, grids: Collection[Grid], *, at: datetime) -> list[TaskCount]:
    """Returns every task and collection in force in these grids with its counts of this month, in list order."""
    day = day_of(at)
    first = datetime(day.year, day.month, 1, tzinfo=SHANGHAI)
    in_county: defaultdict[int, int] = defaultdict(int)
    for grid in grids:
        township = grid.village.parent
        if township is not None and township.parent_id is not None:
            in_county[township.parent_id] += 1
    done = {
        (row["matter__edition__county"], row["matter__code"]): row
        for row in Activity.objects.visible_to(user)
        .filter(status="done", ended_at__gte=first, grid__in=[grid.pk for grid in grids])
        .values("matter__edition__county", "matter__code")
        .annotate(times=Count("pk"), households=Sum("reached"))
    }
    rows = []
    for county, number in sorted(in_county.items()):
        matters = Matter.objects.in_force(county, day).filter(kind__in=COLLECTED_KINDS).order_by("code")
        for matter in matters:
            row = done.get((county, matter.code))
            rows.append(
                TaskCount(
                    matter,
                    times_words(matter.times_per_month * number),
                    row["times"] if row else 0,
                    row["households"] if row else 0,
                )
            )
    return rows


def times_words(times: Decimal) -> str:
    """Returns how often a list expects something: ``6 次``; less than once a month in months."""
    if not times:
        return "按需"
    if times < 1:
        return f"每 {round(1 / times)} 个月 1 次"
    return f"{times.quantize(Decimal('0.1')).normalize():f} 次"
