"""The types that pass between files and the register: rows read, faults found, rows to write. Pure."""

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
    """A basic unit of a grid; ``kind`` is a key of ``UNIT_KIND_NAMES``, texts may be empty."""

    kind: str
    name: str
    address: str
    households: int | None


@dataclass(frozen=True, slots=True)
class ReadGrid:
    """One grid of a file that passed all rules of reading; the register decides elsewhere whether to accept it.

    ``row`` is the sheet's row number, or the number of the feature or record from 1. ``kind`` is a key of
    ``KIND_NAMES`` or empty, ``premises`` of ``PREMISES_NAMES`` or empty. ``shape`` is valid, in EPSG:4490 degrees
    on the 1e-7 lattice, or None where a workbook gives no coordinates; several pieces, or ``lacks_border`` for a file
    of shapes that has none, only if the caller asked for them. ``repairs`` are whole sentences that name the row.
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
    shape: Polygon | MultiPolygon | None
    repairs: tuple[str, ...] = ()
    premises: str = ""
    lacks_border: bool = False


@dataclass(frozen=True, slots=True)
class FileFault:
    """Why a row (or, if ``row`` is None, the whole file) is refused; ``reason`` is a whole sentence.

    ``field`` is the column's Chinese name, or 边界, 文件 or 坐标系. ``cells`` are the row's texts by header,
    shortened if long.
    """

    row: int | None
    field: str
    reason: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of a file: ``total`` grids found, ``grids`` the good ones; ``notes`` are repairs of the file."""

    grids: tuple[ReadGrid, ...]
    faults: tuple[FileFault, ...]
    crs_source: str
    total: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """A field of a file: its name, the key of the column that it means or an empty text, and a value from it."""

    name: str
    key: str
    sample: str


@dataclass(frozen=True, slots=True)
class Survey:
    """A first look at a file: enough to ask the user for its coordinate system.

    ``count`` is the number of rows of any kind. ``declared_crs`` is a key of ``crs.SYSTEMS`` or empty; ``bounds`` is in
    the file's own coordinates or None; ``candidates`` are the systems in which the bounds lie in Puyang.
    ``converted_from`` names a projection that is not on the list; the bounds are then already in ``declared_crs``.
    """

    form: Form
    encoding: str
    declared_crs: str
    count: int
    bounds: Bounds | None
    candidates: tuple[str, ...]
    converted_from: str = ""
    fields: tuple[FieldSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenGrid:
    """One grid for writing to a file; ``area_m2`` in square metres, ``shape`` in EPSG:4490 degrees."""

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
