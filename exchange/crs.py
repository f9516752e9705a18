"""The coordinate systems that a file may use, and the conversion of each to CGCS2000 degrees (Art. 7). Pure.

Puyang lies across two 3-degree zones, so a file in metres may be in either. The boxes of Puyang in the systems in
metres do not overlap, so a wrong choice is noticed. Systems in degrees cannot be told apart by their numbers.
"""

from __future__ import annotations

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
PUYANG_SAID = "东经114.8–116.1度、北纬35.3–36.2度"
DECLARATION_CHARS = 8192
FALSE_EASTINGS = {500_000.0: "", 38_500_000.0: "38", 39_500_000.0: "39"}
ZONES = {
    (114.0, ""): "EPSG:4547",
    (117.0, ""): "EPSG:4548",
    (114.0, "38"): "EPSG:4526",
    (117.0, "39"): "EPSG:4527",
}


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
        reason = f"坐标不在濮阳市范围内（{PUYANG_SAID}），没有一种坐标系符合。请核对文件。"
    return RuleViolation(reason, field="坐标系")


def declared_by_wkt(text: str) -> str:
    """The key of the system that a .prj file declares, or an empty text when it declares none.

    Raises RuleViolation for a system that is not on the list, because its numbers may look right and be 100 m off.
    """
    if not text.strip():
        return ""
    if len(text) > DECLARATION_CHARS:
        raise RuleViolation(".prj 文件过长，不像坐标系说明。请重新导出。", field="坐标系")
    try:
        declared = CRS.from_wkt(text)
    except CRSError as error:
        raise RuleViolation(
            ".prj 文件无法识别。请重新导出，或删去它再选择坐标系。", field="坐标系"
        ) from error
    key = _degrees_key(declared.name) if declared.is_geographic else _metres_key(declared)
    if not key:
        raise _not_on_the_list(declared.name)
    return key


def _metres_key(declared: CRS) -> str:
    datum = declared.geodetic_crs.name if declared.geodetic_crs else ""
    operation = declared.coordinate_operation
    if _degrees_key(datum) != CGCS2000 or operation is None:
        return ""
    values = {parameter.name: float(parameter.value) for parameter in operation.params}
    zone = FALSE_EASTINGS.get(values.get("False easting", 0.0))
    return (
        ZONES.get((values.get("Longitude of natural origin", 0.0), zone or ""), "")
        if zone is not None
        else ""
    )


def _degrees_key(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if "cgcs2000" in plain or "chinageodeticcoordinatesystem2000" in plain:
        return CGCS2000
    return "EPSG:4326" if re.search(r"wgs(19)?84|crs84", plain) else ""


def declared_by_name(name: str) -> str:
    """The key of the system that a GeoJSON ``crs`` member names; raises like ``declared_by_wkt``."""
    number = re.search(r"EPSG:.*?(\d{4,6})$", name)
    if number and f"EPSG:{number[1]}" in SYSTEMS:
        return f"EPSG:{number[1]}"
    if name.upper().endswith("CRS84"):
        return "EPSG:4326"
    raise _not_on_the_list(name)


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
