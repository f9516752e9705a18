"""Cuts the whole city into demo grids: one for each village, several for communities (Art. 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import shapely
from django.db import transaction
from shapely import Geometry

from common.errors import RuleViolation
from demo.partition import cells, clean_coverage, fit_together
from grids.actions.codes import Wish, allot_codes, rule_on
from grids.actions.register import Entry, put_in_force
from grids.facts import Facts, Unit
from grids.models import Division, Grid

SEED = 410900
SOUTH_WEST_ZONE, SOUTH_ZONE = "410972", "410971"
# How many townships of the two zones lie in each county's outline; the zones have no outline of their own (Art. 28).
ZONE_SHARES = {"410902": {SOUTH_WEST_ZONE: 3}, "410928": {SOUTH_WEST_ZONE: 4, SOUTH_ZONE: 1}}
NUMERALS = "一二三四五六七八九"
STEMS = "甲乙丙丁戊己庚辛壬癸"
FOUNDED = date(2025, 1, 1)  # the day of the regulation


@dataclass
class _Piece:
    village: Division
    sequence: int
    total: int
    shape: Geometry


@transaction.atomic
def draw_demonstration_grids(*, at: datetime, at_least: int = 0) -> int:
    """Create the demo register; returns the number of grids. Refuses if there are grids already.

    ``at_least`` cuts every village into more grids, so that the whole city has at least that many.
    """
    if Grid.objects.exists():
        raise RuleViolation("网格册已有数据，演示网格只能装入空册。")
    rng = np.random.default_rng(SEED)
    villages = Division.objects.of_level("village").count()
    share = -(-at_least // villages) if villages else 0
    pieces = [
        piece
        for township, area in _township_areas(rng)
        for piece in _pieces_of(township, area, rng, at_least=share)
    ]
    for piece, shape in zip(pieces, fit_together([piece.shape for piece in pieces]), strict=True):
        piece.shape = shape
    rule = rule_on(FOUNDED)
    codes = allot_codes([Wish(piece.village, _kind_of(piece)) for piece in pieces], rule=rule)
    entries = [
        Entry(Grid(is_demonstration=True), _facts_of(piece, rng), code)
        for piece, code in zip(pieces, codes, strict=True)
    ]
    put_in_force(entries, rule=rule, on=FOUNDED, source="演示数据", at=at)
    _outline_villages(pieces)
    return len(pieces)


def _outline_villages(pieces: list[_Piece]) -> None:
    """Set each village's outline to the area that its grids cover together."""
    shapes: dict[Division, list[Geometry]] = defaultdict(list)
    for piece in pieces:
        shapes[piece.village].append(piece.shape)
    for village, parts in shapes.items():
        village.outline = shapely.to_wkb(shapely.coverage_union_all(parts))
    Division.objects.bulk_update(list(shapes), ["outline"], batch_size=500)


def _township_areas(rng: np.random.Generator) -> list[tuple[Division, Geometry]]:
    """Give every township an area inside a county outline; townships of the zones lie in the neighbouring counties."""
    outlined = list(Division.objects.of_level("county").exclude(outline=None))
    if not outlined:
        raise RuleViolation("还没有县区轮廓，请先导入区划。")
    townships: dict[str, list[Division]] = defaultdict(list)
    for township in Division.objects.of_level("township").select_related("parent"):
        townships[township.parent.code if township.parent else ""].append(township)
    areas = []
    outlines = clean_coverage([shapely.from_wkb(bytes(county.outline or b"")) for county in outlined])
    for county, outline in zip(outlined, outlines, strict=True):
        guests = [
            township
            for zone, count in ZONE_SHARES.get(county.code, {}).items()
            for township in (townships[zone].pop(0) for _ in range(count))
        ]
        pieces = cells(outline, len(townships[county.code]) + len(guests), rng=rng)
        # the zones lie at the inner border of the two counties: nearest to the point where they meet
        pieces.sort(key=lambda piece: piece.distance(ZONE_CENTRE))
        areas += list(zip([*guests, *townships[county.code]], pieces, strict=True))
    return areas


ZONE_CENTRE = shapely.Point(114.92, 35.65)


def _pieces_of(
    township: Division, area: Geometry, rng: np.random.Generator, *, at_least: int
) -> list[_Piece]:
    villages = list(township.children.order_by("code"))
    pieces = []
    for village, village_area in zip(villages, cells(area, len(villages), rng=rng), strict=True):
        total = max(at_least, int(rng.integers(2, 5)) if village.name.endswith("社区") else 1)
        for sequence, shape in enumerate(cells(village_area, total, rng=rng), start=1):
            pieces.append(_Piece(village, sequence, total, shape))
    return pieces


def _kind_of(piece: _Piece) -> str:
    return Grid.Kind.COMMUNITY if piece.village.name.endswith("社区") else Grid.Kind.VILLAGE


def _facts_of(piece: _Piece, rng: np.random.Generator) -> Facts:
    kind = _kind_of(piece)
    community = kind == Grid.Kind.COMMUNITY
    ordinal = f"第{NUMERALS[piece.sequence - 1]}" if piece.total > 1 else ""
    households = int(rng.integers(300, 500) if community else rng.integers(120, 420))
    return Facts(
        name=f"{piece.village.name}{ordinal}网格",
        kind=kind,
        village_id=piece.village.pk,
        boundary=shapely.to_wkb(piece.shape),
        households=households,
        population=int(households * 2.9),
        units=tuple(_units_of(piece, households, community=community)),
    )


def _units_of(piece: _Piece, households: int, *, community: bool) -> Iterator[Unit]:
    """Yield units with clearly invented names, 示范小区甲 and 第一村民小组; households are shared evenly."""
    count = 3 if community else min(9, 2 + households // 60)
    for number in range(count):
        share = households // count + (number < households % count)
        if community:
            yield Unit("estate", f"示范小区{STEMS[piece.sequence - 1]}{number + 1}号院", "", share)
        else:
            yield Unit("villagers_group", f"第{NUMERALS[number]}村民小组", "", share)
