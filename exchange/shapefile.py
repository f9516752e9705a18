"""Reads zipped Shapefiles with pyshp: .shp and .dbf, and .prj and .cpg if present. Pure.

pyshp makes a tuple for every vertex, so a record longer than the limit for a border is refused by its header.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from warnings import catch_warnings

import numpy as np
import shapefile
import shapely

from common.errors import RuleViolation
from common.typed import code_in
from exchange import archive, columns, dbf, encodings, limits
from exchange.crs import declared_by_wkt
from exchange.drafts import Draft, add_listed, add_unit, draft_of
from exchange.matching import NO_MATCHES, Matches, fields_seen, keys_matched
from exchange.outlines import Gathered, Ring

FILE_CODE, HEADER, RECORD_HEADER = 9994, 100, 8
TYPE_NAMES = {
    1: "点", 3: "线", 8: "点", 11: "点", 13: "线", 18: "点", 21: "点", 23: "线", 28: "点", 31: "多面体",
}  # fmt: skip
NOT_A_SURFACE = "边界是{}，不是面。请改成面。"
LEAST_RING = 4
FARTHEST = 1e9  # outside the range of every coordinate system; such coordinates are refused later
LONGEST_RECORD = 64 + limits.VERTICES * (32 + 4)  # with heights and measures, and with a ring for every point
BROKEN = "图形文件（.shp）已损坏或不完整。请重新导出。"
UNIT_TABLE = "units.dbf"
UNIT_HEADERS = {key: key.removeprefix("unit_") for key in columns.UNIT_KEYS}
SMALL_PART = 64 * 1024
MORE_PIECES = "23456789"  # a long text continues in name2, name3, …


def read(path: Path, matches: Matches = NO_MATCHES) -> Gathered:
    """All records of a zipped Shapefile; raises RuleViolation when it cannot be read to its end."""
    with archive.opened(path, entries=limits.ARCHIVE_ENTRIES) as packed:
        parts = _parts(packed)
        table = dbf.table_of(
            partial(packed.open, parts[".dbf"]), known=lambda name: name in matches or _is_known(name)
        )
        encoding = dbf.encoding_of(table, encodings.declared(_small_text(packed, parts.get(".cpg"))))
        gathered = Gathered(encoding, declared_by_wkt(_small_text(packed, parts.get(".prj"))))
        headers = keys_matched(
            [name for name in table.headers if name in matches or columns.key_of(name)], matches
        )
        whole = dbf.table_of(partial(packed.open, parts[".dbf"]))
        gathered.fields = fields_seen(whole.headers, headers, dbf.samples_of(whole, encoding))
        units = _units(packed, parts.get(UNIT_TABLE))
        with packed.open(parts[".shp"]) as file:
            _read_records(gathered, table, headers, _borders(file), units)
    return gathered


def _is_known(header: str) -> bool:
    return bool(columns.key_of(header.rstrip(MORE_PIECES)))


def _parts(packed: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The parts of the one layer by their ending, and the table of units if there is one."""
    files = [entry for entry in packed.infolist() if not entry.is_dir() and not _is_trace(entry.filename)]
    layers = [entry for entry in files if entry.filename.lower().endswith(".shp")]
    if not layers:
        raise RuleViolation("压缩包里没有 .shp 文件。请把图层的全部文件一起打包。", field="文件")
    if len(layers) > 1:
        names = "、".join(archive.shown(entry.filename) for entry in layers)
        raise RuleViolation(f"压缩包里有{len(layers)}个 .shp（{names}），请只打包一个图层。", field="文件")
    stem = layers[0].filename[: -len(".shp")].lower()
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in files:
        name = entry.filename.lower()
        key = UNIT_TABLE if PurePosixPath(name).name == UNIT_TABLE else name.removeprefix(stem)
        if key in found:
            raise RuleViolation(
                f"压缩包里有两个“{archive.shown(entry.filename)}”，请只留一个。", field="文件"
            )
        found[key] = entry
    if ".dbf" not in found:
        raise RuleViolation("压缩包里没有 .dbf 属性表。请把图层的全部文件一起打包。", field="文件")
    return found


def _is_trace(name: str) -> bool:
    """Whether an entry is a file that macOS adds to archives."""
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith("._")


def _small_text(packed: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> str:
    """The text of .prj or .cpg; a long text is cut, and its reader then refuses it."""
    if entry is None:
        return ""
    with packed.open(entry) as file:
        return file.read(SMALL_PART).decode("utf-8-sig", errors="replace")


def _units(packed: zipfile.ZipFile, entry: zipfile.ZipInfo | None) -> dict[str, list[tuple[str, ...]]]:
    """The cells of the table of units, in the order of ``columns.UNIT_KEYS``, grouped by the owner from ``_owner``."""
    if entry is None:
        return {}
    table = dbf.table_of(partial(packed.open, entry), check=limits.check_units)
    found: dict[str, list[tuple[str, ...]]] = {}
    for record in table.records(dbf.encoding_of(table, "")):
        if record is not None:
            unit = tuple(_whole(record[0], UNIT_HEADERS[key]) for key in columns.UNIT_KEYS)
            found.setdefault(code_in(_whole(record[0], "code")), []).append(unit)
    return found


def _whole(row: dict[str, str], header: str) -> str:
    """A text joined from all the fields that it continues in."""
    text = row.get(header, "")
    for number in MORE_PIECES:
        if header + number not in row:
            break
        text += row[header + number]
    return text


@dataclass(slots=True)
class Border:
    """The content of a record: its rings, or why they are refused."""

    rings: list[Ring]
    flattened: bool = False
    refused: str = ""


def _read_records(
    gathered: Gathered,
    table: dbf.Table,
    headers: dict[str, str],
    borders: Iterator[Border],
    units: dict[str, list[tuple[str, ...]]],
) -> None:
    deleted = 0
    for record in table.records(gathered.encoding):
        border = next(borders, None)
        if border is None:
            raise RuleViolation("图形比属性表的记录少。请重新导出。", field="文件")
        gathered.rows += 1
        if record is None:
            deleted += 1
        else:
            values = {key: _whole(record[0], header) for header, key in headers.items()}
            draft = draft_of(gathered.rows, values, headers, "shapefile")
            add_unit(draft, values)
            add_listed(draft, values)
            _add(gathered, draft, border, units.pop(_owner(draft), []), was_cut=record[1])
    if next(borders, None) is not None:
        raise RuleViolation("图形比属性表的记录多。请重新导出。", field="文件")
    if deleted:
        gathered.notes.append(f"属性表里有{deleted}条标记为已删除的记录，没有读取。")


def _owner(draft: Draft) -> str:
    """How the table of units names a grid: by its code, or by its village and name if it has no code."""
    return code_in(draft.code or f"{draft.village_code}/{draft.name}")


def _add(
    gathered: Gathered, draft: Draft, border: Border, units: list[tuple[str, ...]], *, was_cut: bool
) -> None:
    for unit in units:
        add_unit(draft, dict(zip(columns.UNIT_KEYS, unit, strict=True)))
    if was_cut:
        draft.repair(dbf.CUT)
    number = gathered.take(draft)
    if border.refused:
        draft.refuse(border.refused)
    elif gathered.outlines.admit(draft, len(border.rings)):
        gathered.outlines.add(number, draft, parts_of(border.rings), flattened=border.flattened)


def _borders(file: IO[bytes]) -> Iterator[Border]:
    """The border of each record, up to the end that the file declares."""
    with dbf.damage_refused(BROKEN):
        code, words = struct.unpack(">i20xi", file.read(28))
        if code != FILE_CODE:
            raise ValueError(code)
        with catch_warnings(action="ignore"):  # content after that end does no harm
            reader = shapefile.ShpReader(file)
        at, end = HEADER, words * 2
        while at < end:
            file.seek(at)
            size = struct.unpack(">4xi", file.read(RECORD_HEADER))[0] * 2
            if size < 4:
                raise ValueError(size)
            yield _border(reader, at, size) if size <= LONGEST_RECORD else _too_long(file)
            at += RECORD_HEADER + size
        if at > end:
            raise ValueError(end)


def _border(reader: shapefile.ShpReader, at: int, size: int) -> Border:
    try:
        shape = reader.shape(0, at, size)
    except shapefile.ShapefileException:  # a polygon without points
        return Border([])
    if shape.shapeType in TYPE_NAMES:
        return Border([], refused=NOT_A_SURFACE.format(TYPE_NAMES[shape.shapeType]))
    starts = np.array(shape.parts, dtype=np.int64)
    if not len(starts):
        return Border([])
    if starts[0] != 0 or (np.diff(starts) < 0).any() or starts[-1] > len(shape.points):
        raise ValueError(starts)
    return Border(np.split(np.array(shape.points), starts[1:]), shape.shapeType != shapefile.POLYGON)


def _too_long(file: IO[bytes]) -> Border:
    """The fault of a record that is too long, from the type and the point count at its beginning."""
    kind, count = struct.unpack("<i36xi", file.read(44))
    if kind in TYPE_NAMES:
        return Border([], refused=NOT_A_SURFACE.format(TYPE_NAMES[kind]))
    if kind not in shapefile.Polygon_shapeTypes or count <= limits.VERTICES:
        raise ValueError(kind, count)
    return Border([], refused=limits.too_many_vertices(count))


def parts_of(rings: list[Ring]) -> list[list[Ring]]:
    """Sort rings into polygons: clockwise rings are outer, every other ring is a hole of the smallest one around it."""
    if len(rings) < 2 or not all(
        len(ring) >= LEAST_RING and (np.abs(ring) < FARTHEST).all() for ring in rings
    ):
        return [rings] if rings else []
    areas = np.array([signed_area(ring) for ring in rings])
    outer = areas < 0 if (areas < 0).any() else np.abs(areas) == np.abs(areas).max()
    shells = np.flatnonzero(outer)[np.argsort(np.abs(areas[outer]))]  # the smallest first
    holes = np.flatnonzero(~outer)
    parts = {at: [rings[at]] for at in shells.tolist()}
    faces = [shapely.Polygon(ring) for ring in rings]
    inner = shapely.point_on_surface([faces[at] for at in holes])
    around = shapely.STRtree([faces[at] for at in shells]).query(inner, predicate="intersects")
    shell_of = {at: int(shells[-1]) for at in holes.tolist()}
    for hole, shell in sorted(around.T.tolist(), key=lambda pair: -pair[1]):
        shell_of[int(holes[hole])] = int(shells[shell])
    for at, shell in shell_of.items():
        parts[shell].append(rings[at])
    return list(parts.values())


def signed_area(ring: Ring) -> float:
    """Twice the area, negative for clockwise; relative to the first point, so that no precision is lost."""
    x, y = (ring - ring[:1]).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
