"""The map editor's API: the working map, steps, undo and redo, findings; sight and reach (Art. 7, 20)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from plans.models import GridPlan
from tests.plans.drafts import MIDDLE, drafted
from tests.shapes import Sent
from tests.town import Town


class Editor:
    """Somebody at the map editor of one plan."""

    def __init__(self, person: User, plan: GridPlan) -> None:
        self.client, self.pk = APIClient(), plan.pk
        self.client.force_login(person)

    def map(self, township: str = "410902001") -> Any:
        return self.client.get(f"/api/v1/plans/{self.pk}/map/", {"township": township})

    def run_verb(self, verb: str, *, version: int | None = None, **fields: Any) -> Any:
        body = {"verb": verb, "version": version or GridPlan.objects.get(pk=self.pk).version, **fields}
        return self.client.post(
            f"/api/v1/plans/{self.pk}/changes/",
            body,
            format="json",
            headers={"Idempotency-Key": str(uuid4())},
        )


def points(text: str) -> list[list[float]]:
    return [[float(number) for number in line.split(",")] for line in text.split("\n")]


@pytest.mark.article(7)
def test_a_split_on_the_map_is_one_step_that_can_be_taken_back_and_done_again(town: Town) -> None:
    editor = Editor(town.wu, drafted(town))
    assert len(editor.map().json()["features"]) == 3
    answer = editor.run_verb("split", key=f"g{town.grid.pk}", line=points(MIDDLE))
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert [feature["properties"]["state"] for feature in body["features"]] == ["changed", "new"]
    assert body["findings"]["blocking"] == 0
    assert (body["can_undo"], body["can_redo"]) == (True, False)
    undone = editor.run_verb("undo").json()
    assert (undone["removed"], undone["can_redo"]) == (["n1"], True)
    assert undone["sentence"] == "已撤销：将京东社区第1网格切分为 2 个网格"
    assert len(editor.map().json()["features"]) == 3
    again = editor.run_verb("redo").json()
    assert len(editor.map().json()["features"]) == 4
    assert again["features"][0]["geometry"] == body["features"][0]["geometry"]


def test_twenty_five_steps_can_all_be_taken_back(town: Town) -> None:
    editor = Editor(town.wu, drafted(town))
    for number in range(25):
        assert editor.run_verb("rename", key=f"g{town.grid.pk}", name=f"第{number}名").status_code == 200
    for _ in range(25):
        assert editor.run_verb("undo").status_code == 200
    assert editor.run_verb("undo").json()["sentence"] == "没有可以撤销的步骤。"
    assert not GridPlan.objects.get(pk=editor.pk).grids.exists()


@pytest.mark.article(7)
def test_a_dragged_shared_border_moves_both_grids_and_leaves_no_fault(town: Town) -> None:
    editor = Editor(town.wu, drafted(town))
    features = {f["properties"]["code"]: f for f in editor.map().json()["features"]}
    one, other = features["410902001001001"], features["410902001001002"]
    shapes = []
    for feature in (one, other):
        ring = [
            [115.012 if lon == 115.01 else lon, lat] for lon, lat in feature["geometry"]["coordinates"][0]
        ]
        shapes.append({"key": feature["id"], "geometry": {"type": "Polygon", "coordinates": [ring]}})
    body = editor.run_verb("redraw", shapes=shapes).json()
    assert body["findings"] == {"blocking": 0, "warnings": 0}
    alone = editor.run_verb("redraw", shapes=shapes[:1]).json()
    assert alone["findings"]["blocking"] == 0


def test_findings_say_where_to_jump(town: Town) -> None:
    editor = Editor(town.wu, drafted(town))
    ring = [[115.0, 35.7], [115.013, 35.7], [115.013, 35.71], [115.0, 35.71], [115.0, 35.7]]
    editor.run_verb("redraw", key=f"g{town.grid.pk}", geometry={"type": "Polygon", "coordinates": [ring]})
    (finding,) = editor.client.get(f"/api/v1/plans/{editor.pk}/findings/").json()["findings"]
    assert (finding["rule"], finding["severity"]) == ("overlap", "blocking")
    assert 115.01 < finding["lon"] < 115.013 and 35.70 < finding["lat"] < 35.71
    assert finding["area_m2"] == pytest.approx(301_000, rel=0.01)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"geometry": {"type": "Point", "coordinates": [115, 35]}}, "一个网格应是连成一片的一块"),
        ({"geometry": "35.7,115.0\n35.71,115.0\n35.71,115.01"}, "看起来经度和纬度写反了"),
        ({"geometry": "0,0\n1,1\n2,0"}, "第 1 个点不在濮阳附近，请核对坐标和坐标系。"),
        ({"geometry": "115.0,35.7\n115.01 35.71 3"}, "第 2 行应是“经度,纬度”两个数。"),
        ({"geometry": "115.0,35.7\n一百,35"}, "第 2 个点读不出经度和纬度。"),
        ({"geometry": "115.0,35.7\n115.01,35.71\n115.0,35.71\n115.01,35.7"}, "自己相交"),
        ({"geometry": {"type": "Polygon", "coordinates": "x"}}, "边界不是可读的 GeoJSON"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[115, 35.7]] * 20_001]}}, "最多 2000 个点"),
        ({"geometry": None}, "边界不是可读的 GeoJSON"),
    ],
)
def test_bad_boundaries_are_refused_with_a_sentence_and_nothing_changes(
    town: Town, fields: Sent, sentence: str
) -> None:
    editor = Editor(town.wu, drafted(town))
    answer = editor.run_verb("redraw", key=f"g{town.grid.pk}", **fields)
    assert answer.status_code == 422
    assert sentence in answer.json()["sentence"]
    assert not GridPlan.objects.get(pk=editor.pk).changes.exists()


def test_gcj_02_is_converted_at_the_door_and_recorded(town: Town) -> None:
    editor = Editor(town.wu, drafted(town))
    ring = "115.0058,35.7000\n115.0158,35.7000\n115.0158,35.7100\n115.0058,35.7100"
    answer = editor.run_verb("redraw", key=f"g{town.grid.pk}", geometry=ring, crs="GCJ-02")
    assert answer.status_code == 200, answer.json()
    west = min(lon for lon, _ in answer.json()["features"][0]["geometry"]["coordinates"][0])
    assert 114.999 < west < 115.001, "half a kilometre to the west of what was typed"
    row = GridPlan.objects.get(pk=editor.pk).grids.get()
    assert row.crs_source == "GCJ-02"
    assert "已换算" in answer.json()["sentence"]


def test_strangers_find_no_plan_and_townships_draw_only_at_home(town: Town) -> None:
    plan = drafted(town)
    for person in (town.shi, town.nobody, town.sun):
        assert Editor(person, plan).map().status_code == 404
    zhao = Editor(town.zhao, plan)
    states = {f["properties"]["editable"] for f in zhao.map().json()["features"]}
    assert states == {True}
    assert {f["properties"]["editable"] for f in zhao.map("410902002").json()["features"]} == {False}
    assert zhao.map("410922100").status_code == 404, "a township of another county"
    looker = Editor(town.zheng, plan)
    assert {f["properties"]["editable"] for f in looker.map().json()["features"]} == {False}
    refused = looker.run_verb("rename", key=f"g{town.grid.pk}", name="市里起的名")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


def test_a_stale_version_is_a_409(town: Town) -> None:
    editor = Editor(town.wu, drafted(town))
    editor.run_verb("rename", key=f"g{town.grid.pk}", name="甲")
    answer = editor.run_verb("rename", version=1, key=f"g{town.grid.pk}", name="乙")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_version")
