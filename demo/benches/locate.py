"""`bench locate`: finds one grid for every point, about as fast as a bare STRtree, and correctly after each change."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np
import shapely
from django.conf import settings

from common import clock
from demo.benches.measuring import SCRATCH, scratch_city, settings_of_server
from demo.city_grids import draw_demonstration_grids
from grids.actions.register import bump_boundaries
from grids.locate import GridIndex, current_index
from grids.models import Grid
from puyang_grid.addresses import BASE_DIR, addresses_from, with_database

Say = Callable[[str], object]
GRIDS, CHUNK, SEED, PROCESSES = 10_000, 10_000, 410900, 3
ANSWERING = """
import sys, django
django.setup()
from grids.locate import locate
for line in sys.stdin:
    grid = locate(*map(float, line.split()))
    print(grid.code if grid else "-", flush=True)
"""


def run(say: Say, *, points: int) -> None:
    """Create 10,000 grids in a scratch city and look up ``points`` random places, borders and corners."""
    with scratch_city(loading=("load_divisions",)):
        say(f"服务器 {settings_of_server()}")
        say(f"网格 {draw_demonstration_grids(at=clock.now(), at_least=GRIDS):,} 个")
        started = perf_counter()
        index = current_index()
        say(f"载入边界并建索引 {(perf_counter() - started) * 1000:.0f} ms，顶点 {_nodes(index):,} 个")
        inside = _points_inside(index, points)
        found_none, found_two = _uniqueness(index, inside)
        say(f"区内随机点 {len(inside):,} 个：无网格 {found_none}，多于一个网格内部 {found_two}")
        _speed(say, index, inside)
        _borders(say, index)
        _change(say, index)


def _nodes(index: GridIndex) -> int:
    return int(shapely.get_num_coordinates(index.tree.geometries).sum())


def _points_inside(index: GridIndex, count: int) -> np.ndarray:
    """Random points of the covered area, as rows of longitude and latitude."""
    rng = np.random.default_rng(SEED)
    whole = shapely.union_all(index.tree.geometries)
    shapely.prepare(whole)
    west, south, east, north = whole.bounds
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < count:
        tries = np.column_stack([rng.uniform(west, east, count // 2), rng.uniform(south, north, count // 2)])
        kept.append(tries[shapely.contains_xy(whole, tries[:, 0], tries[:, 1])])
    return np.vstack(kept)[:count]


def _uniqueness(index: GridIndex, inside: np.ndarray) -> tuple[int, int]:
    """How many points have no grid, and how many lie inside two."""
    points = shapely.points(inside)
    covered, _ = index.tree.query(points, predicate="intersects")
    within, _ = index.tree.query(points, predicate="within")
    return len(points) - len(np.unique(covered)), len(within) - len(np.unique(within))


def _speed(say: Say, index: GridIndex, inside: np.ndarray) -> None:
    """Compare our lookup with a bare query, one point at a time, in alternating chunks."""
    ours = bare = 0.0
    for first in range(0, len(inside), CHUNK):
        chunk: Sequence[tuple[float, float]] = inside[first : first + CHUNK].tolist()
        started = perf_counter()
        for lon, lat in chunk:
            index.at(lon, lat)
        ours += perf_counter() - started
        started = perf_counter()
        for lon, lat in chunk:
            index.tree.query(shapely.Point(lon, lat), predicate="intersects")
        bare += perf_counter() - started
    say(
        f"逐点查找 {len(inside) / ours:,.0f} 次/秒，裸 STRtree {len(inside) / bare:,.0f} 次/秒，"
        f"之比 {bare / ours:.2f}（≥ 0.5）"
    )


def _borders(say: Say, index: GridIndex) -> None:
    """Check every corner and a place on every edge: the result is always the lowest code that touches it."""
    shapes = index.tree.geometries
    nodes = np.unique(shapely.get_coordinates(shapes), axis=0)
    rings = shapely.get_parts(shapely.boundary(shapes))
    rng = np.random.default_rng(SEED)
    on_edges = shapely.get_coordinates(
        shapely.line_interpolate_point(rings, rng.uniform(0, 1, len(rings)), normalized=True)
    )
    rim = shapely.boundary(shapely.union_all(shapes))
    shapely.prepare(rim)
    # A place computed on the outer border of the city may round to the outside; between two grids that cannot happen.
    on_edges = on_edges[~shapely.dwithin(rim, shapely.points(on_edges), 1e-9)]
    lost = wrong = 0
    for lon, lat in np.vstack([nodes, on_edges]).tolist():
        answer = index.at(lon, lat)
        touching = index.tree.query(shapely.Point(lon, lat), predicate="intersects")
        lost += answer is None
        wrong += answer is not None and answer != int(index.grid_ids[touching.min()])
    say(f"角点 {len(nodes):,} 个、网格间边上点 {len(on_edges):,} 个：答不出 {lost}，不是最小编码 {wrong}")


def _change(say: Say, index: GridIndex) -> None:
    """Check that running processes give the right result at the first request after a change."""
    first, second = (Grid.objects.get(pk=int(index.grid_ids[place])) for place in _neighbours(index))
    point = shapely.point_on_surface(shapely.from_wkb(bytes(second.boundary or b"")))
    children = [_answering() for _ in range(PROCESSES)]
    try:
        before = {_ask(child, point) for child in children}
        joined = shapely.union_all(
            [shapely.from_wkb(bytes(grid.boundary or b"")) for grid in (first, second)]
        )
        Grid.objects.filter(pk=first.pk).update(boundary=shapely.to_wkb(joined))
        bump_boundaries()
        after = {_ask(child, point) for child in children}
    finally:
        for child in children:
            child.terminate()
    say(f"边界改变前 {PROCESSES} 个进程都答 {before}，改变后第一次都答 {after}，应为 {first.code}")


def _neighbours(index: GridIndex) -> tuple[int, int]:
    touching = index.tree.query(index.tree.geometries[0], predicate="intersects")
    other = next(place for place in sorted(touching.tolist()) if place != 0)
    return 0, other


def _answering() -> subprocess.Popen[str]:
    addresses = addresses_from(os.environ, settings.VAR_DIR)
    environ = {**os.environ, "DATABASE_URL": with_database(addresses.app, SCRATCH)}
    return subprocess.Popen(
        [sys.executable, "-c", ANSWERING],
        cwd=BASE_DIR,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ask(child: subprocess.Popen[str], point: shapely.Point) -> str:
    assert child.stdin
    assert child.stdout
    child.stdin.write(f"{point.x!r} {point.y!r}\n")
    child.stdin.flush()
    return child.stdout.readline().strip()
