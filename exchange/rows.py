"""What passes between a file and the register: rows read, faults found, rows to write. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shapely import MultiPolygon, Polygon

Form = Literal["geojson", "shapefile", "workbook"]
Bounds = tuple[float, float, float, float]

FORM_NAMES: Mapping[str, str] = {
    "geojson": "GeoJSON",
    "shapefile": "Shapefile（ZIP 压缩包）",
    "workbook": "Excel 工作簿（XLSX）",
}
KIND_NAMES: Mapping[str, str] = {"community": "社区网格", "village": "村网格", "dedicated": "专属网格"}
PREMISES_NAMES: Mapping[str, str] = {
    "office_building": "商务楼宇",
    "park": "园区",
    "market": "商圈市场",
    "school": "学校",
    "hospital": "医院",
    "enterprise": "企事业单位",
}
UNIT_KIND_NAMES: Mapping[str, str] = {
    "estate": "居民小区",
    "building": "楼栋",
    "villagers_group": "村民小组",
    "households": "住户",
    "premises": "单位场所",
}


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """A basic unit that a grid is made of; ``kind`` is a key of ``UNIT_KIND_NAMES``, texts may be empty."""

    kind: str
    name: str
    address: str
    households: int | None


@dataclass(frozen=True, slots=True)
class ReadGrid:
    """One grid of a file that broke no rule of reading; whether the register wants it is asked elsewhere.

    ``row`` counts as the file does: the sheet's row, else the feature or record from 1. ``kind`` is a key of
    ``KIND_NAMES`` or empty, ``premises`` of ``PREMISES_NAMES`` or empty. ``shape`` is valid, in EPSG:4490 degrees
    on the 1e-7 lattice, or None where a workbook gives no coordinates. ``repairs`` are whole sentences that name
    the row.
    """

    row: int
    code: str
    name: str
    kind: str
    village_code: str
    village_name: str
    households: int | None
    population: int | None
    units: tuple[ReadUnit, ...]
    shape: Polygon | None
    repairs: tuple[str, ...] = ()
    premises: str = ""


@dataclass(frozen=True, slots=True)
class FileFault:
    """Why a row, or with ``row`` None the whole file, is not taken; ``reason`` is a whole sentence.

    ``field`` is the column's Chinese name, else 边界, 文件 or 坐标系. ``cells`` are the row's texts by header,
    long ones cut.
    """

    row: int | None
    field: str
    reason: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a file holds: ``total`` grids met, of which ``grids`` are good; ``notes`` are repairs of the whole."""

    grids: tuple[ReadGrid, ...]
    faults: tuple[FileFault, ...]
    crs_source: str
    total: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """A look at a file before it is read: enough to ask which coordinate system it is in.

    ``count`` is rows of any kind. ``declared_crs`` is a key of ``crs.SYSTEMS`` or empty; ``bounds`` is in the file's
    own numbers or None; ``candidates`` are the systems that put the bounds into Puyang.
    """

    form: Form
    encoding: str
    declared_crs: str
    count: int
    bounds: Bounds | None
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenGrid:
    """One grid as a file is to show it; ``area_m2`` in square metres, ``shape`` in EPSG:4490 degrees.

    The register may hold a grid of several pieces, though none is read from a file.
    """

    code: str
    name: str
    kind: str
    kind_name: str
    village_code: str
    village: str
    township: str
    county: str
    households: int | None
    population: int | None
    area_m2: float | None
    in_force_on: date | None
    units: tuple[ReadUnit, ...]
    shape: Polygon | MultiPolygon | None
    premises: str = ""
