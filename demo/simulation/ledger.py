"""Compares what the oracle says the clocks owed with what the platform has written."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable

from demo.simulation.calculator import moment_of
from demo.simulation.facts import Reader, offices_of
from demo.simulation.oracle import Account
from demo.simulation.order_ledger import compare_orders
from demo.simulation.stays import Passes, Rules, Stay, debts_of
from demo.simulation.table import Table
from demo.simulation.tables import CALLED, RULE_OF_VERB
from demo.simulation.world import World
from supervision.models import OrderEvent
from workflow.models import Case, CaseEvent, DeadlineChange, StageEffect

EVENTS = {
    "remind": "remind",
    "flag_overdue": "overdue",
    "report_up": "escalate",
    "raise_supervision": "supervise",
    **RULE_OF_VERB,
}


def compare(world: World) -> Table:
    """Work out what a finished run owed and compare it with the rows of the database."""
    table, passes = Table(), Passes([moment_of(at) for at in world.log.whole])
    for at, held in world.log.held:
        passes.held.setdefault(moment_of(at), set()).add(held)
    replanned = [moment_of(world.log.replanned_at)] if world.log.replanned_at else []
    rules = Rules(offices_of(world.log), replanned)
    reader = Reader(world)
    ends: dict[int, int | None] = {}
    reds: list[tuple[Stay, int, int]] = []
    for case in Case.objects.select_related("matter").order_by("pk").iterator():
        account = reader.account_of(case, rules, passes)
        ends[case.pk] = account.ended_at
        table.cases += 1
        until = account.ended_at if account.ended_at is not None else moment_of(world.now)
        table.case_days += (until - account.stays[0].start) / 86_400_000_000
        reds += _compare_case(table, case.pk, account, reader, passes)
    compare_orders(table, world, rules, reds, ends)
    table.effects = sum(len(found) for found in reader.effects.values())
    table.replanned = DeadlineChange.objects.count()
    table.digest = digest()
    return table


def _compare_case(
    table: Table, pk: int, account: Account, reader: Reader, passes: Passes
) -> list[tuple[Stay, int, int]]:
    """Compare the clocks of one case; returns its red lights with their keys and moments."""
    reds: list[tuple[Stay, int, int]] = []
    of_case = [stage for stage in reader.stages[pk] if stage.share_id is None]
    if [(one.status, moment_of(one.started_at)) for one in of_case] != [
        (s.status, s.start) for s in account.stays
    ]:
        table.unasked("stays", f"case {pk}")
        return reds
    stays = dict(zip([stage.pk for stage in of_case], account.stays, strict=True)) | account.shares
    rung: Counter[tuple[str, int]] = Counter()
    for stage in reader.stages[pk]:
        kind = "" if stage.share_id is None else "share: "
        found: dict[str, list[StageEffect]] = defaultdict(list)
        for effect in reader.effects[stage.pk]:
            found[effect.rule].append(effect)
            if effect.rule.rpartition("_")[0] not in CALLED:  # of several missed calls one is told
                rung[effect.rule, moment_of(effect.at)] += 1
        if stage.pk not in stays:
            for rule in found:
                table.unasked(kind + rule, f"stay {stage.pk}")
            continue
        for debt in debts_of(stays[stage.pk], passes, pk):
            did = found.pop(debt.rule, [])
            at = [moment_of(one.at) for one in did]
            planned = moment_of(did[0].due_at) if did else None
            about = f"case {pk} stay {stage.pk} {stage.status}"
            table.settle(
                kind + debt.rule,
                about,
                moment=debt.moment,
                wake=debt.wake,
                did=at,
                planned=planned,
                since=debt.since,
            )
            if debt.rule == "supervise" and not kind and (at or debt.wake is not None):
                reds.append((stays[stage.pk], stage.pk, at[0] if at else debt.wake or 0))
        for rule in found:
            table.unasked(kind + rule, f"case {pk} stay {stage.pk} {stage.status}", len(found[rule]))
    _compare_events(table, pk, rung, reader.events[pk])
    return reds


def _compare_events(
    table: Table, pk: int, rung: Counter[tuple[str, int]], events: Iterable[CaseEvent]
) -> None:
    """Each effect has its one event, at its moment."""
    written = Counter((EVENTS[one.verb], moment_of(one.at)) for one in events if one.verb in EVENTS)
    row = table.row("events of the clock")
    row.should += rung.total()
    row.did += written.total()
    for what, count in (rung - written).items():
        row.missing += count
        table.faults.append(f"case {pk}: no event of {what}")
    for what, count in (written - rung).items():
        row.doubled += count
        table.faults.append(f"case {pk}: an event too many of {what}")


def digest() -> str:
    """The same for two runs in which the same happened: every effect, event and order, by case and in order."""
    total = hashlib.sha256()
    for rows in (
        StageEffect.objects.order_by("stage__case", "at", "stage", "pk").values_list(
            "stage__case", "stage__status", "rule", "deadline_version", "due_at", "at"
        ),
        CaseEvent.objects.order_by("case", "seq").values_list(
            "case", "seq", "verb", "to_status", "level", "at"
        ),
        OrderEvent.objects.order_by("order", "seq").values_list("order", "seq", "verb", "to_status", "at"),
    ):
        for row in rows.iterator():
            total.update(repr(row).encode())
    return total.hexdigest()[:16]
