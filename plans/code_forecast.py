"""The effect of a coding rule on the register before it is published, and the numbers left (Art. 7)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grids.actions.codes import place_of
from grids.codes import KINDS, Rule
from grids.models import Division, Grid, GridCode
from grids.querysets import DivisionQuerySet

SHOWN = 10
ABOVE = ("village", "village__parent", "village__parent__parent")


@dataclass(frozen=True)
class Renamed:
    """A grid with its code now and under the rule."""

    name: str
    village: str
    old: str
    new: str


@dataclass(frozen=True)
class Ahead:
    """The register under a rule: how many grids get another code, ten of them, and the fault if it fails."""

    total: int
    sample: Sequence[Renamed]
    fault: str = ""


@dataclass(frozen=True)
class Left:
    """The numbers of one kind of grid: its range, and the village with the fewest numbers left."""

    kind: str
    low: int
    high: int
    village: str
    free: int

    @property
    def each(self) -> int:
        """Return how many grids of the kind a village can ever have."""
        return self.high - self.low + 1


class _Taken:
    """All codes ever given, sorted, so that the codes of one village are found quickly."""

    def __init__(self) -> None:
        self.codes = sorted(GridCode.objects.values_list("code", flat=True))

    def numbers(self, rule: Rule, village: Division, kind: str) -> set[int]:
        """Return the sequence numbers that the rule reads in the codes of this village."""
        place = place_of(village)
        prefix, _ = rule.prefix_and_suffix(place, kind=kind)
        first, last = bisect_left(self.codes, prefix), bisect_right(self.codes, prefix + "~")
        found = (rule.sequence_of(code, place, kind=kind) for code in self.codes[first:last])
        return {number for number in found if number is not None}


def look_ahead(rule: Rule) -> Ahead:
    """Give codes to the grids in force as the rule will, without writing anything; two statements."""
    rows = (
        Grid.objects.in_force()
        .select_related(ABOVE[-1])
        .defer("boundary", *(f"{place}__outline" for place in ABOVE))
        .order_by("village__code", "code")
    )
    grids = [grid for grid in rows if not rule.keeps(grid.code, place_of(grid.village), kind=grid.kind)]
    taken = _Taken()
    numbers: dict[tuple[str, str], set[int]] = {}
    renamed: list[Renamed] = []
    for grid in grids:
        try:
            place = place_of(grid.village)
            ends = rule.prefix_and_suffix(place, kind=grid.kind)
            if ends not in numbers:
                numbers[ends] = taken.numbers(rule, grid.village, grid.kind)
            number = rule.next_sequence(numbers[ends], kind=grid.kind)
            numbers[ends].add(number)
            code = rule.compose(place, kind=grid.kind, sequence=number)
        except ValueError as error:
            return Ahead(len(grids), spread(renamed), f"{grid.village.name}：{error}")
        renamed.append(Renamed(grid.name, grid.village.name, grid.code, code))
    return Ahead(len(grids), spread(renamed))


def spread(rows: Sequence[Renamed]) -> list[Renamed]:
    """Return up to ten rows spread over the register, including the first."""
    return list(rows[:: max(1, -(-len(rows) // SHOWN))][:SHOWN])


def numbers_left(rule: Rule, counties: Iterable[Division]) -> list[Left]:
    """Return for each kind the village of these counties with the fewest numbers left; two statements."""
    taken, villages = _Taken(), list(_villages(counties))
    return [found for kind in KINDS if (found := _fewest(rule, kind, villages, taken)) is not None]


def _villages(counties: Iterable[Division]) -> DivisionQuerySet:
    rows = Division.objects.of_level("village").filter(parent__parent__in=list(counties))
    return rows.select_related("parent__parent").defer(
        "outline", "parent__outline", "parent__parent__outline"
    )


def _fewest(rule: Rule, kind: str, villages: Sequence[Division], taken: _Taken) -> Left | None:
    low, high = rule.ranges[kind]
    fewest: Left | None = None
    for village in villages:
        used = [number for number in taken.numbers(rule, village, kind) if low <= number <= high]
        free = high - max(used, default=low - 1)
        if fewest is None or free < fewest.free:
            fewest = Left(kind, low, high, village.name, free)
    return fewest
