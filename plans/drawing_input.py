"""The input of a drawing verb from a form, the editor or the API, read into shapes and facts. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from unicodedata import normalize

import shapely
from shapely import Geometry, LineString, Polygon

from common.errors import RuleViolation
from common.numbers import whole_number
from exchange.crs import SYSTEMS, to_cgcs2000
from grids.facts import Facts, Unit

MOST_NODES = 2_000  # of one boundary that is drawn or typed; a file may have more
MOST_TURNS = 100  # of a cutting line: a line with many self-crossings takes minutes
MOST_SHAPES = 200
PUYANG = (114.0, 35.0, 117.0, 37.0)
UNIT_KINDS = {
    "居民小区": "estate",
    "小区": "estate",
    "楼栋": "building",
    "村民小组": "villagers_group",
    "住户": "households",
    "单位场所": "premises",
}
UNIT_NAMES = {kind: name for name, kind in reversed(UNIT_KINDS.items())}


@dataclass(frozen=True)
class DrawingInput:
    """The input of one drawing verb; fields that a verb does not need stay empty.

    ``geometry`` is a GeoJSON polygon or lines of "lon,lat"; ``line`` is pairs or lines of "lon,lat". Coordinates are
    in ``crs``, a key of ``exchange.crs.SYSTEMS``, and are converted here.
    """

    key: str = ""
    keys: Sequence[str] = ()
    survivor: str = ""
    successor: str = ""
    village: str = ""
    name: str = ""
    kind: str = ""
    premises: str = ""
    department: int | None = None
    households: int | None = None
    population: int | None = None
    units: Sequence[Unit] | None = None
    geometry: Any = None
    line: Any = None
    redrawn: Sequence[Mapping[str, Any]] = field(default=())
    crs: str = "EPSG:4490"

    def all_keys(self) -> Iterator[str]:
        """Return every grid key in the input."""
        yield from (key for key in (self.key, self.survivor, self.successor, *self.keys) if key)
        yield from (str(each.get("key", "")) for each in self.redrawn)

    def facts(self, village_id: int, *, known: Facts | None = None) -> Facts:
        """Return the facts of the input on top of the known ones."""
        facts = known or Facts(name="", kind="community", village_id=village_id)
        return replace(
            facts,
            name=self.name.strip() or facts.name,
            kind=self.kind or facts.kind,
            premises=self.premises or facts.premises,
            households=facts.households if self.households is None else self.households,
            population=facts.population if self.population is None else self.population,
            units=facts.units if self.units is None else tuple(self.units),
        )

    @property
    def has_geometry(self) -> bool:
        """Whether a boundary was drawn or typed."""
        return bool(self.geometry.strip() if isinstance(self.geometry, str) else self.geometry)

    def shape(self) -> Geometry:
        """Return the one shape that was drawn or typed."""
        return read_shape(self.geometry, crs=self.crs)

    def shapes(self) -> dict[str, Geometry]:
        """Return the shapes by the key of their grid."""
        if not self.redrawn:
            return {self.key: self.shape()}
        if len(self.redrawn) > MOST_SHAPES:
            raise RuleViolation(f"一次最多改画 {MOST_SHAPES} 个网格。", field="geometry")
        return {
            str(each.get("key", "")): read_shape(each.get("geometry"), crs=self.crs) for each in self.redrawn
        }

    def cut_line(self) -> LineString:
        """Return the line to cut along, in degrees."""
        points = read_points(self.line, field="line")
        if len(points) > MOST_TURNS:
            raise RuleViolation(f"切分线最多 {MOST_TURNS} 个点，请画得简单些。", field="line")
        if len(points) < 2:
            raise RuleViolation("切分线至少要两个点，每行一个“经度,纬度”。", field="line")
        return LineString(converted(points, crs=self.crs, field="line"))


def read_shape(given: Any, *, crs: str) -> Geometry:
    """Read a GeoJSON polygon or typed coordinates; raises RuleViolation for anything else."""
    if isinstance(given, str) and not given.lstrip().startswith("{"):
        ring = read_points(given, field="geometry")
        if len(ring) < 3:
            raise RuleViolation("边界至少要三个点，每行一个“经度,纬度”。", field="geometry")
        return Polygon(converted(ring, crs=crs, field="geometry"))
    try:
        stored = json.loads(given) if isinstance(given, str) else given
        if stored["type"] != "Polygon":
            raise RuleViolation("一个网格应是连成一片的一块（GeoJSON Polygon）。", field="geometry")
        if not all(isinstance(ring, list) for ring in stored["coordinates"]):
            raise TypeError
        rings = [read_points(ring, field="geometry") for ring in stored["coordinates"]]
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise RuleViolation("边界不是可读的 GeoJSON，请重新绘制。", field="geometry") from error
    if not rings or min(len(ring) for ring in rings) < 4:
        raise RuleViolation("边界至少要三个点，首尾相接。", field="geometry")
    if sum(len(ring) for ring in rings) > MOST_NODES:
        raise RuleViolation(f"一个网格的边界最多 {MOST_NODES} 个点，请先简化。", field="geometry")
    shell, *holes = (converted(ring, crs=crs, field="geometry") for ring in rings)
    return Polygon(shell, holes)


def read_points(given: Any, *, field: str) -> list[tuple[float, float]]:
    """Read pairs of numbers, or lines of "lon,lat" separated by comma or space; at most ``MOST_NODES`` points."""
    pairs = typed_pairs(given, field=field) if isinstance(given, str) else given
    if not isinstance(pairs, Sequence) or len(pairs) > MOST_NODES:
        raise RuleViolation(f"坐标应为最多 {MOST_NODES} 个点。", field=field)
    points = []
    for number, pair in enumerate(pairs, start=1):
        try:
            lon, lat = float(pair[0]), float(pair[1])
        except (TypeError, ValueError, OverflowError, IndexError, KeyError) as error:
            raise RuleViolation(f"第 {number} 个点读不出经度和纬度。", field=field) from error
        points.append((lon, lat))
    return points


def typed_pairs(text: str, *, field: str) -> list[list[str]]:
    """Split typed coordinates into pairs, one per line or separated by semicolons."""
    lines = [line for line in re.split(r"[\n;]", normalize("NFKC", text)) if line.strip()]
    pairs = [re.split(r"[,\s]+", line.strip()) for line in lines]
    for number, pair in enumerate(pairs, start=1):
        if len(pair) != 2:
            raise RuleViolation(f"第 {number} 行应是“经度,纬度”两个数。", field=field)
    return pairs


def converted(points: Sequence[tuple[float, float]], *, crs: str, field: str) -> list[tuple[float, float]]:
    """Convert coordinates to CGCS2000 degrees; raises RuleViolation for points that are not near Puyang."""
    if crs not in SYSTEMS:
        raise RuleViolation("请选择坐标系。", field="crs")
    degrees = to_cgcs2000(shapely.get_coordinates(shapely.points(points)), crs)
    west, south, east, north = PUYANG
    for number, (lon, lat) in enumerate(degrees.tolist(), start=1):
        if not (west <= lon <= east and south <= lat <= north):
            swapped = west <= lat <= east and south <= lon <= north
            hint = "看起来经度和纬度写反了。" if swapped else "请核对坐标和坐标系。"
            raise RuleViolation(f"第 {number} 个点不在濮阳附近，{hint}", field=field)
    return [(lon, lat) for lon, lat in degrees.tolist()]


def read_units(text: str) -> list[Unit]:
    """Read units, one per line: kind, name, address, households, separated by ｜ or |; raises with the line."""
    units = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        parts = [part.strip() for part in re.split(r"[|｜]", line)] + ["", "", ""]
        kind, name, address, households = parts[:4]
        if kind not in UNIT_KINDS:
            raise RuleViolation(
                f"第 {number} 行的类型“{kind[:20]}”不是 {'、'.join(UNIT_NAMES.values())} 之一。",
                field="units",
            )
        count = whole_number(households) if households else None
        if not name or len(name) > 80 or len(address) > 200:
            raise RuleViolation(f"第 {number} 行的名称须为 1–80 字，地址最多 200 字。", field="units")
        if households and (count is None or count > 1_000_000):
            raise RuleViolation(f"第 {number} 行的户数应为整数。", field="units")
        units.append(Unit(UNIT_KINDS[kind], name, address, count))
    return units


def typed_units(units: Sequence[Unit]) -> str:
    """Return the units as text that :func:`read_units` can read."""
    return "\n".join(
        "｜".join(
            [
                UNIT_NAMES[unit.kind],
                unit.name,
                unit.address,
                "" if unit.households is None else str(unit.households),
            ]
        )
        for unit in units
    )
