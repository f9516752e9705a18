"""Every check: its sentence, its severity, its place, and what it must not report (Art. 7–10). Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import shapely

from grids.facts import Facts, Unit
from plans.checks import Finding, Norm, Sector, Staffing, Subject, examine
from plans.lots import Lot, State
from tests.shapes import Sent

TODAY = date(2026, 11, 16)
NORM = Norm(sizes={"community": (200, 600), "village": (50, 500)}, grace_days=30)
VILLAGE = 7


def lot(key: str, west: float, *, east: float | None = None, state: State = "unchanged", **facts: Any) -> Lot:
    """A square of a hundredth of a degree whose west side is given in hundredths."""
    shape = shapely.box(115 + west / 100, 35.7, 115 + (east or west + 1) / 100, 35.71)
    words: Sent = {
        "name": f"{key}网格",
        "kind": "community",
        "village_id": VILLAGE,
        "households": 400,
        "population": 1000,
        "units": (Unit("estate", "甲小区"),),
    } | facts
    grid_id = None if state == "new" else int(key[1:])
    return Lot(
        key, Facts(boundary=shapely.to_wkb(shape), **words), shape, state=state, grid_id=grid_id, code=key
    )


def findings(*lots: Lot, **facts: Any) -> list[Finding]:
    words: Sent = {
        "villages": {VILLAGE: "京东社区", 8: "玉北社区"},
        "outlines": {},
        "county_outline": None,
        "covered_before": None,
        "norm": NORM,
        "today": TODAY,
    } | facts
    return examine(Subject(lots=lots, **words))


def rules(*lots: Lot, **facts: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.severity) for finding in findings(*lots, **facts)]


def test_two_neighbours_that_share_a_border_are_faultless() -> None:
    assert rules(lot("g1", 0, state="changed"), lot("g2", 1)) == []


def test_an_empty_plan_is_a_fault() -> None:
    assert findings(lot("g1", 0))[0].sentence == "方案里还没有任何改动。"


@pytest.mark.article(7)
def test_an_overlap_names_both_its_size_and_its_place() -> None:
    (found,) = findings(lot("g1", 0, east=1.2, state="changed"), lot("g2", 1))
    assert (found.rule, found.severity, found.keys) == ("overlap", "blocking", ("g1", "g2"))
    assert found.sentence.startswith("g1网格与g2网格重叠 200,")
    assert found.lon is not None and 115.010 < found.lon < 115.012


def test_a_centimetre_is_aligned_and_a_square_metre_more_is_an_overlap() -> None:
    centimetre, decimetre = 1e-7 * 100, 1e-6 * 100  # of a hundredth of a degree
    assert rules(lot("g1", 0, east=1 + centimetre, state="changed"), lot("g2", 1)) == []
    (found,) = findings(lot("g1", 0, east=1 + decimetre, state="changed"), lot("g2", 1))
    assert found.rule == "overlap"
    assert found.area_m2 == pytest.approx(100, rel=0.02)


def test_an_overlap_that_was_there_before_is_not_this_plan_s_fault() -> None:
    old = (lot("g1", 0, east=1.2), lot("g2", 1), lot("g5", 30, state="changed"))
    assert rules(*old) == []


@pytest.mark.article(7)
def test_land_that_lost_its_grid_is_a_gap() -> None:
    before = shapely.box(115, 35.7, 115.01, 35.71)
    (found,) = findings(lot("g1", 0, east=0.9, state="changed"), lot("g2", 1), covered_before=before)
    assert (found.rule, found.severity) == ("gap", "blocking")
    assert "没有归入任何网格" in found.sentence
    assert found.lon is not None and 115.009 < found.lon < 115.010


@pytest.mark.article(7)
def test_a_grid_outside_its_village_or_its_county_is_refused() -> None:
    village = shapely.box(115, 35.7, 115.005, 35.71)
    (found,) = findings(lot("g1", 0, state="changed"), outlines={VILLAGE: village})
    assert found.rule == "outside"
    assert found.sentence.endswith("在京东社区以外。")
    (found,) = findings(lot("g1", 0, state="changed"), county_outline=village)
    assert found.sentence.endswith("在本县区以外。")


def test_a_grid_without_boundary_is_refused_and_one_without_people_only_noted() -> None:
    bare = replace(lot("g1", 0, state="changed"), shape=None)
    assert findings(bare)[0].sentence == "g1网格还没有边界。"
    nobody = lot("g1", 0, state="changed", households=0, population=0, units=())
    assert ("empty", "warning") in rules(nobody)


def test_a_border_that_crosses_itself_is_refused_with_its_place() -> None:
    bow = shapely.Polygon([(115, 35.7), (115.01, 35.71), (115.01, 35.7), (115, 35.71)])
    found = [f for f in findings(replace(lot("g1", 0, state="changed"), shape=bow)) if f.rule == "crossing"]
    assert found[0].severity == "blocking"
    assert found[0].lon == pytest.approx(115.005)


@pytest.mark.article(7)
def test_a_name_twice_in_a_village_and_a_code_twice_anywhere_are_refused() -> None:
    twins = (lot("g1", 0, state="changed", name="甲"), lot("g2", 1, name="甲"))
    assert findings(*twins)[0].sentence == "京东社区有 2 个网格都叫“甲”。"
    apart = (lot("g1", 0, state="changed", name="甲"), lot("g2", 1, name="甲", village_id=8))
    assert rules(*apart) == []
    taken = findings(lot("g1", 0, state="changed"), codes_elsewhere={"g1": "胜利社区第一网格"})
    assert taken[0].sentence == "g1网格的编码 g1 已属于胜利社区第一网格，编码不得重复使用。"


@pytest.mark.article(7)
@pytest.mark.parametrize(
    ("households", "found"),
    [(199, [("too_small", "warning")]), (200, []), (600, []), (601, [("too_large", "warning")])],
)
def test_a_size_outside_the_county_s_norm_is_a_warning(households: int, found: list[Any]) -> None:
    assert rules(lot("g1", 0, state="changed", households=households)) == found


@pytest.mark.article(10)
@pytest.mark.parametrize(
    ("begun", "state", "found"),
    [
        (None, "new", [("unstaffed", "warning")]),
        (date(2026, 10, 17), "changed", [("unstaffed", "warning")]),  # the thirtieth day
        (date(2026, 10, 16), "changed", [("unstaffed", "blocking")]),
        (date(2026, 10, 16), "unchanged", [("unstaffed", "blocking")]),
        (date(2026, 10, 17), "unchanged", []),
    ],
)
def test_missing_people_warn_until_the_grace_is_over_and_then_block(
    begun: date | None, state: State, found: list[Any]
) -> None:
    alone = lot("n1" if state == "new" else "g1", 0, state=state)
    other = lot("g9", 30, state="changed")
    staffing = {alone.key: Staffing(has_leader=True, has_worker=False, in_force_on=begun)}
    assert rules(alone, other, staffing=staffing) == found


def test_missing_people_are_named() -> None:
    staffing = {"n1": Staffing(has_leader=False, has_worker=False, in_force_on=None)}
    (found,) = findings(lot("n1", 0, state="new"), staffing=staffing)
    assert found.sentence == "n1网格没有网格长和专职网格员：请在生效前配齐（条例第十条）。"


@pytest.mark.article(9)
def test_a_sector_grid_elsewhere_does_not_concern_this_plan() -> None:
    far = Sector("消防网格“甲”", "华龙区消防", shapely.box(116, 36, 116.1, 36.1), TODAY)
    here = replace(far, shape=shapely.box(115.001, 35.701, 115.002, 35.702))
    drawn = lot("g1", 0, state="changed")
    assert rules(drawn, sectors=[far], unified_since=date(2025, 1, 1)) == []
    assert rules(drawn, sectors=[here], unified_since=date(2025, 1, 1)) == [("sector", "blocking")]
    assert rules(drawn, sectors=[here], unified_since=None) == [("sector", "warning")]
