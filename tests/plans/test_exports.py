"""Exported grids: the content of the register and of a plan, who may export, and reading the file back (Art. 7)."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import shapely

from accounts.models import User
from exchange.reading import read_grids
from exchange.rows import Form, Reading
from grids.actions.codes import rule_on
from grids.actions.divisions import change_division
from grids.actions.register import Entry, put_in_force
from grids.facts import Unit
from grids.models import GridVersion
from grids.register_on_day import facts_of
from plans.actions.imports import choose_crs, take_file, work_on_imports
from plans.models import GridPlan, ImportJob
from tests.doors import Visitor
from tests.plans.drafts import drafted, key, published, step, with_split
from tests.shapes import Sent
from tests.town import MONDAY, Town

FORMS = ("geojson", "workbook", "shapefile")
ENDINGS = {"geojson": ".geojson", "workbook": ".xlsx", "shapefile": ".zip"}

pytestmark = pytest.mark.usefixtures("monday")


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def taken(person: User, path: str) -> bytes:
    answer = Visitor(person).get(path)
    assert answer.status_code == 200, answer.content.decode()
    return answer.getvalue()


def register(place: str, form: str = "geojson", on: str = "") -> str:
    return f"/grids/export/?division={place}&form={form}&on={on}"


def read(folder: Path, content: bytes, form: Form = "geojson") -> Reading:
    path = folder / f"grids{ENDINGS[form]}"
    path.write_bytes(content)
    found = read_grids(path, form=form, crs="EPSG:4490")
    assert [fault.reason for fault in found.faults] == []
    return found


def imported(plan: GridPlan, content: bytes, *, form: str, by: User) -> ImportJob:
    name = f"导出{ENDINGS[form]}"
    job = take_file(plan, io.BytesIO(content), name=name, size=len(content), by=by, at=MONDAY)
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    assert job.status == "surveyed", job.sentence
    choose_crs(job, crs="EPSG:4490", by=by)
    work_on_imports(at=MONDAY)
    job.refresh_from_db()
    return job


def outcome(job: ImportJob) -> dict[str, int]:
    return {word: job.summary[word] for word in ("create", "change", "same", "faults")}


def with_every_kind(town: Town) -> GridPlan:
    """A plan with a split, a new grid with units and a hole in it, a dedicated grid and one that ends."""
    plan = with_split(town)
    hole = shapely.box(115.0, 35.71, 115.01, 35.72) - shapely.box(115.004, 35.714, 115.006, 35.716)
    plan = step(
        plan, "create", by=town.wu, village="410902001001", name="京东社区环形网格", kind="community",
        geometry=shapely.to_geojson(hole), units=[Unit("building", "环形楼", "环路1号", 30), Unit("estate", "外院")],
    )  # fmt: skip
    plan = step(
        plan, "create", by=town.wu, village="410902001001", name="环心市场网格", kind="dedicated", premises="market",
        department=town.chengguan.pk, geometry=shapely.to_geojson(shapely.box(115.004, 35.714, 115.006, 35.716)),
        units=[Unit("premises", "环心市场", "环路2号", None)],
    )  # fmt: skip
    return step(
        plan, "merge", by=town.wu, keys=[key(town, "001002"), f"g{town.grid.pk}"], survivor=f"g{town.grid.pk}"
    )


def rename_and_move(town: Town) -> None:
    """Yesterday Chen's grid and its township got other names, and 胜利路街道 went to the other county."""
    yesterday = MONDAY.date() - timedelta(days=1)
    versions = GridVersion.objects.filter(grid=town.grid, valid_to=None)
    facts = replace(facts_of(versions)[town.grid.pk], name="改过名的网格")
    put_in_force(
        [Entry(town.grid, facts, town.grid.code)],
        rule=rule_on(yesterday),
        on=yesterday,
        source="更名",
        at=MONDAY,
    )
    known: Sent = {"on": yesterday, "document": "通知", "by_id": None, "at": MONDAY}
    zhongyuan, shengli = town.division("中原路街道"), town.division("胜利路街道")
    change_division(zhongyuan, name="城中路街道", parent=zhongyuan.parent, **known)
    change_division(shengli, name=shengli.name, parent=town.division("清丰县"), **known)


def with_border(town: Town, border: shapely.Geometry | None) -> None:
    """Since yesterday Chen's grid has this border in the register."""
    yesterday = MONDAY.date() - timedelta(days=1)
    facts = facts_of(GridVersion.objects.filter(grid=town.grid, valid_to=None))[town.grid.pk]
    facts = replace(facts, boundary=None if border is None else shapely.to_wkb(border))
    entry = Entry(town.grid, facts, town.grid.code)
    put_in_force([entry], rule=rule_on(yesterday), on=yesterday, source="更正", at=MONDAY)


IN_PIECES = shapely.MultiPolygon(
    [shapely.box(115.0, 35.7, 115.004, 35.71), shapely.box(115.005, 35.7, 115.01, 35.71)]
)


@pytest.mark.article(7)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("border", [IN_PIECES, None], ids=["pieces", "none"])
def test_a_grid_in_pieces_or_without_a_border_comes_back_as_the_register_has_it(
    town: Town, form: str, border: shapely.Geometry | None
) -> None:
    with_border(town, border)
    job = imported(drafted(town), taken(town.wu, register("410902", form)), form=form, by=town.wu)
    assert list(job.rows.filter(outcome="fault").values_list("reason", flat=True)) == []
    assert outcome(job) == {"create": 0, "change": 0, "same": 4, "faults": 0}


@pytest.mark.article(7)
@pytest.mark.parametrize("form", FORMS)
def test_the_register_taken_away_and_brought_back_changes_nothing(town: Town, form: str) -> None:
    content = taken(town.wu, register("410902", form))
    job = imported(drafted(town), content, form=form, by=town.wu)
    assert outcome(job) == {"create": 0, "change": 0, "same": 4, "faults": 0}


@pytest.mark.article(7)
@pytest.mark.parametrize("form", FORMS)
def test_a_plan_taken_away_and_brought_back_changes_nothing(town: Town, form: str) -> None:
    plan = with_every_kind(town)
    content = taken(town.wu, f"/plans/{plan.pk}/export/?form={form}")
    job = imported(plan, content, form=form, by=town.wu)
    assert outcome(job) == {"create": 0, "change": 0, "same": 6, "faults": 0}


def test_a_file_of_a_plan_holds_what_will_be_and_not_what_ends(town: Town, tmp_path: Path) -> None:
    plan = with_every_kind(town)
    every = read(tmp_path, taken(town.wu, f"/plans/{plan.pk}/export/?form=geojson"))
    drawn = read(tmp_path, taken(town.wu, f"/plans/{plan.pk}/export/?form=geojson&only=drawn"))
    ended = town.grid_of("001002")
    assert ended.code not in {grid.code for grid in every.grids}
    untouched = {"410902001002001", "410902002001001"}
    assert {grid.code for grid in every.grids} - {grid.code for grid in drawn.grids} == untouched
    assert [grid.name for grid in drawn.grids if not grid.code] == [
        "京东社区环形网格",
        "京东社区第一网格",
        "环心市场网格",
    ]
    ring = next(grid for grid in drawn.grids if grid.name == "京东社区环形网格")
    assert [unit.name for unit in ring.units] == ["环形楼", "外院"] and len(ring.shape.interiors) == 1


def test_a_township_s_file_holds_its_own_grids_under_their_places(town: Town) -> None:
    answer = taken(town.duan, register("410902002"))
    assert answer.count(b'"Feature"') == 1
    for word in ("410902002001001", "胜利社区", "胜利路街道", "华龙区", "示范小区1号院"):
        assert word in answer.decode()


@pytest.mark.article(7)
def test_a_file_of_a_day_gone_by_has_the_grids_and_places_of_that_day(town: Town, tmp_path: Path) -> None:
    rename_and_move(town)
    before = (MONDAY.date() - timedelta(days=10)).isoformat()
    then = taken(town.wu, register("410902", on=before)).decode()
    now = taken(town.wu, register("410902")).decode()
    for word, other in (("京东社区第1网格", "改过名的网格"), ("中原路街道", "城中路街道")):
        assert word in then and word not in now
        assert other in now and other not in then
    counties = ("410902", "410922")
    assert [len(read(tmp_path, taken(town.wu, register(code))).grids) for code in counties] == [3, 2]
    assert [len(read(tmp_path, taken(town.wu, register(code, on=before))).grids) for code in counties] == [
        4,
        1,
    ]


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        ("2026-11-17", "只能导出今天和以前的网格册"),
        ("2026-13-40", "日期应写成"),
        ("昨天", "日期应写成"),
        ("2024-12-31", "没有在用的网格"),
    ],
)
def test_a_day_without_a_register_is_refused_with_a_sentence(town: Town, on: str, sentence: str) -> None:
    answer = Visitor(town.wu).get(register("410902", on=on))
    assert answer.status_code == 422 and sentence in answer.content.decode()


def test_an_empty_plan_has_nothing_drawn_to_take_away(town: Town) -> None:
    plan = drafted(town)
    answer = Visitor(town.wu).get(f"/plans/{plan.pk}/export/?form=workbook&only=drawn")
    assert answer.status_code == 422 and "没有可以导出的" in answer.content.decode()
    assert taken(town.wu, f"/plans/{plan.pk}/export/?form=workbook")


def test_the_download_has_a_chinese_name_and_stays_on_no_disk(town: Town) -> None:
    plan = with_split(town)
    GridPlan.objects.filter(pk=plan.pk).update(title='京东/"社区"\n调整')
    answer = Visitor(town.wu).get(f"/plans/{plan.pk}/export/?form=shapefile")
    name = f"京东 社区 调整（{plan.number}）生效后的网格.zip"
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Type"] == "application/zip"
    assert int(answer["Content-Length"]) == len(answer.getvalue())


@pytest.mark.article(20)
def test_posts_read_the_register_plans_need_sight_and_others_get_nothing(town: Town) -> None:
    draft, address = with_split(town), register("410922")
    assert Visitor(town.chen).get(address).status_code == 200
    assert Visitor(town.nobody).get(address).status_code == 403
    assert "/sign-in/" in Visitor().get(address)["Location"]
    path = f"/plans/{draft.pk}/export/?form=geojson"
    assert [Visitor(who).get(path).status_code for who in (town.zheng, town.zhao, town.shi, town.nobody)] == [
        200, 200, 404, 404,
    ]  # fmt: skip
    published(town, draft)
    assert [Visitor(who).get(path).status_code for who in (town.shi, town.nobody)] == [200, 403]


@pytest.mark.parametrize(
    "path",
    [
        register("410902001001"),
        register("4109"),
        register("999"),
        register("410902", "dwg"),
        register("410902", ""),
    ],
)
def test_what_is_no_county_township_or_form_does_not_exist(town: Town, path: str) -> None:
    assert Visitor(town.wu).get(path).status_code == 404


def test_more_grids_cost_no_more_statements(town: Town) -> None:
    wu = Visitor(town.wu)
    assert wu.statements(register("410902002")) == wu.statements(register("410902"))
