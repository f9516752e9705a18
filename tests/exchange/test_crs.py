"""Which coordinate system a file is in: Puyang lies in two zones, and a wrong choice is noticed and named (Art. 7)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleViolation
from exchange.crs import SYSTEMS, candidates, declared_by_name, declared_by_wkt, puyang_in, to_cgcs2000
from exchange.reading import survey
from exchange.shifts import gcj_to_bd, wgs_to_gcj
from tests.exchange.files import (
    clockwise,
    feature,
    geojson,
    layer,
    reading,
    refusals,
    repairs,
    square,
    zipped,
)

METRES = {"EPSG:4547": 4547, "EPSG:4548": 4548, "EPSG:4526": 4526, "EPSG:4527": 4527, "EPSG:4498": 4498}
DEGREES = ("EPSG:4490", "EPSG:4326", "GCJ-02", "BD-09")
OUTSIDE = "不在濮阳市范围内（东经114.8–116.1度、北纬35.3–36.2度）"
places = st.lists(st.tuples(st.floats(114.8, 116.1), st.floats(35.3, 36.2)), min_size=1, max_size=20)


def in_metres(key: str, ring: list[tuple[float, ...]]) -> list[tuple[float, ...]]:
    """A ring of degrees as a file in ``key`` has it, by pyproj."""
    to_metres = pyproj.Transformer.from_crs(4490, METRES[key], always_xy=True)
    return [to_metres.transform(*place) for place in ring]


@pytest.mark.parametrize("key", METRES)
def test_metres_become_degrees_and_no_other_system_fits_them(tmp_path: Path, key: str) -> None:
    path = geojson(tmp_path, feature(in_metres(key, square())))
    assert survey(path, "a.geojson").candidates == (key,)
    found = reading(path, key)
    assert repairs(found) == [] and found.crs_source == key
    assert found.grids[0].shape.equals(shapely.box(115.0, 35.7, 115.01, 35.71))


@pytest.mark.parametrize("key", METRES)
def test_a_wrong_zone_is_refused_and_the_right_one_named(tmp_path: Path, key: str) -> None:
    path = geojson(tmp_path, feature(in_metres(key, square())))
    for wrong in SYSTEMS.keys() - {key}:
        found = reading(path, wrong)
        assert refusals(found) == [
            f"坐标不符合所选的“{SYSTEMS[wrong].name}”，符合的是“{SYSTEMS[key].name}”。请改选后再导入。"
        ]
        assert (found.faults[0].row, found.faults[0].field, found.grids) == (None, "坐标系", ())


def test_a_file_from_elsewhere_fits_nothing(tmp_path: Path) -> None:
    path = geojson(tmp_path, feature(square(113.6, 34.7)))
    assert survey(path, "a.geojson").candidates == ()
    assert refusals(reading(path)) == [f"坐标{OUTSIDE}，没有一种坐标系符合。请核对文件。"]


def test_one_grid_outside_is_refused_and_the_others_are_taken(tmp_path: Path) -> None:
    found = reading(geojson(tmp_path, feature(square()), feature(square(116.5), code="2")))
    assert refusals(found) == [
        f"第2个要素：边界的点（116.51，35.7）按所选的“CGCS2000 经纬度”{OUTSIDE}。请核对坐标。"
    ]
    assert [grid.row for grid in found.grids] == [1]


def test_swapped_axes_are_put_right_when_every_coordinate_proves_it(tmp_path: Path) -> None:
    swapped = [(lat, lon) for lon, lat in square()]
    whole = reading(geojson(tmp_path, feature(swapped)))
    assert whole.notes == ("全部坐标的横纵（经纬）写反了，已对调。",)
    assert repairs(whole) == []
    assert whole.grids[0].shape.equals(shapely.box(115.0, 35.7, 115.01, 35.71))
    one = reading(geojson(tmp_path, feature(square()), feature(swapped, code="2")))
    assert [grid.repairs for grid in one.grids] == [(), ("第2个要素：坐标的横纵（经纬）写反了，已对调。",)]
    assert one.notes == ()


def test_half_swapped_axes_are_refused(tmp_path: Path) -> None:
    half = [square()[0], *((lat, lon) for lon, lat in square()[1:4]), square()[0]]
    found = reading(geojson(tmp_path, feature(square(115.05)), feature(half, code="2")))
    assert [fault.row for fault in found.faults] == [2] and OUTSIDE in found.faults[0].reason


def test_swapped_metres_with_a_wrong_choice_are_reported_as_swapped(tmp_path: Path) -> None:
    swapped = [(north, east) for east, north in in_metres("EPSG:4548", square())]
    path = geojson(tmp_path, feature(swapped))
    assert refusals(reading(path)) == [
        f"坐标不符合所选的“CGCS2000 经纬度”：横纵坐标写反了，对调后符合“{SYSTEMS['EPSG:4548'].name}”。请改选后再导入。"
    ]
    assert reading(path, "EPSG:4548").notes == ("全部坐标的横纵（经纬）写反了，已对调。",)


def test_an_unknown_choice_is_refused(tmp_path: Path) -> None:
    assert refusals(reading(geojson(tmp_path, feature(square())), "EPSG:3857")) == ["请从列表里选择坐标系。"]


def test_a_choice_against_what_the_file_declares_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    path = geojson(tmp_path, feature(in_metres("EPSG:4547", square())), crs=crs)
    assert refusals(reading(path, "EPSG:4547")) == []
    assert refusals(reading(path, "EPSG:4548")) == [
        f"文件声明的坐标系是“{SYSTEMS['EPSG:4547'].name}”，所选的是“{SYSTEMS['EPSG:4548'].name}”。请改选，或更正文件的声明。"
    ]
    mercator = {"type": "name", "properties": {"name": "EPSG:3857"}}
    assert refusals(reading(geojson(tmp_path, feature(square()), crs=mercator))) == [
        "文件声明的坐标系是“EPSG:3857”，不能导入。请先转换为 CGCS2000。"
    ]


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("code", [4490, 4326, *METRES.values()])
def test_each_way_of_writing_a_prj_is_recognised(code: int, version: str) -> None:
    assert declared_by_wkt(pyproj.CRS.from_epsg(code).to_wkt(version)).key == f"EPSG:{code}"


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("code", [4490, 4548, 4526, 4498])
def test_the_height_system_beside_it_changes_nothing(code: int, version: str) -> None:
    with_heights = pyproj.CRS.from_user_input(f"EPSG:{code}+5737").to_wkt(version)
    assert "1985" in with_heights
    assert declared_by_wkt(with_heights) == declared_by_wkt(pyproj.CRS.from_epsg(code).to_wkt(version))


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_the_wide_zone_without_its_number_is_the_narrow_one_of_the_same_meridian(version: str) -> None:
    assert declared_by_wkt(pyproj.CRS.from_epsg(4509).to_wkt(version)).key == "EPSG:4548"


OTHER_PARAMETERS = [
    ('"Scale_Factor",1.0', '"Scale_Factor",0.9996'),
    ('"False_Northing",0.0', '"False_Northing",-3000000.0'),
    ('"False_Easting",500000.0', '"False_Easting",0.0'),
    ('"Latitude_Of_Origin",0.0', '"Latitude_Of_Origin",35.0'),
    ('"Central_Meridian",117.0', '"Central_Meridian",115.5'),
    ('UNIT["Meter",1.0]', 'UNIT["Kilometer",1000.0]'),
]


@pytest.mark.parametrize(("usual", "other"), OTHER_PARAMETERS)
def test_a_prj_with_other_parameters_is_read_with_all_of_them(tmp_path: Path, usual: str, other: str) -> None:
    text = pyproj.CRS.from_epsg(4548).to_wkt("WKT1_ESRI").replace("CGCS2000_3_Degree_GK_CM_117E", "Puyang")
    assert usual in text
    text = text.replace(usual, other)
    to_metres = pyproj.Transformer.from_crs(4490, pyproj.CRS.from_wkt(text), always_xy=True)
    ring = clockwise([to_metres.transform(*place) for place in square()])
    path = zipped(tmp_path, layer([[ring]]) | {"grids.prj": text.encode()})
    seen = survey(path, "a.zip")
    assert (seen.declared_crs, seen.converted_from) == ("EPSG:4490", "Puyang")
    found = reading(path)
    assert repairs(found) == []
    assert found.notes == ("文件的坐标已按它声明的“Puyang”的全部参数换算成 CGCS2000 经纬度。",)
    assert found.grids[0].shape.equals(shapely.box(115.0, 35.7, 115.01, 35.71))


@pytest.mark.parametrize(
    "text",
    [
        'GEOGCS["PY",DATUM["D_China_2000",SPHEROID["CGCS2000",6378245.0,298.3]],PRIMEM["Greenwich",0.0],{}]',
        'GEOGCS["PY",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Paris",2.3372],{}]',
        'GEOGCS["PY",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101],TOWGS84[9,0,0,0,0,0,0]],'
        'PRIMEM["Greenwich",0],{}]',
    ],
)
def test_a_name_alone_does_not_make_the_datum(text: str) -> None:
    with pytest.raises(RuleViolation, match="不能导入"):
        declared_by_wkt(text.format('UNIT["Degree",0.0174532925199433]'))


def test_a_datum_of_the_right_name_and_size_is_cgcs2000_whatever_the_system_is_called() -> None:
    text = (
        'GEOGCS["PY",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
        'UNIT["Degree",0.0174532925199433]]'
    )
    assert declared_by_wkt(text).key == "EPSG:4490"


def test_a_zone_of_cgcs2000_that_does_not_reach_puyang_is_named_as_such() -> None:
    with pytest.raises(RuleViolation) as refusal:
        declared_by_wkt(pyproj.CRS.from_epsg(4545).to_wkt("WKT1_ESRI"))
    assert "这一带不含濮阳市。请转换为 CGCS2000 经纬度（EPSG:4490）后重新导出。" in refusal.value.sentence


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"), ("EPSG:4509", "EPSG:4548"), ("EPSG:4498", "EPSG:4498"),
        ("http://www.opengis.net/def/crs/EPSG/0/4490", "EPSG:4490"), ("urn:ogc:def:crs:EPSG:9.8:4547", "EPSG:4547"),
    ],
)  # fmt: skip
def test_a_geojson_names_the_same_systems(name: str, key: str) -> None:
    assert declared_by_name(name).key == key


@pytest.mark.parametrize("code", [4214, 4610, 2383, 3857, 32650])
def test_a_prj_of_another_datum_or_zone_is_refused(code: int) -> None:
    with pytest.raises(RuleViolation, match=r"^文件声明的坐标系是“.+”，不能导入。请先转换为 CGCS2000。$"):
        declared_by_wkt(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI"))


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ],
)  # fmt: skip
def test_the_shift_of_web_maps_is_the_one_published(
    wgs: tuple[float, float], gcj: tuple[float, float]
) -> None:
    assert wgs_to_gcj(np.array([wgs]))[0] == pytest.approx(gcj, abs=1e-9)


@given(places)
def test_shifted_places_come_back_to_a_tenth_of_a_metre(found: list[tuple[float, float]]) -> None:
    original = np.array(found)
    geod = pyproj.Geod(ellps="GRS80")
    for key, shifted in (("GCJ-02", wgs_to_gcj(original)), ("BD-09", gcj_to_bd(wgs_to_gcj(original)))):
        away = geod.inv(*original.T, *shifted.T)[2]
        back = geod.inv(*original.T, *to_cgcs2000(shifted, key).T)[2]
        assert (away > 400).all() and (back < 0.1).all()


@given(places)
def test_every_place_in_puyang_fits_its_system_and_one_system_of_metres(
    found: list[tuple[float, float]],
) -> None:
    lon, lat = np.array(found).T
    for key, code in METRES.items():
        x, y = pyproj.Transformer.from_crs(4490, code, always_xy=True).transform(lon, lat)
        assert candidates((x.min(), y.min(), x.max(), y.max())) == (key,)
        assert np.allclose(to_cgcs2000(np.column_stack([x, y]), key), np.array(found), atol=1e-9)
    assert candidates((lon.min(), lat.min(), lon.max(), lat.max())) == DEGREES


def test_the_boxes_of_metres_do_not_meet() -> None:
    boxes = [shapely.box(*puyang_in(key)) for key in METRES]
    assert not any(a.intersects(b) for number, a in enumerate(boxes) for b in boxes[:number])
