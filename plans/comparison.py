"""What a plan changes in one grid, field by field, in words (Art. 7, 8). Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import shapely
from shapely import Geometry

from geometry.areas import area_m2
from grids.facts import Facts, Unit
from grids.models import Grid, GridUnit

LEAST_M2 = 1.0  # a smaller change is only alignment with the neighbours' nodes
NO_CODE = "批准时给出"
KIND_NAMES: dict[str, str] = dict(Grid.Kind.choices)
PREMISES_NAMES: dict[str, str] = dict(Grid.Premises.choices)
UNIT_NAMES: dict[str, str] = dict(GridUnit.Kind.choices)


@dataclass(frozen=True)
class Side:
    """A grid at one moment: its facts and readable names; shapes are in EPSG:4490 degrees."""

    facts: Facts
    village: str
    code: str = ""
    department: str = ""
    shape: Geometry | None = None


@dataclass(frozen=True)
class Difference:
    """One field that differs before and after; empty where the grid does not exist yet or no longer exists."""

    key: str
    name: str
    before: str
    after: str


def differences(before: Side | None, after: Side | None) -> list[Difference]:
    """Return every field that differs, in the order of display; all fields of a grid that begins or ends.

    A border that moved by less than a square metre in total is no difference.
    """
    old, new = _words(before), _words(after)
    found: dict[str, Difference | None] = {
        key: Difference(key, name, old.get(key, ""), new.get(key, ""))
        for key, name in FIELDS.items()
        if old.get(key, "") != new.get(key, "")
    }
    if before is not None and after is not None:
        found |= {"area": _border(before, after), "units": _units(before.facts, after.facts)}
    kept = (found.get(key) for key in FIELDS)
    return [difference for difference in kept if difference is not None]


FIELDS = {
    "name": "名称",
    "code": "编码",
    "kind": "类型",
    "village": "村社区",
    "area": "面积",
    "households": "户数",
    "population": "人口",
    "department": "职能部门",
    "units": "基本单元",
}


def _words(side: Side | None) -> dict[str, str]:
    if side is None:
        return {}
    facts = side.facts
    premises = f"（{PREMISES_NAMES[facts.premises]}）" if facts.premises else ""
    return {
        "name": facts.name,
        "code": side.code or NO_CODE,
        "kind": f"{KIND_NAMES[facts.kind]}{premises}",
        "village": side.village,
        "area": _square_metres(area_m2(side.shape)) if side.shape is not None else "",
        "households": f"{facts.households:,} 户",
        "population": f"{facts.population:,} 人",
        "department": side.department,
        "units": "、".join(unit.name for unit in facts.units),
    }


def _border(before: Side, after: Side) -> Difference | None:
    """Return the two areas if the border moved, and how much land changed between grids."""
    old, new = _words(before)["area"], _words(after)["area"]
    if before.shape is None or after.shape is None:
        return None if old == new else Difference("area", FIELDS["area"], old, new)
    moved = _moved_m2(before.shape, after.shape)
    if moved < LEAST_M2:
        return None
    plainly = abs(area_m2(after.shape) - area_m2(before.shape))  # if land was only added or only given away
    more = (
        "" if moved - plainly < max(LEAST_M2, moved / 1000) else f"（边界移动涉及 {_square_metres(moved)}）"
    )
    return Difference("area", FIELDS["area"], old, f"{new}{more}")


def _moved_m2(before: Geometry, after: Geometry) -> float:
    if shapely.equals_exact(before, after):
        return 0.0
    return area_m2(shapely.symmetric_difference(shapely.make_valid(before), shapely.make_valid(after)))


def _units(before: Facts, after: Facts) -> Difference | None:
    """Return removed units under ``before`` and added units under ``after``."""
    old, new = Counter(before.units), Counter(after.units)
    gone, come = list((old - new).elements()), list((new - old).elements())
    if not gone and not come:
        return None
    return Difference("units", FIELDS["units"], _listed("移出", gone), _listed("加入", come))


def _listed(word: str, units: list[Unit]) -> str:
    return f"{word}：{'、'.join(unit.name for unit in units)}" if units else ""


def _square_metres(area: float) -> str:
    return f"{area:,.0f} 平方米"
