"""GeoJSON feature collections, read feature by feature. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from common.errors import RuleViolation
from exchange import columns, encodings, limits
from exchange.crs import Declaration, declared_by_name
from exchange.drafts import PLACES, Draft, add_listed, add_unit, cell_text, draft_of
from exchange.json_stream import NO_COLLECTION, JsonStream
from exchange.matching import NO_MATCHES, Matches, fields_seen, keys_matched
from exchange.outlines import Gathered, Ring
from exchange.rows import FieldSeen

NOT_A_FEATURE = "不是 GeoJSON 要素（Feature）。请重新导出。"
NOT_COORDINATES = "坐标不是成对的数。请重新导出。"
NOT_A_SURFACE = "边界是{}，不是面。请改成面。"
SHAPES = {
    "Point": "点", "MultiPoint": "点", "LineString": "线", "MultiLineString": "线",
    "GeometryCollection": "几何集合",
}  # fmt: skip
UNITS = "units"
MOST_SHAPES = 64  # different sets of properties that are remembered
UNIT_MEMBERS = {
    "kind": "unit_kind",
    "name": "unit_name",
    "address": "unit_address",
    "households": "unit_households",
}


def read(path: Path, matches: Matches = NO_MATCHES) -> Gathered:
    """All features of a file; raises RuleViolation when it cannot be read to its end."""
    with path.open("rb") as file:
        gathered = Gathered(encodings.recognised(file))
        stream = JsonStream(encodings.decoded(file, gathered.encoding))
        is_collection = has_features = False
        for member, first in stream.members():
            if member == "features" and first[0] == "start_array":
                has_features = True
                _read_features(stream, gathered, Properties(matches))
                continue
            value = stream.value(first)
            if member == "crs":
                gathered.declared = _declared(value)
            is_collection = is_collection or (member == "type" and value == "FeatureCollection")
        if not is_collection or not has_features:
            raise RuleViolation(f"文件{NO_COLLECTION}", field="文件")
    return gathered


@dataclass(slots=True)
class Properties:
    """The properties of the features so far: their names in order, with a value from each, and what they mean."""

    matches: Matches
    samples: dict[str, str] = field(default_factory=dict)
    known: dict[tuple[str, ...], dict[str, str]] = field(default_factory=dict)

    def keys_of(self, properties: Mapping[str, object]) -> dict[str, str]:
        """The properties to read and the column of each; raises RuleViolation when two mean the same column."""
        names = tuple(properties)
        if names not in self.known:
            if len(self.known) >= MOST_SHAPES:
                self.known.clear()
            useful = [
                name for name in names[: limits.COLUMNS] if name in self.matches or columns.key_of(name)
            ]
            self.known[names] = keys_matched(useful, self.matches)
            for name in names[: limits.COLUMNS - len(self.samples)]:
                if name != UNITS:
                    self.samples.setdefault(name, cell_text(properties[name]))
        return self.known[names]

    def seen(self) -> list[FieldSeen]:
        """All properties met, with the column of each."""
        keys = {name: key for known in self.known.values() for name, key in known.items()}
        return fields_seen(self.samples, keys, self.samples)


def _read_features(stream: JsonStream, gathered: Gathered, properties: Properties) -> None:
    stream.at = PLACES["geojson"].format(gathered.rows + 1)
    for feature in stream.elements():
        gathered.rows += 1
        limits.check_rows(gathered.rows)
        _read_feature(feature, gathered, properties)
        stream.at = PLACES["geojson"].format(gathered.rows + 1)
    stream.at = "文件"
    gathered.fields = properties.seen()


def _declared(member: object) -> Declaration:
    if not isinstance(member, Mapping):
        return Declaration()
    properties = member.get("properties")
    name = properties.get("name") if isinstance(properties, Mapping) else None
    return declared_by_name(name) if isinstance(name, str) else Declaration()


def _read_feature(feature: object, gathered: Gathered, known: Properties) -> None:
    draft = _draft(feature, gathered.rows, known)
    number = gathered.take(draft)
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        draft.faults.clear()  # no other check makes sense if it is not a feature
        draft.refuse(NOT_A_FEATURE, "文件")
        return
    if feature.get("geometry") is None:
        draft.lacks_border = True
        return
    flattened: list[bool] = []
    try:
        parts = [[_ring(ring, flattened) for ring in part] for part in _parts(feature.get("geometry"))]
    except RuleViolation as refusal:
        draft.refuse(refusal.sentence)
        return
    if gathered.outlines.admit(draft, sum(map(len, parts))):
        gathered.outlines.add(number, draft, parts, flattened=any(flattened))


def _draft(feature: object, row: int, known: Properties) -> Draft:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    if not isinstance(properties, Mapping):
        properties = {}
    headers = known.keys_of(properties)
    values = {key: properties[header] for header, key in headers.items()}
    draft = draft_of(row, values, headers, "geojson")
    add_unit(draft, values)
    add_listed(draft, values)
    for unit in _units(properties):
        add_unit(draft, {key: unit.get(member) for member, key in UNIT_MEMBERS.items()})
    return draft


def _units(properties: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    units = properties.get(UNITS)
    if isinstance(units, list):
        yield from (unit for unit in units if isinstance(unit, Mapping))


def _parts(geometry: object) -> list[list[object]]:
    """The polygons of a geometry as lists of rings; raises RuleViolation for anything else."""
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
