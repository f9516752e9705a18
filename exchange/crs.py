"""The coordinate systems that a file may use, and the conversion of each to CGCS2000 degrees (Art. 7). Pure.

Puyang lies across two 3-degree zones, so a file in metres may be in either. The boxes of Puyang in the systems in
metres do not overlap, so a wrong choice is noticed. Systems in degrees cannot be told apart by their numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from common.errors import RuleViolation
from exchange.archive import shown
from exchange.rows import Bounds
from exchange.shifts import bd_to_wgs, gcj_to_wgs

PUYANG: Bounds = (114.8, 35.3, 116.1, 36.2)  # degrees
MARGIN_DEG = 0.1
CGCS2000 = "EPSG:4490"
PUYANG_IN_WORDS = "东经114.8–116.1度、北纬35.3–36.2度"
DECLARATION_CHARS = 8192
ZONE_REACH = 3.0  # degrees from the central meridian to the edge of the widest zone
SAME_PLACE = 1e-9  # degrees, a tenth of a millimetre
SAMPLES = np.array([(lon, lat) for lon in (114.9, 115.5, 116.0) for lat in (35.4, 36.1)])
GRS80 = (6_378_137.0, 298.257222101)


def _unchanged(places: np.ndarray) -> np.ndarray:
    return places


def _unprojected(code: int) -> Callable[[np.ndarray], np.ndarray]:
    def to_degrees(places: np.ndarray) -> np.ndarray:
        return np.column_stack(_transformer(code).transform(places[:, 0], places[:, 1]))

    return to_degrees


@cache
def _transformer(code: int) -> Transformer:
    return Transformer.from_crs(code, 4490, always_xy=True)


@dataclass(frozen=True, slots=True)
class System:
    """A coordinate system: its name on the page, its EPSG number if it has one, its conversion to CGCS2000 degrees."""

    key: str
    name: str
    epsg: int | None
    to_degrees: Callable[[np.ndarray], np.ndarray]

    @property
    def in_metres(self) -> bool:
        """Whether its coordinates are in metres."""
        return self.epsg not in {None, 4490, 4326}


SYSTEMS: Mapping[str, System] = {
    system.key: system
    for system in (
        System("EPSG:4490", "CGCS2000 经纬度", 4490, _unchanged),
        # The two systems differ by less than a metre, which is less than the precision of drawn borders.
        System("EPSG:4326", "WGS-84 经纬度", 4326, _unchanged),
        System("EPSG:4547", "CGCS2000 3度带，中央经线114度，不带带号", 4547, _unprojected(4547)),
        System("EPSG:4548", "CGCS2000 3度带，中央经线117度，不带带号", 4548, _unprojected(4548)),
        System("EPSG:4526", "CGCS2000 3度带，带号38", 4526, _unprojected(4526)),
        System("EPSG:4527", "CGCS2000 3度带，带号39", 4527, _unprojected(4527)),
        # The same numbers as with the meridian 117 degrees without zone number: EPSG:4509.
        System("EPSG:4498", "CGCS2000 6度带，带号20", 4498, _unprojected(4498)),
        System("GCJ-02", "GCJ-02（高德、腾讯地图）", None, gcj_to_wgs),
        System("BD-09", "BD-09（百度地图）", None, bd_to_wgs),
    )
}


def system_of(key: str) -> System:
    """The system with this key; raises RuleViolation if it is not on the list."""
    if key not in SYSTEMS:
        raise RuleViolation("请从列表里选择坐标系。", field="坐标系")
    return SYSTEMS[key]


def to_cgcs2000(coords: np.ndarray, crs: str) -> np.ndarray:
    """Convert an (n, 2) array of x (east) and y (north) in ``crs`` to EPSG:4490 degrees."""
    return system_of(crs).to_degrees(coords)


@cache
def puyang_in(crs: str) -> Bounds:
    """The box of Puyang with its margin, in coordinates of ``crs``."""
    west, south, east, north = PUYANG
    west, south, east, north = west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG
    system = system_of(crs)
    if not system.in_metres:
        return west, south, east, north  # a shift of 530 m is well inside the margin
    lons, lats = np.meshgrid(np.linspace(west, east, 30), np.linspace(south, north, 30))
    x, y = _transformer(system.epsg or 0).transform(lons.ravel(), lats.ravel(), direction="INVERSE")
    return float(np.min(x)), float(np.min(y)), float(np.max(x)), float(np.max(y))


def inside_puyang(coords: np.ndarray, crs: str) -> np.ndarray:
    """For each row of an (n, 2) array in ``crs``, whether it lies in the box of Puyang."""
    west, south, east, north = puyang_in(crs)
    x, y = coords[:, 0], coords[:, 1]
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def candidates(bounds: Bounds | None) -> tuple[str, ...]:
    """The systems in which ``bounds`` lies inside Puyang, in the order of the list."""
    if bounds is None:
        return ()
    corners = np.array(bounds).reshape(2, 2)
    return tuple(key for key in SYSTEMS if inside_puyang(corners, key).all())


def named(keys: tuple[str, ...]) -> str:
    """The names of the systems, for a sentence."""
    return "、".join(f"“{SYSTEMS[key].name}”" for key in keys)


def wrong_choice(coords: np.ndarray, crs: str) -> RuleViolation:
    """The refusal when no coordinate lies in Puyang under ``crs``; it names the systems that would fit."""
    bounds = (*coords.min(axis=0).tolist(), *coords.max(axis=0).tolist())
    fitting = candidates(bounds)
    if fitting:
        reason = f"坐标不符合所选的{named((crs,))}，符合的是{named(fitting)}。请改选后再导入。"
    elif candidates((bounds[1], bounds[0], bounds[3], bounds[2])):
        other = candidates((bounds[1], bounds[0], bounds[3], bounds[2]))
        reason = (
            f"坐标不符合所选的{named((crs,))}：横纵坐标写反了，对调后符合{named(other)}。请改选后再导入。"
        )
    else:
        reason = f"坐标不在濮阳市范围内（{PUYANG_IN_WORDS}），没有一种坐标系符合。请核对文件。"
    return RuleViolation(reason, field="坐标系")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a file declares: a key of ``SYSTEMS`` or nothing.

    ``own`` converts from a projection that is not on the list, called ``name``, to the system ``key``.
    """

    key: str = ""
    name: str = ""
    own: Callable[[np.ndarray], np.ndarray] | None = None


def declared_by_wkt(text: str) -> Declaration:
    """The system that a .prj file declares.

    Raises RuleViolation for a system of another datum, because its numbers may look right and be 100 m off.
    """
    if not text.strip():
        return Declaration()
    if len(text) > DECLARATION_CHARS:
        raise RuleViolation(".prj 文件过长，不像坐标系说明。请重新导出。", field="坐标系")
    try:
        declared = CRS.from_wkt(text)
    except CRSError as error:
        raise RuleViolation(
            ".prj 文件无法识别。请重新导出，或删去它再选择坐标系。", field="坐标系"
        ) from error
    return _declaration(declared, declared.name)


def declared_by_name(name: str) -> Declaration:
    """The system that a GeoJSON ``crs`` member names; raises like ``declared_by_wkt``."""
    if re.search(r"CRS:?84$", name.upper()):
        return Declaration("EPSG:4326")
    number = re.search(r"EPSG[:/].*?(\d{4,6})$", name)
    if not number:
        raise _not_on_the_list(name)
    if f"EPSG:{number[1]}" in SYSTEMS:
        return Declaration(f"EPSG:{number[1]}")
    try:
        return _declaration(CRS.from_epsg(int(number[1])), name)
    except CRSError as error:
        raise _not_on_the_list(name) from error


def _declaration(declared: CRS, name: str) -> Declaration:
    """Find the system by what it does to places in Puyang, so that every parameter counts."""
    flat = _horizontal(declared)
    datum = _datum_of(flat)
    if flat is None or not datum:
        raise _not_on_the_list(name)
    if flat.is_geographic and math.isclose(
        flat.axis_info[0].unit_conversion_factor, math.radians(1), rel_tol=1e-9
    ):
        return Declaration(datum)
    if datum != CGCS2000 or not flat.is_projected:
        raise _not_on_the_list(name)
    own = Transformer.from_crs(flat, 4490, always_xy=True)
    x, y = own.transform(SAMPLES[:, 0], SAMPLES[:, 1], direction="INVERSE")
    for key, system in SYSTEMS.items():
        if system.in_metres and _is_same(system.to_degrees(np.column_stack([x, y]))):
            return Declaration(key)
    if not _reaches_puyang(flat):
        raise RuleViolation(
            f"文件声明的坐标系是“{shown(name, 60)}”，这一带不含濮阳市。"
            "请转换为 CGCS2000 经纬度（EPSG:4490）后重新导出。",
            field="坐标系",
        )
    return Declaration(
        CGCS2000, name, lambda places: np.column_stack(own.transform(places[:, 0], places[:, 1]))
    )


def _horizontal(declared: CRS) -> CRS | None:
    """The part of a system that says where on the map; None if a shift to WGS-84 is written beside it."""
    if declared.is_compound:
        declared = declared.sub_crs_list[0]
    if declared.is_bound and declared.source_crs is not None:
        shift = declared.coordinate_operation.towgs84 if declared.coordinate_operation else []
        return None if any(shift) else _horizontal(declared.source_crs)
    return declared


def _datum_of(declared: CRS | None) -> str:
    """The key of the system in degrees that has this datum, or an empty text."""
    base = declared.geodetic_crs if declared is not None else None
    if base is None or base.datum is None or base.ellipsoid is None or base.prime_meridian is None:
        return ""
    key = _degrees_key(base.name) or _degrees_key(base.datum.name)
    if base.prime_meridian.longitude or not np.allclose(
        (base.ellipsoid.semi_major_metre, base.ellipsoid.inverse_flattening), GRS80, rtol=1e-7
    ):
        return ""
    return key


def _is_same(places: np.ndarray) -> bool:
    return bool(np.isfinite(places).all() and np.allclose(places, SAMPLES, rtol=0, atol=SAME_PLACE))


def _reaches_puyang(declared: CRS) -> bool:
    """Whether Puyang lies in the zone of a transverse Mercator projection."""
    operation = declared.coordinate_operation
    if operation is None or operation.method_name not in {"Transverse Mercator", "Gauss-Kruger"}:
        return False
    values = {parameter.name: float(parameter.value) for parameter in operation.params}
    meridian = values.get("Longitude of natural origin", 0.0)
    return PUYANG[0] - ZONE_REACH <= meridian <= PUYANG[2] + ZONE_REACH


def _degrees_key(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if re.search(r"cgcs2000|chinageodeticcoordinatesystem2000|china2000$", plain):
        return CGCS2000
    return "EPSG:4326" if re.search(r"wgs(19)?84|crs84|worldgeodeticsystem1984", plain) else ""


def _not_on_the_list(name: str) -> RuleViolation:
    return RuleViolation(
        f"文件声明的坐标系是“{shown(name, 60)}”，不能导入。请先转换为 CGCS2000。", field="坐标系"
    )


def check_declared(declared: str, crs: str) -> None:
    """Refuse a choice that contradicts what the file declares; all systems in degrees count as the same here."""
    degrees = {CGCS2000, "EPSG:4326"}
    by_map = {"GCJ-02", "BD-09"}
    if not declared or declared == crs or {declared, crs} <= degrees:
        return
    if crs in by_map and declared in degrees:
        return  # software that saves a shifted map often declares WGS-84 wrongly
    raise RuleViolation(
        f"文件声明的坐标系是{named((declared,))}，所选的是{named((crs,))}。请改选，或更正文件的声明。",
        field="坐标系",
    )
