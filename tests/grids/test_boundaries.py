"""Demonstration boundaries tile without gap or overlap, and a point finds exactly one grid (Art. 7, 8)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db.models import F

from grids.locate import current_index, locate, nearest
from grids.maps import township_geojson
from grids.models import Division, GeometryVersion, Grid
from tests.town import Town


@pytest.mark.slow
@pytest.mark.article(8)
def test_the_city_is_tiled_without_gap_or_overlap(own_city: str) -> None:
    grids = list(Grid.objects.order_by("code").select_related("village"))
    shapes = shapely.from_wkb([bytes(grid.boundary or b"") for grid in grids])
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.coverage_union_all(shapes)
    assert not any(part.interiors for part in shapely.get_parts(whole))
    assert all(grid.is_demonstration and grid.code.isdecimal() and len(grid.code) == 15 for grid in grids)
    assert {grid.village_id for grid in grids} == set(
        Division.objects.of_level("village").values_list("pk", flat=True)
    )
    assert any(grid.code.endswith("002") for grid in grids)
    assert all(grid.code.endswith("001") for grid in grids if grid.kind == Grid.Kind.VILLAGE)
    zones = Grid.objects.filter(village__parent__parent__code__in=["410971", "410972"])
    assert zones.count() >= 23 + 171


@pytest.mark.slow
def test_a_hundred_thousand_points_lie_in_exactly_one_grid_each(own_city: str) -> None:
    index = current_index()
    rng = np.random.default_rng(7)
    points = shapely.points(rng.uniform(114.8, 116.1, 100_000), rng.uniform(35.3, 36.3, 100_000))
    whole = shapely.coverage_union_all(index.tree.geometries)
    shapely.prepare(whole)
    inside = points[shapely.contains(whole, points)]
    found, _ = index.tree.query(inside, predicate="within")
    assert len(inside) > 20_000
    assert len(found) == len(np.unique(found)), "a point lies inside two grids"
    hit, _ = index.tree.query(inside, predicate="intersects")
    assert len(np.unique(hit)) == len(inside), "a point lies in no grid"


@pytest.mark.article(7)
def test_a_point_on_a_border_belongs_to_one_grid_always_the_same(town: Town) -> None:
    assert {getattr(locate(115.01, 35.705), "code", None) for _ in range(3)} == {"410902001001001"}
    assert getattr(locate(115.015, 35.705), "code", None) == "410902001001002"


def test_outside_every_grid_the_nearest_is_named_with_its_distance(town: Town) -> None:
    assert locate(114.99, 35.705) is None
    found = nearest(114.99, 35.705)
    assert found is not None
    grid, metres = found
    assert grid.code == "410902001001001"
    assert 900 < metres < 910, "a hundredth of a degree of longitude at this latitude"


def test_a_change_of_boundary_is_felt_at_the_next_lookup(town: Town) -> None:
    assert locate(115.005, 35.715) is None
    taller = shapely.box(115.0, 35.70, 115.01, 35.72)
    Grid.objects.filter(pk=town.grid.pk).update(boundary=shapely.to_wkb(taller))
    GeometryVersion.objects.update(number=F("number") + 1)
    assert locate(115.005, 35.715) == town.grid


def test_a_township_s_map_names_its_grids_and_its_version(town: Town) -> None:
    version, text = township_geojson(town.division("中原路街道").pk)
    assert text.count('"Feature"') == 3
    assert '"name": "京东社区第1网格"' in text
    assert version.startswith(f"{town.division('中原路街道').pk}.")
