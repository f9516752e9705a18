"""What a plan, a file or a form states about one grid. Pure; boundaries are WKB in EPSG:4490 degrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

import shapely

from common.shapes import Columns


class StoredUnit(TypedDict):
    """A unit as JSON."""

    kind: str
    name: str
    address: str
    households: int | None


@dataclass(frozen=True)
class Unit:
    """A basic unit that a grid is made of (Art. 8); ``households`` may be unknown."""

    kind: str
    name: str
    address: str = ""
    households: int | None = None

    def stored(self) -> StoredUnit:
        """The unit as JSON."""
        return {
            "kind": self.kind,
            "name": self.name,
            "address": self.address,
            "households": self.households,
        }

    @staticmethod
    def read(stored: Mapping[str, Any]) -> Unit:
        """Return the unit that :meth:`stored` wrote."""
        return Unit(stored["kind"], stored["name"], stored.get("address", ""), stored.get("households"))


@dataclass(frozen=True)
class Facts:
    """Everything about a grid except its code, its status and its dates."""

    name: str
    kind: str
    village_id: int
    boundary: bytes | None = None
    premises: str = ""
    households: int = 0
    population: int = 0
    units: tuple[Unit, ...] = field(default=())

    def columns(self) -> Columns:
        """Return the columns that the present row and a version share, including the bounding box."""
        box: tuple[float | None, ...] = (None, None, None, None)
        if self.boundary is not None:
            box = shapely.from_wkb(self.boundary).bounds
        return {
            "name": self.name,
            "kind": self.kind,
            "premises": self.premises,
            "village_id": self.village_id,
            "boundary": self.boundary,
            "households": self.households,
            "population": self.population,
            **dict(zip(("min_lon", "min_lat", "max_lon", "max_lat"), box, strict=True)),
        }
