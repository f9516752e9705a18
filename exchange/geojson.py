"""GeoJSON feature collections, read feature by feature. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from common.errors import RuleViolation
from exchange import columns, encodings, limits
from exchange.crs import declared_by_name
from exchange.drafts import PLACES, Draft, add_unit, draft_of
from exchange.json_stream import NO_COLLECTION, JsonStream
from exchange.outlines import NO_BORDER, Gathered, Ring

NOT_A_FEATURE = "不是 GeoJSON 要素（Feature）。请重新导出。"
NOT_COORDINATES = "坐标不是成对的数。请重新导出。"
NOT_A_SURFACE = "边界是{}，不是面。请改成面。"
SHAPES = {
    "Point": "点", "MultiPoint": "点", "LineString": "线", "MultiLineString": "线",
    "GeometryCollection": "几何集合",
}  # fmt: skip
UNIT_MEMBERS = {
    "kind": "unit_kind",
    "name": "unit_name",
    "address": "unit_address",
    "households": "unit_households",
}


def read(path: Path) -> Gathered:
    """All features of a file; raises RuleViolation when it cannot be read to its end."""
    with path.open("rb") as file:
        gathered = Gathered(encodings.recognised(file))
        stream = JsonStream(encodings.decoded(file, gathered.encoding))
        is_collection = has_features = False
        for member, first in stream.members():
            if member == "features" and first[0] == "start_array":
                has_features = True
                _read_features(stream, gathered)
                continue
            value = stream.value(first)
            if member == "crs":
                gathered.declared_crs = _declared(value)
            is_collection = is_collection or (member == "type" and value == "FeatureCollection")
        if not is_collection or not has_features:
            raise RuleViolation(f"文件{NO_COLLECTION}", field="文件")
    return gathered


def _read_features(stream: JsonStream, gathered: Gathered) -> None:
    stream.at = PLACES["geojson"].format(gathered.rows + 1)
    for feature in stream.elements():
        gathered.rows += 1
        limits.check_rows(gathered.rows)
        _read_feature(feature, gathered)
        stream.at = PLACES["geojson"].format(gathered.rows + 1)
    stream.at = "文件"


def _declared(member: object) -> str:
    if not isinstance(member, Mapping):
        return ""
    properties = member.get("properties")
    name = properties.get("name") if isinstance(properties, Mapping) else None
    return declared_by_name(name) if isinstance(name, str) else ""


def _read_feature(feature: object, gathered: Gathered) -> None:
    draft = _draft(feature, gathered.rows)
    number = gathered.take(draft)
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        draft.faults.clear()  # no other check makes sense if it is not a feature
        draft.refuse(NOT_A_FEATURE, "文件")
        return
    flattened: list[bool] = []
    try:
        parts = [[_ring(ring, flattened) for ring in part] for part in _parts(feature.get("geometry"))]
    except RuleViolation as refusal:
        draft.refuse(refusal.sentence)
        return
    if gathered.outlines.admit(draft, sum(map(len, parts))):
        gathered.outlines.add(number, draft, parts, flattened=any(flattened))


def _draft(feature: object, row: int) -> Draft:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping):
        properties = {}
    headers = _headers(tuple(properties))
    draft = draft_of(row, {key: properties[header] for header, key in headers.items()}, headers, "geojson")
    for unit in _units(properties):
        add_unit(draft, {key: unit.get(member) for member, key in UNIT_MEMBERS.items()})
    return draft


@lru_cache(maxsize=64)
def _headers(names: tuple[str, ...]) -> dict[str, str]:
    return columns.keys_by_header([name for name in names[: limits.COLUMNS] if columns.key_of(name)])


def _units(properties: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    units = properties.get("units")
    if isinstance(units, list):
        yield from (unit for unit in units if isinstance(unit, Mapping))


def _parts(geometry: object) -> list[list[object]]:
    """The polygons of a geometry as lists of rings; raises RuleViolation for anything else."""
    if geometry is None:
        raise RuleViolation(NO_BORDER)
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if isinstance(kind, str) and kind in SHAPES:
        raise RuleViolation(NOT_A_SURFACE.format(SHAPES[kind]))
    found = geometry.get("coordinates") if isinstance(geometry, Mapping) else None
    parts = [found] if kind == "Polygon" else found
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(parts, list):
        raise RuleViolation(NOT_COORDINATES)
    if not all(isinstance(part, list) for part in parts):
        raise RuleViolation(NOT_COORDINATES)
    return [part for part in parts if part]


def _ring(points: object, flattened: list[bool]) -> Ring:
    """One ring as an array; notes in ``flattened`` whether points had more than two numbers."""
    if not isinstance(points, list):
        raise RuleViolation(NOT_COORDINATES)
    if not points:
        return np.empty((0, 2))
    xy = _array(points)
    if xy is None:  # some points have heights and others do not
        xy = _array([point[:2] if isinstance(point, list) else point for point in points])
        flattened.append(True)
    if xy is None or xy.ndim != 2 or xy.shape[1] < 2:
        raise RuleViolation(NOT_COORDINATES)
    flattened.append(xy.shape[1] > 2)
    return xy[:, :2].astype(np.float64)


def _array(points: list[object]) -> np.ndarray | None:
    try:
        array = np.array(points)
    except ValueError:
        return None
    return array if array.dtype.kind in "iuf" else None
