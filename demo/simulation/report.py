"""The result of a simulation, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from demo.simulation.table import Table
from demo.simulation.world import World

SHOWN = 30


def lines_of(table: Table, world: World, *, seconds: float, whole: float) -> Iterator[str]:
    """The table "should have / did", then what the run was, then what is wrong."""
    heads = ("should", "did", "missing", "doubled", "early", "late")
    yield f"{'rule':<28}" + "".join(f"{head:>9}" for head in heads) + f"{'latest after due':>20}"
    for rule in sorted(table.rows):
        row = table.rows[rule]
        numbers = "".join(f"{getattr(row, head):>9,}" for head in heads)
        yield f"{rule:<28}{numbers}{str(row.latest).split('.')[0]:>20}"
    sums = [sum(getattr(row, head) for row in table.rows.values()) for head in heads]
    yield f"{'all rules':<28}" + "".join(f"{number:>9,}" for number in sums)
    log, people = world.log, world.people
    yield (
        f"{table.cases:,} cases, {table.case_days:,.0f} case-days, {table.effects:,} effects, {table.orders:,} orders; "
        f"{people.done.total():,} acts, {people.refused.total():,} refused, {log.wakes:,} wake-ups"
    )
    yield f"{table.replanned:,} running deadlines planned anew after the notice of the next year"
    yield "faults: " + (", ".join(f"{kind} {count}" for kind, count in sorted(log.faults.items())) or "none")
    yield "acts: " + ", ".join(f"{verb} {count}" for verb, count in sorted(people.done.items()))
    yield "refused: " + ", ".join(f"{verb} {count}" for verb, count in sorted(people.refused.items()))
    yield f"digest {table.digest}; {seconds:.1f} s for the days, {whole:.1f} s in all"
    yield from (f"WRONG: {fault}" for fault in table.faults[:SHOWN])
