"""What must always be true of the register: grids tile, dates have no gap or overlap, codes are unique."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, pairwise

import shapely
from django.db.models import F

from common.records.invariants import Invariant
from geometry.coverage import gaps, overlaps
from grids.models import Grid, GridCode, GridVersion

FACTS = ("code", "name", "kind", "premises", "village_id", "households", "population", "boundary")


def villages_that_do_not_tile() -> Iterator[str]:
    """The grids of a village neither overlap nor leave gaps of 1 m² or more; yields each fault."""
    rows = Grid.objects.in_force().exclude(boundary=None).order_by("village_id", "code")
    by_village: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for village, name, boundary in rows.values_list("village__name", "name", "boundary"):
        by_village[village].append((name, bytes(boundary)))
    for village, grids in by_village.items():
        names, shapes = [name for name, _ in grids], shapely.from_wkb([wkb for _, wkb in grids])
        for gap in gaps(shapes):
            yield f"{village}有 {gap.area_m2:.1f} 平方米不属任何网格（{gap.lon:.6f}, {gap.lat:.6f}）"
        yield from (
            f"{village}的{found.a}与{found.b}重叠 {found.area_m2:.1f} 平方米"
            for found in overlaps(names, shapes)
        )


def grids_that_overlap() -> Iterator[str]:
    """No two grids of the city share 1 m² or more."""
    rows = list(
        Grid.objects.in_force().exclude(boundary=None).order_by("code").values_list("name", "boundary")
    )
    shapes = shapely.from_wkb([bytes(boundary) for _, boundary in rows])
    for found in overlaps([name for name, _ in rows], shapes):
        yield f"{found.a}与{found.b}重叠 {found.area_m2:.1f} 平方米"


def versions_that_overlap() -> Iterator[str]:
    """The versions of a grid follow each other, one at a time; only the last may be open."""
    # If a grid changed twice on one day, the first version is valid for no day and sorts first.
    in_order = ("grid_id", "valid_from", F("valid_to").asc(nulls_last=True))
    rows = GridVersion.objects.order_by(*in_order).values_list("grid_id", "valid_from", "valid_to")
    for grid_id, versions in groupby(rows, key=lambda row: row[0]):
        for (_, _, ended), (_, begins, _) in pairwise(versions):
            if ended is None or ended > begins:
                yield f"网格 {grid_id} 在 {begins} 同时有两个版本"


def present_rows_unlike_their_version() -> Iterator[str]:
    """Each grid in force equals its open version; a grid that is not in force has no open version."""
    for grid in Grid.objects.in_force().exclude(versions__valid_to__isnull=True)[:1000]:
        yield f"{grid}（{grid.code}）在用，却没有现行版本"
    open_versions = GridVersion.objects.filter(valid_to__isnull=True)
    for version in open_versions.exclude(grid__status="in_force")[:1000]:
        yield f"{version.name}（{version.code}）不在用，却有现行版本"
    for version in open_versions.exclude(**{name: F(f"grid__{name}") for name in FACTS})[:1000]:
        yield f"{version.name}（{version.code}）的现行版本与网格册不同"


def codes_in_force_twice() -> Iterator[str]:
    """A code names only one grid on any day, and every code in use is in the register of codes."""
    owners = dict(GridCode.objects.values_list("code", "grid_id"))
    for code, grid_id in GridVersion.objects.values_list("code", "grid_id").distinct().order_by("code"):
        if owners.get(code) != grid_id:
            yield f"编码 {code} 用在网格 {grid_id}，登记的却是 {owners.get(code, '无')}"


INVARIANTS = (
    Invariant("每个村（社区）的网格不重不漏", villages_that_do_not_tile),
    Invariant("全市网格互不重叠", grids_that_overlap),
    Invariant("网格沿革首尾相接", versions_that_overlap),
    Invariant("网格现状等于现行版本", present_rows_unlike_their_version),
    Invariant("一个编码只属一个网格", codes_in_force_twice),
)
