"""The history of a grid from version to version, in sentences: split, merged, recoded, moved (Art. 7, 13)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import shapely
from django.db.models import F, Q
from shapely import Geometry

from common.templatetags.when import day as in_words
from geometry.areas import area_m2, areas_m2
from grids.models import Grid, GridVersion

SMALLEST = 50.0  # m²; a smaller area comes from the rounding of shared borders
HECTARE = 10_000.0
PLAN_NUMBER = re.compile(r"\d{6}-\d{4}-\d{3,}")  # how a version names the plan that made it


@dataclass(frozen=True)
class Period:
    """One version of a grid: its area in m², its last day (None while it holds), and a sentence on how it began."""

    version: GridVersion
    area: float
    last_day: date | None
    sentence: str

    @property
    def area_words(self) -> str:
        """The area in words."""
        return area_words(self.area)


@dataclass(frozen=True)
class _Around:
    """Versions of other grids that ended or began on the same day, with their shapes."""

    ended: list[tuple[GridVersion, Geometry]]
    began: list[tuple[GridVersion, Geometry]]


def area_words(area: float) -> str:
    """Returns the area in words: ``0.36 平方公里``, or ``860 平方米`` below a hectare."""
    return f"{area / 1e6:,.2f} 平方公里" if area >= HECTARE else f"{area:,.0f} 平方米"


def history_of(grid: Grid) -> list[Period]:
    """Returns every version of a grid, the newest first. Two statements, however long the history is."""
    held = grid.versions.exclude(valid_to=F("valid_from"))  # replaced on its first day, so it held for no day
    versions = list(held.select_related("village").defer("village__outline").order_by("valid_from"))
    around = _around(grid, versions)
    shapes = [_shape(version) for version in versions]
    areas = areas_m2(shapes).tolist() if shapes else []
    periods = []
    before, shape_before = None, None
    for version, shape, area in zip(versions, shapes, areas, strict=True):
        sentence = _sentence(version, before, (shape_before, shape), around[version.valid_from])
        last_day = version.valid_to and version.valid_to - timedelta(days=1)
        periods.append(Period(version, area, last_day, sentence))
        before, shape_before = version, shape
    return periods[::-1]


def _around(grid: Grid, versions: Sequence[GridVersion]) -> dict[date, _Around]:
    """Returns, by day of change, the versions of nearby grids that ended or began then. One statement."""
    found = {version.valid_from: _Around([], []) for version in versions}
    boxes = np.array([_box(version) for version in versions if version.min_lon is not None])
    if not len(boxes):
        return found
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    near = Q(min_lon__lte=east, max_lon__gte=west, min_lat__lte=north, max_lat__gte=south)
    same_day = Q(valid_from__in=list(found)) | Q(valid_to__in=list(found))
    others = GridVersion.objects.filter(near, same_day).exclude(grid=grid).select_related("grid")
    for other in others.defer("grid__boundary").order_by("code"):
        shape = _shape(other)
        if shape is not None and other.valid_from in found:
            found[other.valid_from].began.append((other, shape))
        if shape is not None and other.valid_to in found:
            found[other.valid_to].ended.append((other, shape))
    return found


def _box(version: GridVersion) -> tuple[float | None, ...]:
    return version.min_lon, version.min_lat, version.max_lon, version.max_lat


def _shape(version: GridVersion) -> Geometry | None:
    return None if version.boundary is None else shapely.from_wkb(bytes(version.boundary))


def _sentence(
    version: GridVersion,
    before: GridVersion | None,
    shapes: tuple[Geometry | None, Geometry | None],
    around: _Around,
) -> str:
    parts = list(_beginning(version, shapes[1], around) if before is None else [])
    if before is not None:
        parts = [*_renamed(version, before), *_redrawn(version, shapes, around)]
    if before is not None and not parts:
        parts = list(_recounted(version, before))
    changes = "；".join(parts) or "基本单元或边界节点有更正，范围不变"
    return f"{in_words(version.valid_from)}起：{changes}（{version.source}）。"


def _beginning(version: GridVersion, shape: Geometry | None, around: _Around) -> Iterator[str]:
    givers = [other.name for other, old in around.ended if _shared(shape, old) >= SMALLEST]
    yield f"从{'、'.join(givers)}划分设立" if givers else "登记启用"


def _renamed(version: GridVersion, before: GridVersion) -> Iterator[str]:
    if version.name != before.name:
        yield f"名称由“{before.name}”改为“{version.name}”"
    if version.code != before.code:
        yield f"编码由 {before.code} 改为 {version.code}"
    if version.village_id != before.village_id:
        yield f"由{before.village.name}划归{version.village.name}"
    if version.kind != before.kind:
        yield f"类型由{before.get_kind_display()}改为{version.get_kind_display()}"


def _redrawn(
    version: GridVersion, shapes: tuple[Geometry | None, Geometry | None], around: _Around
) -> Iterator[str]:
    """Yields land that came from grids of the day before, and land that went to grids of this day."""
    old, new = shapes
    if old is None or new is None or shapely.equals_exact(old, new):
        return
    gained, lost = shapely.difference(new, old), shapely.difference(old, new)
    for other, shape in around.ended:
        area = _shared(gained, shape)
        if area >= SMALLEST:
            has_ended = other.grid.successor_id == version.grid_id and other.grid.retired_on == other.valid_to
            yield f"{other.name}并入" if has_ended else f"从{other.name}划入 {area_words(area)}"
    for other, shape in around.began:
        area = _shared(lost, shape)
        if area >= SMALLEST:
            is_new = other.grid.in_force_on == version.valid_from
            yield f"{'切分出' if is_new else '划出到'}{other.name} {area_words(area)}"


def _recounted(version: GridVersion, before: GridVersion) -> Iterator[str]:
    if version.households != before.households:
        yield f"户数由 {before.households:,} 改为 {version.households:,}"
    if version.population != before.population:
        yield f"人口由 {before.population:,} 改为 {version.population:,}"


def _shared(one: Geometry | None, other: Geometry) -> float:
    return 0.0 if one is None or one.is_empty else area_m2(shapely.intersection(one, other))
