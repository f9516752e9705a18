"""The orders of supervision: by a red light or a third failed check, climbing, ended with their case (Art. 18)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from demo.simulation.calculator import moment_of
from demo.simulation.stays import Rules, Stay
from demo.simulation.table import Table
from demo.simulation.tables import ANSWERED_WITHIN
from demo.simulation.world import World
from supervision.models import OrderEvent, SupervisionOrder
from workflow.models import Case, CaseEvent

LEVELS = ("township", "county", "city")


def compare_orders(
    table: Table, world: World, rules: Rules, reds: list[tuple[Stay, int, int]], ends: dict[int, int | None]
) -> None:
    """Compare the orders of a run with what its red lights, failed checks and unanswered orders demanded."""
    followed = [moment_of(at) for at in world.log.followed]
    orders = list(SupervisionOrder.objects.select_related("effect_of").order_by("pk"))
    table.orders = len(orders)
    by_stay: dict[int, list[int]] = defaultdict(list)
    by_case: dict[int, list[int]] = defaultdict(list)
    for order in orders:
        if order.effect_of is not None:
            by_stay[order.effect_of.stage_id].append(moment_of(order.issued_at))
        if order.ground == "failed_checks":
            by_case[order.case_id].append(moment_of(order.issued_at))
    for stay, key, lit in reds:
        wake = _first(followed, lit, before=stay.end)
        table.settle("order: red light", f"stay {key}", moment=lit, wake=wake, did=by_stay.pop(key, []))
    for key, issued in by_stay.items():
        table.unasked("order: red light", f"stay {key}", len(issued))
    for case, failed in _third_failures(ends):
        wake = _first(followed, failed, before=ends[case])
        table.settle(
            "order: third failure", f"case {case}", moment=failed, wake=wake, did=by_case.pop(case, [])
        )
    for case, issued in by_case.items():
        table.unasked("order: third failure", f"case {case}", len(issued))
    events: dict[int, list[OrderEvent]] = defaultdict(list)
    for event in OrderEvent.objects.order_by("order", "seq"):
        events[event.order_id].append(event)
    urgent = dict(Case.objects.values_list("pk", "urgency"))
    for order in orders:
        _compare_order(
            table, order.pk, events[order.pk], rules, followed, is_urgent=urgent[order.case_id] == 3,
            end=ends[order.case_id],
        )  # fmt: skip


def _third_failures(ends: dict[int, int | None]) -> Iterator[tuple[int, int]]:
    """The cases with their third failed check that was not taken back, and its moment."""
    verbs = CaseEvent.objects.filter(
        verb__in=("fail_check", "undo", "pass_check", "rate", "accept", "assign")
    )
    for case, line in groupby(verbs.order_by("case", "seq"), key=lambda event: event.case_id):
        kept: list[CaseEvent] = []
        for event in line:
            if event.verb == "undo":
                kept.pop()
            else:
                kept.append(event)
        failures = [event for event in kept if event.verb == "fail_check"]
        if len(failures) >= 3 and case in ends:
            yield case, moment_of(failures[2].at)


def _first(passes: Sequence[int], moment: int, *, before: int | None) -> int | None:
    place = bisect_left(passes, moment)
    found = passes[place] if place < len(passes) else None
    return None if found is None or (before is not None and found >= before) else found


def _compare_order(
    table: Table, key: int, events: Sequence[OrderEvent], rules: Rules, followed: Sequence[int], *,
    is_urgent: bool, end: int | None,
) -> None:  # fmt: skip
    """Lay down an order from its events: when it had to climb, and when it ended with its case."""
    limit = ANSWERED_WITHIN[is_urgent]
    climbs = [moment_of(event.at) for event in events if event.verb == "climb"]
    due: int | None = None
    level, last = "", events[-1]
    turns = [event for event in events if event.verb != "climb"]
    for place, event in enumerate(turns):
        at = moment_of(event.at)
        following = moment_of(turns[place + 1].at) if place + 1 < len(turns) else None
        if event.verb == "receive":
            pass
        elif event.verb in ("issue", "send_back"):
            due = rules.at(at)[0].end_of(at, limit)
            level = event.level if event.verb == "issue" else level
        else:
            due = None
        while due is not None:
            wake = _first(followed, max(due, at), before=following)
            did = [climb for climb in climbs if climb >= at and (following is None or climb < following)][:1]
            if wake is None and not did:
                break
            table.settle("order: climbs", f"order {key}", moment=due, wake=wake, did=did)
            climbs = [climb for climb in climbs if climb not in did]
            climbed = did[0] if did else wake or due
            due = None if level == "city" else rules.at(climbed)[0].end_of(climbed, limit)
            level = LEVELS[min(LEVELS.index(level) + 1, 2)]
    if climbs:
        table.unasked("order: climbs", f"order {key}", len(climbs))
    lifted = [moment_of(event.at) for event in events if event.verb == "lift_with_case"]
    if end is not None and (lifted or last.to_status not in ("accepted", "lifted")):
        wake = _first(followed, max(end, moment_of(events[0].at)), before=None)
        table.settle("order: ends with its case", f"order {key}", moment=end, wake=wake, did=lifted)
    elif lifted:
        table.unasked("order: ends with its case", f"order {key}")
