"""A lot is one grid in a plan, drawn or unchanged. Pure; shapes are Shapely in EPSG:4490 degrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypedDict

import numpy as np
import shapely
from shapely import Geometry

from geometry.cutting import match_nodes, nodes_of
from grids.facts import Facts, StoredUnit, Unit

State = Literal["unchanged", "changed", "new", "retired"]
ON_THE_BORDER = 2e-7  # degrees, two centimetres: rounding may move a node this far from its line
STATE_NAMES: dict[str, str] = {"unchanged": "不变", "changed": "调整", "new": "新设", "retired": "停用"}


class StoredLot(TypedDict):
    """A lot as JSON; the boundary is WKB in hexadecimal digits."""

    name: str
    kind: str
    premises: str
    village_id: int
    boundary: str | None
    households: int
    population: int
    units: list[StoredUnit]
    department_id: int | None
    state: State
    grid_id: int | None
    base_id: int | None
    code: str
    successor_key: str
    crs_source: str
    import_job_id: int | None


@dataclass(frozen=True)
class Lot:
    """One grid in a plan. ``base_id`` is the version it is based on, or None for a new grid."""

    key: str
    facts: Facts
    shape: Geometry | None
    state: State = "unchanged"
    grid_id: int | None = None
    base_id: int | None = None
    code: str = ""
    department_id: int | None = None
    successor_key: str = ""
    crs_source: str = ""
    import_job_id: int | None = None
    name_of_village: str = ""
    code_of_village: str = ""
    township_id: int | None = None

    @property
    def is_live(self) -> bool:
        """Whether the grid exists once the plan is in force."""
        return self.state != "retired"

    def with_facts(self, **changes: Any) -> Lot:
        """Return the lot with some facts changed; an unchanged lot becomes a changed one."""
        state: State = "changed" if self.state == "unchanged" else self.state
        return replace(self, facts=replace(self.facts, **changes), state=state)

    def reshaped(self, shape: Geometry) -> Lot:
        """Return the lot with another boundary."""
        return replace(self.with_facts(boundary=shapely.to_wkb(shape)), shape=shape)

    def stored(self) -> StoredLot:
        """Return the lot as JSON, for a step that can be undone."""
        facts = self.facts
        return {
            "name": facts.name,
            "kind": facts.kind,
            "premises": facts.premises,
            "village_id": facts.village_id,
            "boundary": facts.boundary.hex() if facts.boundary is not None else None,
            "households": facts.households,
            "population": facts.population,
            "units": [unit.stored() for unit in facts.units],
            "department_id": self.department_id,
            "state": self.state,
            "grid_id": self.grid_id,
            "base_id": self.base_id,
            "code": self.code,
            "successor_key": self.successor_key,
            "crs_source": self.crs_source,
            "import_job_id": self.import_job_id,
        }

    @staticmethod
    def read(key: str, stored: StoredLot) -> Lot:
        """Return the lot that :meth:`stored` wrote."""
        boundary = bytes.fromhex(stored["boundary"]) if stored["boundary"] else None
        facts = Facts(
            name=stored["name"],
            kind=stored["kind"],
            premises=stored["premises"],
            village_id=stored["village_id"],
            boundary=boundary,
            households=stored["households"],
            population=stored["population"],
            units=tuple(Unit.read(unit) for unit in stored["units"]),
        )
        return Lot(
            key=key,
            facts=facts,
            shape=shapely.from_wkb(boundary) if boundary else None,
            state=stored["state"],
            grid_id=stored["grid_id"],
            base_id=stored["base_id"],
            code=stored["code"],
            department_id=stored["department_id"],
            successor_key=stored["successor_key"],
            crs_source=stored["crs_source"],
            import_job_id=stored["import_job_id"],
        )


@dataclass
class Layout:
    """All lots of the places that a plan concerns, by key; ``names`` are the villages' names by primary key."""

    lots: dict[str, Lot]
    names: Mapping[int, str] = field(default_factory=dict)

    def live(self) -> list[Lot]:
        """Return the lots that exist once the plan is in force."""
        return [lot for lot in self.lots.values() if lot.is_live]

    def drawn(self) -> list[Lot]:
        """Return the lots that the plan creates, changes or retires."""
        return [lot for lot in self.lots.values() if lot.state != "unchanged"]

    def put(self, lots: Iterable[Lot]) -> None:
        """Replace or add lots."""
        for lot in lots:
            self.lots[lot.key] = lot


def matched(lots: Iterable[Lot]) -> list[Lot]:
    """Return the lots that have shapes, each border with all nodes that drawn neighbours have on it.

    A drawn border may end on a neighbour's edge where that neighbour has no node; without it the rounding to a
    centimetre would leave slivers. The state of a lot does not change.
    """
    found = [lot for lot in lots if lot.shape is not None]
    shapes = np.array([lot.shape for lot in found], dtype=object)
    drawn = [lot.shape for lot in found if lot.state != "unchanged" and lot.is_live]
    if drawn and not shapely.coverage_is_valid(shapes):
        nodes = nodes_of(drawn)
        for position, missing in _missing_nodes(shapes, nodes).items():
            (shape,) = match_nodes([found[position].shape], nodes[missing], tolerance=ON_THE_BORDER)
            found[position] = replace(found[position], shape=shape)
    return found


def _missing_nodes(shapes: np.ndarray, nodes: np.ndarray) -> dict[int, list[int]]:
    """Return which of ``nodes`` lie on a shape's border but are no node of it, by the shape's position."""
    borders = shapely.boundary(shapes)
    places, near = shapely.STRtree(shapely.points(nodes)).query(
        borders, predicate="dwithin", distance=ON_THE_BORDER
    )
    numbers = {node: number for number, node in enumerate(map(tuple, nodes.tolist()))}
    own, owners = shapely.get_coordinates(borders, return_index=True)
    held = {
        (owner, numbers[node])
        for owner, node in zip(owners.tolist(), map(tuple, own.tolist()), strict=True)
        if node in numbers
    }
    missing: dict[int, list[int]] = {}
    for pair in zip(places.tolist(), near.tolist(), strict=True):
        if pair not in held:
            missing.setdefault(pair[0], []).append(pair[1])
    return missing
