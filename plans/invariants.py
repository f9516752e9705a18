"""What must always be true of plans: effect on the day, a filing per publication, events without gaps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from django.db.models import Count, F, Q

from audit.models import Entry
from common import clock
from common.records.invariants import Invariant
from plans.models import GridPlan, PlanEvent
from worktime.clocks import day_of

LATENESS = timedelta(minutes=10)


def plans_that_missed_their_day() -> Iterator[str]:
    """Report published plans that are not in force on their day."""
    day = day_of(clock.now() - LATENESS)
    for plan in GridPlan.objects.due(day):
        yield f"{plan} 应于 {plan.effective_on} 生效，还没有生效"


def published_plans_without_filing() -> Iterator[str]:
    """Report published plans that have no filing with the city."""
    for plan in GridPlan.objects.public().filter(filing=None):
        yield f"{plan} 已公布，没有备案"


def plan_events_that_do_not_count() -> Iterator[str]:
    """Report plans unless events number 1..n, the chain is as long, and the last event has the present status."""
    rows = PlanEvent.objects.order_by("plan_id", "seq").values_list(
        "plan_id", "seq", "to_status", "plan__status", "plan__event_count"
    )
    for plan_id, events in groupby(rows, key=lambda row: row[0]):
        line = list(events)
        _, _, status, present, count = line[-1]
        if [seq for _, seq, *_ in line] != list(range(1, count + 1)) or status != present:
            yield f"方案 {plan_id} 的经过不连续，或与现状不符"
    links = dict(
        Entry.objects.filter(subject__startswith="grid_plan:")
        .values_list("subject")
        .annotate(links=Count("pk"))
        .order_by()
    )
    for pk, count in GridPlan.objects.values_list("pk", "event_count"):
        if links.get(f"grid_plan:{pk}", 0) != count:
            yield f"方案 {pk} 有 {count} 条经过，审计链有 {links.get(f'grid_plan:{pk}', 0)} 环"


def agreed_plans_without_consent() -> Iterator[str]:
    """Report agreed plans without the consent of all parties that were asked (会同)."""
    beyond = GridPlan.objects.filter(status__in=["agreed", "approved", "published", "in_force"])
    asked = Count("consents")
    given = Count("consents", filter=Q(consents__answer="consented"))
    for plan in beyond.annotate(asked=asked, given=given).exclude(asked=F("given"), asked__gt=0):
        yield f"{plan} 未经全部会签"


INVARIANTS = (
    Invariant("已公布的方案按日生效", plans_that_missed_their_day),
    Invariant("公布的方案都有备案", published_plans_without_filing),
    Invariant("方案经过连续且与审计链一样长", plan_events_that_do_not_count),
    Invariant("批准的方案都经全部会签", agreed_plans_without_consent),
)
