"""Makers of grid files, good and hostile. Each writes a real file with another library than the product reads with."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import shapefile
from pyproj import CRS

from common.shapes import Json
from exchange.reading import read_grids
from exchange.rows import Form, Reading

Place = tuple[float, ...]
JING, YU = "410902001001001", "410902001001002"
HEADERS = ["网格编码", "网格名称", "村社区", "户数", "单元名称", "单元户数", "坐标"]


def square(west: float = 115.0, south: float = 35.7, size: float = 0.01) -> list[Place]:
    """A closed ring, counter-clockwise."""
    east, north = west + size, south + size
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


def feature(*rings: Sequence[Place], code: str = JING, name: str = "第1网格", **more: Any) -> Json:
    """A feature with one polygon of ``rings``."""
    shape = {"type": "Polygon", "coordinates": [list(map(list, ring)) for ring in rings]}
    return {"type": "Feature", "properties": {"code": code, "name": name, **more}, "geometry": shape}


def many(*parts: Sequence[Sequence[Place]]) -> Json:
    """A feature with a polygon for each of ``parts``."""
    made = feature()
    made["geometry"] = {"type": "MultiPolygon", "coordinates": parts}
    return made


def geojson(folder: Path, *features: Any, encoding: str = "utf-8", **members: Any) -> Path:
    """A feature collection."""
    text = json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)
    return raw(folder, text.encode(encoding))


def raw(folder: Path, content: bytes, name: str = "grids.geojson") -> Path:
    """A file of just these bytes."""
    path = folder / name
    path.write_bytes(content)
    return path


def layer(
    shapes: Iterable[Any],
    *,
    kind: int = shapefile.POLYGON,
    encoding: str = "utf-8",
    names: Sequence[str] = (),
) -> dict[str, bytes]:
    """The parts of a Shapefile; the shapes are lists of rings, or None."""
    parts = {ending: io.BytesIO() for ending in ("shp", "shx", "dbf")}
    writer = shapefile.Writer(**parts, shapeType=kind, encoding=encoding)
    writer.field("网格编码" if encoding == "gbk" else "code", "C", size=24)
    writer.field("name", "C", size=60)
    for number, rings in enumerate(shapes, start=1):
        writer.record(f"{410902001001000 + number}", names[number - 1] if names else f"第{number}网格")
        if rings is None:
            writer.null()
        elif kind in (shapefile.POLYGON, shapefile.POLYGONZ):
            (writer.polyz if kind == shapefile.POLYGONZ else writer.poly)(rings)
        else:
            writer.point(*rings)
    writer.close()
    return {f"grids.{ending}": content.getvalue() for ending, content in parts.items()}


def clockwise(ring: Sequence[Place]) -> list[Place]:
    """A ring as Shapefiles want their outer ones."""
    return list(reversed(ring))


def prj(code: int) -> dict[str, bytes]:
    """The part that declares a coordinate system."""
    return {"grids.prj": CRS.from_epsg(code).to_wkt("WKT1_ESRI").encode()}


def zipped(
    folder: Path, parts: Mapping[str, bytes], name: str = "grids.zip", *, links: Sequence[str] = ()
) -> Path:
    """A zip of ``parts`` under exactly these names; those in ``links`` are symbolic links."""
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, content in parts.items():
            entry = zipfile.ZipInfo(part)
            entry.filename = entry.orig_filename = part
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = ((stat.S_IFLNK if part in links else stat.S_IFREG) | 0o644) << 16
            packed.writestr(entry, content)
    return path


def workbook(
    folder: Path, *rows: Sequence[Any], merged: Sequence[str] = (), headers: Sequence[Any] = HEADERS
) -> Path:
    """A workbook with a row of headers, ``rows`` from row 2, and ``merged`` blocks."""
    book = openpyxl.Workbook()
    for row in (headers, *rows):
        book.active.append(list(row))
    for block in merged:
        book.active.merge_cells(block)
    book.save(folder / "grids.xlsx")
    return folder / "grids.xlsx"


def repacked(path: Path, changes: Mapping[str, bytes]) -> Path:
    """The same workbook with some parts replaced or added."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return zipped(path.parent, {**parts, **changes}, "changed.xlsx")


def typed(ring: Sequence[Place]) -> str:
    """A ring as a person types it into a cell."""
    return ";".join(f"{x:.7f},{y:.7f}" for x, y in ring)


def reading(path: Path, crs: str = "EPSG:4490", form: Form | None = None) -> Reading:
    """Read a file by its ending."""
    forms: dict[str, Form] = {".geojson": "geojson", ".zip": "shapefile", ".xlsx": "workbook"}
    return read_grids(path, form=form or forms[path.suffix], crs=crs)


def refusals(found: Reading) -> list[str]:
    """What was refused, as sentences; nothing of it may have been taken as well."""
    assert not {grid.row for grid in found.grids} & {fault.row for fault in found.faults}
    return [fault.reason for fault in found.faults]


def repairs(found: Reading) -> list[str]:
    """What was mended in the only grid of a file, which must have been taken."""
    assert [fault.reason for fault in found.faults] == []
    (grid,) = found.grids
    assert grid.shape is not None and grid.shape.is_valid
    return list(grid.repairs)
