"""The checks before a plan is agreed, approved and published (Art. 7–10). Pure.

A blocking finding stops the plan, a warning is only shown. Each is one sentence with the place to jump to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import shapely
from shapely import Geometry

from geometry.coverage import crossings, gaps, outside, overlaps
from plans.drawing import missing
from plans.lots import Lot, matched

Severity = Literal["blocking", "warning"]
NEAR = 0.002  # degrees, about two hundred metres: this plan did not cause a gap farther away


@dataclass(frozen=True)
class Finding:
    """One fault: the rule it breaks, a sentence, the lots concerned and a place in degrees to jump to."""

    rule: str
    severity: Severity
    sentence: str
    keys: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    area_m2: float | None = None


@dataclass(frozen=True)
class Norm:
    """The county's size norm in households, and the days after which an unstaffed grid blocks."""

    sizes: Mapping[str, tuple[int, int]]
    grace_days: int


@dataclass(frozen=True)
class Staffing:
    """Whether a grid has the people that Art. 10 requires, and since when it is in force."""

    has_leader: bool
    has_worker: bool
    in_force_on: date | None


@dataclass(frozen=True)
class Sector:
    """A department's own grid that is neither merged nor kept under a law (Art. 9)."""

    words: str
    owner: str
    shape: Geometry | None
    established_on: date


@dataclass(frozen=True)
class Subject:
    """The input of the checks: the lots of the places concerned and their surroundings."""

    lots: Sequence[Lot]
    villages: Mapping[int, str]
    outlines: Mapping[int, Geometry]
    county_outline: Geometry | None
    covered_before: Geometry | None
    norm: Norm
    today: date
    staffing: Mapping[str, Staffing] = field(default_factory=dict)
    sectors: Sequence[Sector] = ()
    unified_since: date | None = None
    codes_elsewhere: Mapping[str, str] = field(default_factory=dict)
    stale: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def fitted(self) -> list[Lot]:
        """Return the lots that will exist, with the nodes of drawn neighbours on their borders."""
        return [lot for lot in matched(self.lots) if lot.is_live]


def examine(subject: Subject) -> list[Finding]:
    """Return every finding, blocking ones first, in the order of the rules."""
    found = [finding for check in CHECKS for finding in check(subject)]
    return sorted(found, key=lambda finding: finding.severity)


def _drawn(subject: Subject) -> list[Lot]:
    return [lot for lot in subject.lots if lot.state in ("changed", "new")]


def nothing_planned(subject: Subject) -> Iterator[Finding]:
    """Block a plan without any change."""
    if all(lot.state == "unchanged" for lot in subject.lots):
        yield Finding("nothing", "blocking", "方案里还没有任何改动。")


def stale_bases(subject: Subject) -> Iterator[Finding]:
    """Block grids that another plan has changed since they were drawn, or is about to change."""
    for key, sentence in subject.stale.items():
        yield Finding("stale", "blocking", sentence, (key,))


def empty_grids(subject: Subject) -> Iterator[Finding]:
    """Block grids without a boundary; warn of grids without units, households and people."""
    for lot in _drawn(subject):
        if lot.shape is None or lot.shape.is_empty:
            yield Finding("empty", "blocking", f"{lot.facts.name}还没有边界。", (lot.key,))
        elif not (lot.facts.units or lot.facts.households or lot.facts.population):
            lon, lat = _inside(lot.shape)
            sentence = f"{lot.facts.name}没有基本单元，也没有户数和人口。"
            yield Finding("empty", "warning", sentence, (lot.key,), lon, lat)


def unfinished_grids(subject: Subject) -> Iterator[Finding]:
    """Block grids that were drawn without a name or, if dedicated, without premises or department (Art. 8)."""
    for lot in _drawn(subject):
        place = () if lot.shape is None or lot.shape.is_empty else _inside(lot.shape)
        for _, sentence in missing(lot.facts, department_id=lot.department_id):
            yield Finding("unfinished", "blocking", f"{lot.facts.name}：{sentence}", (lot.key,), *place)


def crossing_borders(subject: Subject) -> Iterator[Finding]:
    """Block boundaries that cross themselves, and new grids of several pieces."""
    for lot in _drawn(subject):
        if lot.shape is None or lot.shape.is_empty:
            continue
        fault = crossings(lot.shape)
        if fault:
            lon, lat, reason = fault
            yield Finding("crossing", "blocking", f"{lot.facts.name}：{reason}。", (lot.key,), lon, lat)
        elif lot.shape.geom_type != "Polygon" and lot.state == "new":
            lon, lat = _inside(lot.shape)
            sentence = f"{lot.facts.name}由互不相连的几块组成，一个网格应连成一片。"
            yield Finding("crossing", "blocking", sentence, (lot.key,), lon, lat)


def overlapping(subject: Subject) -> Iterator[Finding]:
    """Block two grids that share 1 m² or more."""
    lots = subject.fitted
    by_key = {lot.key: lot for lot in lots}
    for found in overlaps([lot.key for lot in lots], [lot.shape for lot in lots]):
        one, other = by_key[found.a], by_key[found.b]
        if one.state == other.state == "unchanged":
            continue  # this plan did not cause it
        sentence = f"{one.facts.name}与{other.facts.name}重叠 {_metres(found.area_m2)}。"
        yield Finding(
            "overlap", "blocking", sentence, (found.a, found.b), found.lon, found.lat, found.area_m2
        )


def uncovered(subject: Subject) -> Iterator[Finding]:
    """Block land that has no grid: between grids, or where a grid was before."""
    lots = subject.fitted
    if not any(lot.state != "unchanged" for lot in subject.lots):
        return
    found = gaps([lot.shape for lot in lots], within=subject.covered_before)
    touched = [lot.shape for lot in subject.lots if lot.state != "unchanged" and lot.shape is not None]
    for gap in found:
        if touched and not shapely.dwithin(np.array(touched, dtype=object), gap.shape, NEAR).any():
            continue
        around = [lots[i] for i in gap.neighbours]
        names = "、".join(lot.facts.name for lot in around[:3]) or "原有网格"
        sentence = f"{names}之间有 {_metres(gap.area_m2)} 没有归入任何网格。"
        keys = tuple(lot.key for lot in around)
        yield Finding("gap", "blocking", sentence, keys, gap.lon, gap.lat, gap.area_m2)


def outside_its_place(subject: Subject) -> Iterator[Finding]:
    """Block grids outside their village or, if it has no outline, outside their county."""
    drawn = (lot for lot in _drawn(subject) if lot.shape is not None and lot.shape.is_valid)
    by_village: dict[int, list[Lot]] = defaultdict(list)
    for lot in drawn:
        by_village[lot.facts.village_id].append(lot)
    for village_id, lots in by_village.items():
        village = subject.outlines.get(village_id)
        place = subject.county_outline if village is None else village
        words = "本县区" if village is None else subject.villages[village_id]
        if place is None:
            continue
        shapely.prepare(place)
        covered = shapely.covers(place, np.array([lot.shape for lot in lots], dtype=object))
        for lot in (lot for lot, inside in zip(lots, covered.tolist(), strict=True) if not inside):
            yield from _outside(lot, place, words)


def _outside(lot: Lot, place: Geometry, words: str) -> Iterator[Finding]:
    found = outside(lot.shape, place) if lot.shape is not None else None
    if found:
        area, lon, lat = found
        sentence = f"{lot.facts.name}有 {_metres(area)} 在{words}以外。"
        yield Finding("outside", "blocking", sentence, (lot.key,), lon, lat, area)


def same_names_and_codes(subject: Subject) -> Iterator[Finding]:
    """Block names used twice in a village and codes that are already used; a code is never used again."""
    by_name: dict[tuple[int, str], list[Lot]] = defaultdict(list)
    for lot in subject.lots:
        if lot.is_live:
            by_name[lot.facts.village_id, lot.facts.name].append(lot)
    for (village_id, name), lots in by_name.items():
        if len(lots) > 1 and any(lot.state != "unchanged" for lot in lots):
            place = _inside(lots[0].shape) if lots[0].shape is not None else (None, None)
            sentence = f"{subject.villages[village_id]}有 {len(lots)} 个网格都叫“{name}”。"
            yield Finding("duplicate_name", "blocking", sentence, tuple(lot.key for lot in lots), *place)
    codes = Counter(lot.code for lot in subject.lots if lot.code and lot.is_live)
    for lot in _drawn(subject):
        if lot.code and (codes[lot.code] > 1 or lot.code in subject.codes_elsewhere):
            owner = subject.codes_elsewhere.get(lot.code, "方案里的另一个网格")
            sentence = f"{lot.facts.name}的编码 {lot.code} 已属于{owner}，编码不得重复使用。"
            yield Finding("duplicate_code", "blocking", sentence, (lot.key,))


def odd_sizes(subject: Subject) -> Iterator[Finding]:
    """Warn of grids larger or smaller than the county's norm, because the county may have a reason."""
    for lot in _drawn(subject):
        low, high = subject.norm.sizes.get(lot.facts.kind, (0, 0))
        number = lot.facts.households
        if not high or low <= number <= high:
            continue
        word = "少于" if number < low else "多于"
        limit = low if number < low else high
        place = _inside(lot.shape) if lot.shape is not None else (None, None)
        sentence = f"{lot.facts.name}有 {number} 户，{word}本县区规模标准 {limit} 户。"
        yield Finding("too_small" if number < low else "too_large", "warning", sentence, (lot.key,), *place)


def unstaffed(subject: Subject) -> Iterator[Finding]:
    """Warn of grids without leader or full-time worker; block after the county's grace period (Art. 10)."""
    for lot in subject.lots:
        staffing = subject.staffing.get(lot.key)
        if not lot.is_live or staffing is None or (staffing.has_leader and staffing.has_worker):
            continue
        missing = [
            word
            for word, there in (("网格长", staffing.has_leader), ("专职网格员", staffing.has_worker))
            if not there
        ]
        days = (subject.today - staffing.in_force_on).days if staffing.in_force_on else -1
        late = days > subject.norm.grace_days
        if lot.state == "unchanged" and not late:
            continue
        ending = (
            f"启用已 {days} 天，超过 {subject.norm.grace_days} 天的宽限，须先配齐（条例第十条）"
            if late
            else "请在生效前配齐（条例第十条）"
        )
        place = _inside(lot.shape) if lot.shape is not None else (None, None)
        sentence = f"{lot.facts.name}没有{'和'.join(missing)}：{ending}。"
        severity: Severity = "blocking" if late else "warning"
        yield Finding("unstaffed", severity, sentence, (lot.key,), *place)


def second_sector_grids(subject: Subject) -> Iterator[Finding]:
    """Block sector grids newer than the unified grids; warn of older ones not yet merged (Art. 9)."""
    live = [lot for lot in subject.lots if lot.state in ("changed", "new") and lot.shape is not None]
    shapes = np.array([lot.shape for lot in live], dtype=object)
    for sector in subject.sectors:
        hit = (
            []
            if sector.shape is None or not len(shapes)
            else shapely.intersects(shapes, sector.shape).nonzero()[0]
        )
        if sector.shape is not None and len(shapes) and not len(hit):
            continue
        later = subject.unified_since is not None and sector.established_on > subject.unified_since
        ending = (
            "是统一网格启用后另行划设的，须先整合，或写明法律、法规和国家、省的规定"
            if later
            else "还没有整合到统一网格"
        )
        place = _inside(sector.shape) if sector.shape is not None else (None, None)
        keys = tuple(live[i].key for i in hit)
        sentence = f"{sector.words}（{sector.owner}）{ending}（条例第九条）。"
        yield Finding("sector", "blocking" if later else "warning", sentence, keys, *place)


CHECKS: tuple[Callable[[Subject], Iterable[Finding]], ...] = (
    nothing_planned,
    stale_bases,
    empty_grids,
    unfinished_grids,
    crossing_borders,
    overlapping,
    uncovered,
    outside_its_place,
    same_names_and_codes,
    second_sector_grids,
    unstaffed,
    odd_sizes,
)


def _inside(shape: Geometry) -> tuple[float, float]:
    point = shapely.point_on_surface(shape)
    return (point.x, point.y) if not point.is_empty else (0.0, 0.0)


def _metres(area: float) -> str:
    return f"{area:,.0f} 平方米" if area >= 10 else f"{area:.1f} 平方米"
