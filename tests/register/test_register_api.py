"""The register for other systems: any place, any day, any code (Art. 7, 8, 13, 19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from grids.actions.codes import apply_due_rules, publish_code_rule
from grids.actions.divisions import change_division
from grids.actions.register import retire_grids
from grids.models import Grid
from personnel.actions import appoint_to_grid, relieve
from personnel.actions.succession import share_management
from personnel.models import GridPosting
from personnel.posting_history import grid_and_people_at, posted_to, vacancies
from plans.actions.effect import bring_into_force
from tests.doors import Visitor
from tests.grids.test_codes import LONGER, WIDE
from tests.plans.drafts import EFFECT, published, with_split
from tests.shapes import Sent
from tests.town import FOUNDED, MONDAY, Town

LATER = MONDAY + timedelta(days=20)
WEST, EAST = (115.002, 35.705), (115.008, 35.705)  # of the line that halves Chen's grid


@pytest.fixture
def split_town(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town after Chen's grid was halved on 30 November; it is 6 December."""
    published(town, with_split(town))
    assert bring_into_force(today=EFFECT, at=MONDAY + timedelta(days=14)) == 1
    monkeypatch.setattr(clock, "now", lambda: LATER)
    return town


def at(person: Any, point: tuple[float, float], **query: str) -> Any:
    return Visitor(person).get("/api/v1/grids/at/", lon=point[0], lat=point[1], **query)


# --- place → grid, and the nearest outside ---------------------------------------------------------------


def test_inside_a_grid_the_answer_is_as_before(town: Town) -> None:
    answer = Visitor(town.chen).get("/api/v1/grids/locate/", lon=115.005, lat=35.705)
    assert answer.json() == {
        "id": town.grid.pk,
        "code": "410902001001001",
        "name": "京东社区第1网格",
        "kind": "community",
        "village": "京东社区",
        "township": "中原路街道",
    }


def test_outside_every_grid_the_nearest_is_named(town: Town) -> None:
    answer = Visitor(town.chen).get("/api/v1/grids/locate/", lon=114.99, lat=35.705)
    assert answer.status_code == 422
    nearest = answer.json()["details"]["nearest"]
    assert nearest.pop("distance_m") == pytest.approx(905, abs=2)
    assert nearest == {
        "code": "410902001001001",
        "name": "京东社区第1网格",
        "village": "京东社区",
        "township": "中原路街道",
    }


def test_while_there_is_no_grid_nothing_is_named(town: Town) -> None:
    retire_grids(dict.fromkeys(Grid.objects.all()), on=MONDAY.date(), at=MONDAY)
    answer = Visitor(town.chen).get("/api/v1/grids/locate/", lon=115.005, lat=35.705)
    assert (answer.status_code, answer.json()["details"]) == (422, {})


# --- place and day → grid and people ---------------------------------------------------------------------


@pytest.mark.article(19)
def test_before_and_after_a_split_the_same_place_has_another_grid(split_town: Town) -> None:
    before = at(split_town.zheng, WEST, on=str(EFFECT - timedelta(days=1))).json()
    after = at(split_town.zheng, WEST, on=str(EFFECT)).json()
    assert (before["code"], after["code"]) == ("410902001001001", "410902001001003")
    assert (before["valid_to"], after["valid_from"]) == (str(EFFECT), str(EFFECT))
    assert after["source"] == "调整方案 410902-2026-001"
    assert at(split_town.zheng, EAST, on=str(EFFECT)).json()["code"] == "410902001001001"


@pytest.mark.article(13)
def test_leader_instructor_and_workers_of_that_day_are_named(town: Town) -> None:
    post = GridPosting.objects.get(user=town.chen)
    relieve(post, on=date(2026, 3, 2), at=MONDAY, by=None)
    village = town.division("京东社区")
    appoint_to_grid(
        town.mei, role="part_time", village=village, grid=town.grid, on=date(2026, 3, 2), at=MONDAY, by=None
    )

    def people(day: str) -> list[tuple[str, str]]:
        return [(each["role"], each["name"]) for each in at(town.zheng, EAST, on=day).json()["people"]]

    above = [("leader", "Wang"), ("instructor", "Li")]
    assert people("2026-03-01") == [*above, ("full_time", "Chen")]
    assert people("2026-03-02") == [*above, ("part_time", "Mei")]
    held = posted_to(town.grid, village_id=village.pk, day=date(2026, 3, 2))
    assert [each.role_name for each in held] == ["网格长", "网格指导员", "兼职网格员"]
    assert vacancies(held) == ["专职网格员"]


def test_grid_and_people_cost_one_statement_however_many_there_are(town: Town) -> None:
    for name in ("lin", "mei", "shi"):
        GridPosting.objects.create(
            user=getattr(town, name),
            role="part_time",
            village=town.grid.village,
            grid=town.grid,
            starts_on=FOUNDED,
        )
    with CaptureQueriesContext(connection) as captured:
        found = grid_and_people_at(*EAST, day=MONDAY.date())
        assert found is not None
        version, people = found
        assert version.village.parent is not None and version.village.parent.name == "中原路街道"
    assert (len(captured), version.grid_id, len(people)) == (1, town.grid.pk, 6)


def test_the_places_bear_their_names_of_then(town: Town) -> None:
    township = town.division("中原路街道")
    change_division(
        township,
        name="新中原街道",
        parent=township.parent,
        on=date(2026, 6, 1),
        document="濮政〔2026〕1号",
        by_id=None,
        at=MONDAY,
    )
    then = at(town.zheng, EAST, on="2026-05-31").json()["places"]
    assert then == ["濮阳市", "华龙区", "中原路街道", "京东社区"]
    assert at(town.zheng, EAST, on="2026-06-01").json()["places"][2] == "新中原街道"


@pytest.mark.parametrize(
    ("point", "query", "field", "sentence"),
    [
        (EAST, {"on": "2024-12-31"}, "on", "网格册自2025年1月1日起登记，查不到2024年12月31日的网格"),
        (EAST, {"on": "2099-01-01"}, "on", "只能查今天和以前的日期"),
        (EAST, {"on": "30.11.2026"}, "on", "“30.11.2026”不是日期，日期应写成 2026-12-08 这样"),
        ((114.9, 35.705), {"on": "2026-01-01"}, "lon", "不在任何网格内"),
        ((0.0, 0.0), {}, "lon", ""),
    ],
)
def test_what_has_no_answer_is_refused_with_a_sentence(
    town: Town, point: tuple[float, float], query: dict[str, str], field: str, sentence: str
) -> None:
    answer = at(town.zheng, point, **query)
    assert answer.status_code == 422
    assert answer.json()["field"] == field
    assert sentence in answer.json()["sentence"]


def test_today_is_asked_for_by_default(split_town: Town) -> None:
    assert at(split_town.chen, WEST).json()["day"] == str(LATER.date())


@pytest.mark.article(20)
@pytest.mark.parametrize("path", ["at/?lon=115.005&lat=35.705", "410902001001001/"])
def test_without_a_post_the_register_stays_shut(town: Town, path: str) -> None:
    assert Visitor(town.nobody).get(f"/api/v1/grids/{path}").status_code == 403
    assert Visitor().get(f"/api/v1/grids/{path}").status_code == 401
    assert Visitor(town.shi).get(f"/api/v1/grids/{path}").status_code == 200


# --- one grid by any code --------------------------------------------------------------------------------


@pytest.mark.article(7)
def test_any_code_ever_given_finds_the_grid_with_all_of_its_past(split_town: Town) -> None:
    day = LATER.date()
    rule: Sent = {"segments": list(LONGER), "ranges": WIDE, "allocation": "next_free"}
    publish_code_rule(
        title="省规则",
        document="豫〔2026〕1号",
        effective_on=day,
        stored=rule,
        by_id=split_town.wu.pk,
        at=MONDAY,
    )
    apply_due_rules(today=day, at=LATER)
    old = Visitor(split_town.shi).get("/api/v1/grids/410902001001001/").json()
    new = Visitor(split_town.shi).get(f"/api/v1/grids/{old['code']}/").json()
    assert (old.pop("moved"), new.pop("moved")) == (True, False)
    assert old == new
    assert [each["code"] for each in new["codes"]] == ["410902001001001", new["code"]]
    spans = [(each["from"], each["to"]) for each in new["versions"]]
    assert spans == [(str(day), None), (str(EFFECT), str(day)), (str(FOUNDED), str(EFFECT))]
    areas = [each["area_m2"] for each in new["versions"]]
    assert areas[0] == areas[1] == pytest.approx(areas[2] * 0.6, rel=1e-6)
    assert new["units"][0]["name"] == "示范小区1号院"
    assert (new["successor"], new["departments"]) == (None, [])


def test_a_retired_grid_names_what_continues_it(town: Town) -> None:
    retire_grids({town.grid: town.grid_of("001002")}, on=MONDAY.date(), at=MONDAY)
    answer = Visitor(town.shi).get("/api/v1/grids/410902001001001/").json()
    assert answer["successor"] == {"code": "410902001001002", "name": "京东社区第2网格"}
    assert (answer["status"], answer["retired_on"]) == ("retired", str(MONDAY.date()))


@pytest.mark.article(8)
def test_the_department_beside_the_township_is_named(town: Town) -> None:
    Grid.objects.filter(pk=town.grid.pk).update(kind="dedicated", premises="hospital")
    share_management(town.grid, town.chengguan, on=MONDAY.date(), at=MONDAY)
    answer = Visitor(town.shi).get("/api/v1/grids/410902001001001/").json()
    assert answer["departments"] == [{"name": "华龙区城市管理", "from": str(MONDAY.date()), "to": None}]
    assert (answer["kind"], answer["premises"]) == ("dedicated", "hospital")


@pytest.mark.parametrize("code", ["999999999999999", "x", "4" * 200, "%25"])
def test_a_code_never_given_is_missing(town: Town, code: str) -> None:
    assert Visitor(town.shi).get(f"/api/v1/grids/{code}/").status_code == 404
