"""Writes grids as GeoJSON (WGS-84) and Shapefile (CGCS2000), in degrees, so that they can be read back. Pure.

Files are written row by row; ``rows`` may be an iterator over more grids than fit into memory.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import IO

import shapefile
import shapely
from pyproj import CRS
from shapely import MultiPolygon, Polygon

from common.shapes import Json
from exchange.rows import ReadUnit, WrittenGrid

GEOJSON_HEAD = (
    '{"type": "FeatureCollection", "name": "grids", '
    '"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, "features": ['
)
PIECE = 254  # bytes that a text in dBASE may take


def write_geojson(rows: Iterable[WrittenGrid], file: IO[bytes]) -> None:
    """Write a feature collection as RFC 7946 wants it, one feature per line; without a border the geometry is null.

    Degrees of CGCS2000 are those of WGS-84 to less than a metre, so the numbers stay.
    Outer rings run counter-clockwise.
    """
    file.write(GEOJSON_HEAD.encode())
    for number, row in enumerate(rows):
        file.write(b",\n" if number else b"\n")
        file.write(json.dumps(_feature(row), ensure_ascii=False, allow_nan=False).encode())
    file.write(b"\n]}\n")


def _feature(row: WrittenGrid) -> Json:
    units = [
        {"kind": unit.kind, "name": unit.name, "address": unit.address, "households": unit.households}
        for unit in row.units
    ]
    properties = {
        "code": row.code, "name": row.name, "kind": row.kind, "kind_name": row.kind_name, "premises": row.premises,
        "village_code": row.village_code, "village": row.village, "township": row.township, "county": row.county,
        "households": row.households, "population": row.population, "area_m2": rounded_area(row.area_m2),
        "in_force_on": row.in_force_on.isoformat() if row.in_force_on else None, "units": units,
    }  # fmt: skip
    shape = None if row.shape is None else shapely.orient_polygons(shapely.force_2d(row.shape))
    return {"type": "Feature", "properties": properties, "geometry": _geometry(shape)}


def _geometry(shape: Polygon | MultiPolygon | None) -> Json | None:
    """A border as a GeoJSON geometry."""
    if shape is None:
        return None
    parts = [
        [_places(ring) for ring in (part.exterior, *part.interiors)] for part in shapely.get_parts(shape)
    ]
    if shape.geom_type == "Polygon":
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def _places(ring: shapely.LinearRing) -> list[list[float]]:
    found: list[list[float]] = shapely.get_coordinates(ring).tolist()
    return found


def rounded_area(area_m2: float | None) -> float | None:
    """An area rounded for display to a tenth of a square metre."""
    return None if area_m2 is None else round(area_m2, 1)


# Name in the file, meaning, type, width in bytes, and how many fields a long text may use.
FIELDS: tuple[tuple[str, str, str, int, int], ...] = (
    ("code", "网格编码", "C", 96, 1),
    ("name", "网格名称", "C", PIECE, 2),
    ("kind", "网格类型：community 社区网格，village 村网格，dedicated 专属网格", "C", 10, 1),
    ("kind_name", "网格类型的名称", "C", 30, 1),
    ("premises", "专属类别，仅专属网格有", "C", 20, 1),
    ("vill_code", "村社区编码", "C", 48, 1),
    ("village", "村社区", "C", 240, 1),
    ("township", "乡镇街道", "C", 240, 1),
    ("county", "县区", "C", 240, 1),
    ("hholds", "户数", "N", 10, 1),
    ("popn", "人口", "N", 10, 1),
    ("area_m2", "面积，平方米", "F", 19, 1),
    ("begun_on", "启用日期，年月日八位", "C", 8, 1),
)
UNIT_FIELDS: tuple[tuple[str, str, str, int, int], ...] = (
    ("code", "所属网格的编码；没有编码的网格写“村社区编码/网格名称”", "C", PIECE, 2),
    ("kind", "单元类型", "C", 20, 1),
    ("name", "单元名称", "C", PIECE, 2),
    ("address", "单元地址", "C", PIECE, 4),
    ("households", "单元户数", "N", 10, 1),
)
EXPLANATION = """濮阳网格 · Shapefile 字段说明

grids.shp、grids.shx、grids.dbf、grids.prj、grids.cpg 是一个图层，每个网格一条记录。
坐标系：CGCS2000 经纬度（EPSG:4490），单位为度。文字编码：UTF-8。
名称带 2、3、4 的字段是前一字段放不下的后半部分。

grids.dbf
{grids}

units.dbf（网格包含的单元，按 code 与网格对应）
{units}
"""


def write_shapefile(rows: Iterable[WrittenGrid], file: IO[bytes]) -> None:
    """Write a zip with one polygon layer, its units in a second table, and a text that explains the fields."""
    with ExitStack() as stack:
        parts = {
            name: stack.enter_context(tempfile.TemporaryFile())
            for name in ("grids.shp", "grids.shx", "grids.dbf", "units.dbf")
        }
        layer = shapefile.Writer(
            shp=parts["grids.shp"], shx=parts["grids.shx"], dbf=parts["grids.dbf"],
            shapeType=shapefile.POLYGON, encoding="utf-8",
        )  # fmt: skip
        units = shapefile.Writer(dbf=parts["units.dbf"], encoding="utf-8")
        _declare(layer, FIELDS)
        _declare(units, UNIT_FIELDS)
        for row in rows:
            layer.record(*_cells(FIELDS, _values(row)))
            layer.shape(_surface(row.shape))
            for unit in row.units:
                units.record(*_cells(UNIT_FIELDS, _unit_values(row, unit)))
        layer.close()
        units.close()
        _pack(parts, file)


def _declare(table: shapefile.Writer, fields: Iterable[tuple[str, str, str, int, int]]) -> None:
    for name, _, kind, size, pieces in fields:
        for piece in range(pieces):
            table.field(
                name if not piece else f"{name}{piece + 1}", kind, size=size, decimal=int(kind == "F")
            )


def _values(row: WrittenGrid) -> tuple[object, ...]:
    begun = row.in_force_on.strftime("%Y%m%d") if row.in_force_on else ""
    return (
        row.code, row.name, row.kind, row.kind_name, row.premises, row.village_code, row.village, row.township,
        row.county, row.households, row.population, rounded_area(row.area_m2), begun,
    )  # fmt: skip


def _unit_values(row: WrittenGrid, unit: ReadUnit) -> tuple[object, ...]:
    owner = row.code or f"{row.village_code}/{row.name}"
    return (owner, unit.kind, unit.name, unit.address, unit.households)


def _cells(fields: Iterable[tuple[str, str, str, int, int]], values: Iterable[object]) -> Iterator[object]:
    """The values for the table: a long text continues in further fields, cut between characters."""
    for (_, _, kind, size, pieces), value in zip(fields, values, strict=True):
        if kind != "C":
            yield value
            continue
        left = str(value)
        for _ in range(pieces):
            piece = left.encode()[:size].decode(errors="ignore")
            left = left[len(piece) :]
            yield piece


def _surface(shape: Polygon | MultiPolygon | None) -> object:
    if shape is None:
        return shapefile.NullShape()
    return _geometry(shapely.orient_polygons(shapely.force_2d(shape), exterior_cw=True))


def _pack(parts: Mapping[str, IO[bytes]], file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            part.seek(0)
            with packed.open(name, "w") as entry:
                while piece := part.read(1 << 20):
                    entry.write(piece)
        packed.writestr("grids.prj", CRS.from_epsg(4490).to_wkt("WKT1_ESRI"))
        packed.writestr("grids.cpg", "UTF-8")
        packed.writestr("units.cpg", "UTF-8")
        packed.writestr("字段说明.txt", _explained().encode("utf-8-sig"))


def _explained() -> str:
    """The text that explains each field."""
    grids, units = (
        "\n".join(f"  {name:<11}{meaning}" for name, meaning, *_ in fields)
        for fields in (FIELDS, UNIT_FIELDS)
    )
    return EXPLANATION.format(grids=grids, units=units)
