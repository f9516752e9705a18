"""Possible coordinate systems of a file, each with a sketch, or what its numbers look like (Art. 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely import Geometry, Polygon

from common.drawing.sketches import Area
from common.errors import RuleViolation
from exchange.crs import PUYANG_IN_WORDS, SYSTEMS, candidates, check_declared, to_cgcs2000
from exchange.matching import lacks_names, lacks_places
from exchange.rows import FORM_NAMES, Bounds, FieldSeen
from geometry.areas import distance_m
from grids.models import Division
from grids.outlines import shapes_below
from plans.layout import outline_of
from plans.models import ImportJob

EDGE_STEPS = 8  # points per edge, because a straight edge in metres is curved in degrees
DETAIL = 1e-3  # degrees, a third of a pixel of the picture
LARGEST_DEGREE = 360.0
ASK = "请制图单位转换为 CGCS2000 经纬度（EPSG:4490）后重新导出。"
# Known systems outside Puyang: bounds (west, south, east, north) of their numbers, and their description.
HOPELESS: Sequence[tuple[Bounds, str]] = (
    ((1.2e7, 3.9e6, 1.35e7, 4.6e6), "像网页地图的 Web 墨卡托坐标（EPSG:3857），不能直接导入。"),
    ((1.9e7, 3.8e6, 2.0e7, 4.1e6), "像 6 度带的米坐标（带号 19），这一带不含濮阳市，不能直接导入。"),
)
OUTLIERS = "选好坐标系后仍可读取：不在濮阳的行会逐行列为有误，其余照常预览。"


@dataclass(frozen=True)
class Choice:
    """One system that may be chosen; ``areas`` show file and county, and are empty if it does not fit."""

    key: str
    name: str
    is_declared: bool = False
    areas: tuple[Area, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Look:
    """The result of the survey of a file; ``note`` says what is odd about its coordinates."""

    job: ImportJob

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Name and value of each known fact."""
        survey = self.job.survey
        return [
            ("格式", FORM_NAMES[survey["form"]]),
            ("文字编码", survey["encoding"]),
            ("行数", f"{survey['count']:,}"),
            ("声明的坐标系", self._declared_words()),
            ("坐标范围", f"横 {_span(self.bounds[0::2])}，纵 {_span(self.bounds[1::2])}"),
        ]

    def _declared_words(self) -> str:
        if converted := self.job.survey.get("converted_from"):
            return f"{converted}，已换算成 {SYSTEMS[self.declared].name}"
        return SYSTEMS[self.declared].name if self.declared else "没有声明"

    @property
    def declared(self) -> str:
        """The key of the system that the file itself names, or empty."""
        return str(self.job.survey["declared_crs"])

    @property
    def fields(self) -> list[dict[str, str]]:
        """The fields of the file: name, key of the column that is recognised, and a value."""
        found: list[dict[str, str]] = self.job.survey.get("fields", [])
        return found

    def column_of(self, field: Mapping[str, str]) -> str:
        """Return the key of the column of a field: as somebody said, else as it is recognised."""
        key: str = self.job.matches.get(field["name"], field["key"])
        return key

    @property
    def lacks(self) -> str:
        """What the fields do not say, as a sentence; empty if everything is there that a grid needs."""
        seen = [FieldSeen(field["name"], self.column_of(field), "") for field in self.fields]
        if not seen:
            return ""
        if lacks_names(seen):
            return "没有认出网格编码和网格名称。请指出哪个字段是哪一栏，一次对好，下次同样字段的文件会沿用。"
        if lacks_places(seen):
            return "没有认出每个网格属于哪个村（社区）。有这样的字段时，请对到“村社区编码”或“村社区”。"
        return ""

    @property
    def bounds(self) -> Bounds:
        """West, south, east and north in the file's own numbers."""
        west, south, east, north = self.job.survey["bounds"]
        return west, south, east, north

    @cached_property
    def fitting(self) -> tuple[str, ...]:
        """Systems that put the whole file into Puyang, with swapped axes if necessary."""
        return tuple(self.job.survey["candidates"]) or candidates(_turned(self.bounds))

    @property
    def is_turned(self) -> bool:
        """Whether the axes are swapped in the whole file."""
        return bool(self.fitting) and not self.job.survey["candidates"]

    @property
    def note(self) -> str:
        """One sentence about coordinates that look wrong, else empty."""
        if self.is_turned:
            return "横纵（经纬）坐标写反了，读取时会自动对调。"
        if not self.fitting:
            return looks_like(self.bounds)
        if self.choices:
            return ""
        names = "、".join(SYSTEMS[key].name for key in self.fitting)
        return (
            f"文件声明的坐标系是“{SYSTEMS[self.declared].name}”，坐标的数字却只符合“{names}”。"
            "请更正文件的声明（.prj）后重新上传。"
        )

    @cached_property
    def choices(self) -> list[Choice]:
        """Systems to choose from, the declared one first; if none fits, all of the same unit, without sketch."""
        keys: Iterable[str] = self.fitting
        if not keys and not _is_hopeless(self.bounds):
            in_metres = max(map(abs, self.bounds)) > LARGEST_DEGREE
            keys = [key for key, system in SYSTEMS.items() if system.in_metres == in_metres]
        offered = sorted(filter(self._agrees, keys), key=lambda key: key != self.declared)
        return [self._choice(key) for key in offered]

    @property
    def preferred(self) -> str:
        """The key selected when the page opens: the declared system, or the only one that fits; else empty."""
        keys = [choice.key for choice in self.choices]
        return self.declared if self.declared in keys else keys[0] if len(keys) == 1 and self.fitting else ""

    def _agrees(self, key: str) -> bool:
        try:
            check_declared(self.declared, key)
        except RuleViolation:
            return False
        return True

    def _choice(self, key: str) -> Choice:
        name, is_declared = SYSTEMS[key].name, key == self.declared
        if not self.fitting:
            return Choice(key, name, is_declared)
        box = box_in(self.bounds, key, turned=self.is_turned)
        county = self.job.plan.county
        areas = [Area("文件范围", _rings(box), is_here=True)]
        if self._county is not None:
            areas.insert(0, Area(county.name, _rings(shapely.simplify(self._county, DETAIL))))
        return Choice(key, name, is_declared, tuple(areas), where(box, self._county, county.name))

    @cached_property
    def _county(self) -> Geometry | None:
        return land_of(self.job.plan.county)


def land_of(county: Division) -> Geometry | None:
    """Return the county's outline, else the area that its grids cover, else None."""
    outline = outline_of(county)
    if outline is not None:
        return outline
    rings = [ring for place in shapes_below(county).values() for ring in place]
    return shapely.union_all([shapely.make_valid(Polygon(ring)) for ring in rings]) if rings else None


def box_in(bounds: Bounds, crs: str, *, turned: bool) -> Polygon:
    """Return the file's box in degrees, with its coordinates read in ``crs``."""
    west, south, east, north = bounds
    x, y = np.linspace(west, east, EDGE_STEPS), np.linspace(south, north, EDGE_STEPS)
    corners = np.concatenate(
        [
            np.column_stack([x, np.full_like(x, south)]),
            np.column_stack([np.full_like(y, east), y]),
            np.column_stack([x[::-1], np.full_like(x, north)]),
            np.column_stack([np.full_like(y, west), y[::-1]]),
        ]
    )
    return Polygon(to_cgcs2000(corners[:, ::-1] if turned else corners, crs))


def where(box: Polygon, county: Geometry | None, name: str) -> str:
    """Return the sketch in words: how much of the file's box lies in the county, or how far away it is."""
    if county is None:
        return "在濮阳市范围内"
    if shapely.covers(county, box):
        return f"全部在{name}内"
    if shapely.intersects(county, box):
        share = shapely.area(shapely.intersection(county, box)) / (shapely.area(box) or 1.0)
        return f"范围的 {max(share, 0.01):.0%} 在{name}内"
    ends = shapely.get_coordinates(shapely.shortest_line(county, box)).tolist()
    return f"在{name}以外，相距约 {distance_m(*ends) / 1000:.1f} 公里"


def looks_like(bounds: Bounds) -> str:
    """Return what coordinates look like that no system puts into Puyang, and what to do about it."""
    if _is_hopeless(bounds):
        return next(words for box, words in HOPELESS if _holds(box, bounds)) + ASK
    if max(map(abs, bounds)) <= LARGEST_DEGREE:
        return f"数字像经纬度（度），但不全在濮阳市范围内（{PUYANG_IN_WORDS}）。{OUTLIERS}"
    return f"数字像米，但没有一种坐标系能把它们全放进濮阳市。可能是北京 54、西安 80 或地方坐标系，{ASK}{OUTLIERS}"


def _is_hopeless(bounds: Bounds) -> bool:
    return any(_holds(box, bounds) for box, _ in HOPELESS)


def _holds(box: Bounds, bounds: Bounds) -> bool:
    return box[0] <= bounds[0] and box[1] <= bounds[1] and bounds[2] <= box[2] and bounds[3] <= box[3]


def _turned(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    return south, west, north, east


def _span(ends: Sequence[float]) -> str:
    return "–".join(f"{end:.10g}" for end in ends)


def _rings(shape: Geometry) -> list[list[tuple[float, float]]]:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return [[(x, y) for x, y in part.exterior.coords] for part in parts]
