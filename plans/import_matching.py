"""What a row of a file means for a plan: a new grid, a changed grid, nothing new, or a fault. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import shapely

from common.errors import RuleViolation
from exchange.outlines import NO_BORDER
from exchange.polygons import PARTS_APART
from exchange.rows import ReadGrid, Reading
from grids.divisions import full_name, spoken_names
from grids.facts import Facts, Unit
from grids.models import Division
from plans.drawing import checked, missing
from plans.lots import Layout, Lot

SAME_SHAPE = 2e-7  # degrees, two centimetres: a difference from rounding in the file is no change

COLUMNS = {"name": "网格名称", "premises": "专属类别", "department": "职能部门", "households": "户数"}


@dataclass(frozen=True)
class Arrival:
    """The outcome of one row; only ``create`` and ``change`` have a ``lot``."""

    row: int
    outcome: str
    name: str
    lot: Lot | None = None
    field: str = ""
    reason: str = ""
    repairs: tuple[str, ...] = ()


class _Fault(Exception):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


def arrivals(
    reading: Reading, layout: Layout, villages: Iterable[Division], *, prefix: str
) -> Iterator[Arrival]:
    """Compare each readable row with the plan's layout, in the order of the file.

    A grid is matched by its code, else by its name in its village; keys of new grids begin with ``prefix``.
    """
    register = _Register(layout, list(villages))
    for read in reading.grids:
        try:
            yield register.take(read, key=f"{prefix}{read.row}")
        except _Fault as fault:
            yield Arrival(
                read.row, "fault", read.name, field=fault.field, reason=f"第{read.row}行：{fault.reason}"
            )


class _Register:
    """The places and grids that rows are compared with, and the rows already read."""

    def __init__(self, layout: Layout, villages: list[Division]) -> None:
        self.by_village_code = {village.code: village for village in villages}
        self.reach = {village.pk for village in villages}
        self.by_village_name: dict[str, list[Division]] = defaultdict(list)
        for village in villages:
            self.by_village_name[village.name].append(village)
        live = layout.live()
        self.by_code = {lot.code: lot for lot in live if lot.code}
        self.by_name = {(lot.facts.village_id, lot.facts.name): lot for lot in live}
        self.seen: dict[str, int] = {}

    def take(self, read: ReadGrid, *, key: str) -> Arrival:
        """Return the outcome of a row; raises _Fault with the column to correct."""
        known = self.by_code.get(read.code) if read.code else None
        if known is not None and known.facts.village_id not in self.reach:
            raise _Fault("编码", f"编码 {read.code[:24]} 的网格不在您能改动的范围内。")
        village = self.village_of(read, known)
        known = known or self.by_name.get((village.pk, read.name))
        self.refuse_twice(read, known.key if known else f"{village.pk}/{read.name}")
        facts = self.facts_of(read, village, known)
        department = known.department_id if known else None
        self.refuse_border(read, known)
        try:
            checked(facts)
            for field, sentence in missing(facts, department_id=department):
                raise RuleViolation(sentence, field=field)
        except RuleViolation as refusal:
            raise _Fault(COLUMNS.get(refusal.field, "这一行"), refusal.sentence) from refusal
        if known is None:
            lot = Lot(key, facts, read.shape, state="new", code=read.code)
            return Arrival(read.row, "create", read.name, lot, repairs=read.repairs)
        if _is_same(known, facts, read):
            return Arrival(read.row, "same", read.name, repairs=read.repairs)
        changed = replace(
            known, facts=facts, shape=shapely.from_wkb(facts.boundary) if facts.boundary else None
        )
        state = "changed" if known.state == "unchanged" else known.state
        return Arrival(read.row, "change", read.name, replace(changed, state=state), repairs=read.repairs)

    def village_of(self, read: ReadGrid, known: Lot | None) -> Division:
        """Return the village that the row names by code or name, else the village of the grid it changes."""
        if read.village_code:
            village = self.by_village_code.get(read.village_code)
            if village is None:
                raise _Fault("村代码", f"村（社区）代码 {read.village_code[:20]} 不在您能改动的范围内。")
            return village
        if read.village_name:
            named = self.villages_called(read.village_name)
            if len(named) > 1:
                raise _Fault(
                    "村名称", f"有 {len(named)} 个村（社区）叫“{read.village_name[:20]}”，请填村代码。"
                )
            if not named:
                raise _Fault("村名称", f"“{read.village_name[:20]}”不在您能改动的村（社区）之内。")
            return named[0]
        own = next(
            (v for v in self.by_village_code.values() if known and v.pk == known.facts.village_id), None
        )
        if own is None:
            raise _Fault("村代码", "没有写明属于哪个村（社区）。")
        return own

    def villages_called(self, text: str) -> list[Division]:
        """Return the villages of this name: short, official, or with the names of the places above in front."""
        for name in spoken_names("".join(text.split())):
            if exact := self.by_village_name.get(name):
                return exact
            tails = (name[start:] for start in range(1, len(name) - 1))
            named = (each for tail in tails for each in self.by_village_name.get(tail, ()))
            if whole := [each for each in named if _full_name(each).endswith(name)]:
                return whole
        return []

    def refuse_twice(self, read: ReadGrid, identity: str) -> None:
        """Raise _Fault if an earlier row has the same grid."""
        earlier = self.seen.setdefault(identity, read.row)
        if earlier != read.row:
            raise _Fault("网格名称", f"与第{earlier}行是同一个网格“{read.name[:20]}”。")

    def refuse_border(self, read: ReadGrid, known: Lot | None) -> None:
        """Raise _Fault if the file has several pieces, or no border, for a grid that is not kept like that."""
        kept = known.shape if known else None
        if read.lacks_border and (known is None or kept is not None):
            raise _Fault("边界", NO_BORDER)
        pieces = shapely.get_num_geometries(read.shape) if read.shape is not None else 0
        if pieces > 1 and (kept is None or pieces > shapely.get_num_geometries(kept)):
            raise _Fault("边界", PARTS_APART.format(pieces))

    def facts_of(self, read: ReadGrid, village: Division, known: Lot | None) -> Facts:
        """Return the row's facts on top of the known ones; facts that the file omits stay."""
        before = known.facts if known else None
        kind = read.kind or (
            before.kind if before else "community" if village.name.endswith("社区") else "village"
        )
        boundary = (
            shapely.to_wkb(read.shape) if read.shape is not None else before.boundary if before else None
        )
        return Facts(
            name=read.name,
            kind=kind,
            village_id=village.pk,
            boundary=boundary,
            premises=(read.premises or (before.premises if before else "")) if kind == "dedicated" else "",
            households=_number_or(read.households, before.households if before else 0),
            population=_number_or(read.population, before.population if before else 0),
            units=tuple(Unit(u.kind, u.name, u.address, u.households) for u in read.units)
            or (before.units if before else ()),
        )


def _full_name(village: Division) -> str:
    steps, step = [village.name], village.parent
    while step is not None:
        steps.append(step.name)
        step = step.parent
    return full_name(reversed(steps))


def _number_or(number: int | None, before: int) -> int:
    return before if number is None else number


def _is_same(known: Lot, facts: Facts, read: ReadGrid) -> bool:
    if replace(known.facts, boundary=None) != replace(facts, boundary=None):
        return False
    if read.shape is None or known.shape is None:
        return read.shape is None
    if read.shape.equals_exact(known.shape, SAME_SHAPE):
        return True
    return bool(shapely.normalize(read.shape).equals_exact(shapely.normalize(known.shape), SAME_SHAPE))
