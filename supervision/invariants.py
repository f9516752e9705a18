"""What must always be true of supervision orders (Art. 17, 18)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, Max

from common.records.invariants import Invariant
from supervision.models import SupervisionOrder


def orders_that_do_not_replay() -> Iterator[str]:
    """The events of an order are numbered without gaps, and the last one names its present status."""
    counted = SupervisionOrder.objects.annotate(found=Count("events"), last=Max("events__seq"))
    for order in counted.exclude(found=F("event_count"), last=F("event_count"))[:1000]:
        yield f"{order} 的经过不连续"
    for order in SupervisionOrder.objects.exclude(
        events__seq=F("event_count"), events__to_status=F("status")
    )[:1000]:
        yield f"{order} 的经过与现状不一致"


def numbers_with_gaps() -> Iterator[str]:
    """The numbers of a place in a year run from 1 without gaps."""
    rows = (
        SupervisionOrder.objects.values("seat__name", "year")
        .annotate(count=Count("pk"), highest=Max("serial"))
        .order_by("seat__name", "year")
    )
    for row in rows:
        if row["count"] != row["highest"]:
            yield f"{row['seat__name']} {row['year']} 年的督办单缺号"


INVARIANTS = (
    Invariant("督办单的经过连续", orders_that_do_not_replay),
    Invariant("督办单的编号不缺号", numbers_with_gaps),
)
